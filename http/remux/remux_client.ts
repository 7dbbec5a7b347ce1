/**
 * One play by HTTP or WebSocket, from its request to its end, as the registry of clients sees it.
 *
 * @module
 */
import type {
  ByteCounters,
  EndReason,
  LimitName,
  LogFields,
  LogLevel,
  Protocol,
  Revocation,
} from "../../core/mod.ts";
import {
  clientSnapshot,
  type ConnectFacts,
  type MediaContext,
  PlaySession,
  type RegisteredClient,
  type SessionClient,
  TrafficMeter,
} from "../../stream/admission/mod.ts";
import { type ClientSnapshot, ReplyOverflow, type Usage } from "../../stream/live/mod.ts";
import { deadline, isHangUp } from "../../system/mod.ts";
import type { Leave } from "../server/client_input.ts";
import type { Exchange, TakenConnection } from "../server/exchange.ts";
import type { RemuxContainer } from "./container.ts";
import { RemuxReader } from "./remux_reader.ts";
import { mediaOf, wantedTracks } from "./wanted_tracks.ts";
import type { RemuxTransport } from "./remux_transport.ts";
import { endingResponse, refusalResponse } from "../refusal_response.ts";

/** Players of weeks lose count of time: their clocks have 31 bits of milliseconds. */
const MAX_PLAY_MS = 20 * 86_400_000;
/** A client that got nothing for this long is sent a ping, milliseconds. */
const PING_AFTER_MS = 20_000;
/**
 * A client that is still there when a write begins so long after it closed its sending side does read, milliseconds: one
 * that is gone answers what is written before with a reset.
 */
const READS_AFTER_MS = 5000;
/** Such a client of a stream that is live and brings nothing for so long is taken for gone, milliseconds. */
const SILENCE_MS = 10_000;
/** How long the last words may take to be written, milliseconds. */
const LAST_WRITE_MS = 1000;

/** What is played, and how the answer is sent. */
export interface RemuxPlayRequest {
  readonly exchange: Exchange;
  readonly facts: ConnectFacts;
  /** With its parameters. */
  readonly streamName: string;
  readonly container: RemuxContainer;
  readonly transport: RemuxTransport;
  /** Of each answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A client that plays. */
export class RemuxClient implements SessionClient, RegisteredClient {
  readonly clientId: number;
  readonly ip: string;
  readonly protocol: Protocol;
  readonly #request: RemuxPlayRequest;
  readonly #context: MediaContext;
  readonly #session: PlaySession;
  readonly #meter: TrafficMeter;
  readonly #over = Promise.withResolvers<void>();
  #reader: RemuxReader | undefined;
  #connection: TakenConnection | undefined;
  #ending: Revocation | undefined;
  #receivedBytes: number;
  #lastReceivedMs: number;
  /** When the client closed its sending side, monotonic milliseconds; `undefined`: it has not. */
  #halfClosedMs: number | undefined;

  /** Nothing is decided yet. */
  constructor(request: RemuxPlayRequest, context: MediaContext) {
    const { exchange, container, transport } = request;
    this.#request = request;
    this.#context = context;
    this.clientId = exchange.clientId = context.clients.nextId();
    this.ip = exchange.ip;
    this.protocol = transport.protocol;
    this.#receivedBytes = exchange.receivedBytes;
    this.#lastReceivedMs = context.clock.now();
    this.#meter = new TrafficMeter(this.#lastReceivedMs);
    this.#session = new PlaySession(this, context, ({ vhost: { httpRemux } }) => ({
      format: transport.framing.format,
      media: mediaOf(wantedTracks(httpRemux, container)),
    }));
  }

  /** @inheritdoc */
  get lastReceivedMs(): number {
    return this.#lastReceivedMs;
  }

  /** @inheritdoc */
  log(level: LogLevel, message: string, fields?: LogFields): void {
    this.#context.log.write(level, this.clientId, message, fields);
  }

  /** @inheritdoc */
  counters(): ByteCounters {
    const sendBytes = this.#request.exchange.sentBytes + (this.#reader?.sentBytes ?? 0);
    return { sendBytes, recvBytes: this.#receivedBytes };
  }

  /** @inheritdoc */
  get servedBy(): string | undefined {
    return this.#session.target?.vhost.name;
  }

  /** @inheritdoc */
  usage(): Usage {
    const { jumps, droppedMs } = this.#session.jumps;
    const { sendBytes, recvBytes } = this.counters();
    return { sendBytes, recvBytes, jumps, droppedMs };
  }

  /** Serve the client until it is gone and its ending is recorded. */
  async run(): Promise<void> {
    const { exchange, facts, streamName, headers } = this.#request;
    exchange.onLeave((how) => this.#left(how));
    const answer = await this.#session.start({ facts, streamName });
    if (this.#ending === undefined && answer.kind === "deny") {
      this.end("rejected", answer.reason);
      await this.#respond(refusalResponse(answer, headers));
    } else {
      if (this.#ending === undefined) this.#begin();
      await this.#over.promise;
      await this.#answerEnd();
    }
    await this.#session.end(this.#ending ?? { reason: "client", description: "" });
  }

  /** @inheritdoc */
  snapshot(nowMs: number): ClientSnapshot | undefined {
    const { clientId, ip, protocol } = this;
    const { facts } = this.#request;
    const home = this.#session.target;
    const use = this.#session.use();
    if (home === undefined || use === undefined) return undefined;
    const meter = this.#meter;
    return clientSnapshot({ clientId, ip, protocol, facts, home, meter }, use, this.usage(), nowMs);
  }

  /** @inheritdoc */
  sweep(nowMs: number): void {
    if (this.#ending !== undefined) return;
    this.#meter.sample(nowMs, this.counters());
    this.#session.sweep(nowMs);
    this.#endIfUnseen();
    const { ping } = this.#request.transport;
    const reader = this.#reader;
    if (ping !== undefined && reader !== undefined && nowMs - reader.sentMs > PING_AFTER_MS) {
      reader.send(ping);
    }
  }

  /** @inheritdoc */
  isOfVhost(isGone: (vhost: string) => boolean): boolean {
    const { target } = this.#session;
    return target !== undefined && isGone(target.vhost.name);
  }

  /** @inheritdoc */
  kick(): void {
    this.end("kicked", "The operator ended this connection");
  }

  /** @inheritdoc */
  end(reason: EndReason, description: string): void {
    if (this.#ending !== undefined) return;
    this.#ending = { reason, description };
    this.#session.abort();
    this.#over.resolve();
  }

  /** @inheritdoc */
  endForLimit(limit: LimitName, reason: EndReason, description: string): void {
    if (this.#ending !== undefined) return;
    this.#context.limits.hit(limit, { clientId: this.clientId, ip: this.ip, detail: description });
    this.end(reason, description);
  }

  #begin(): void {
    const { output, target, stream } = this.#session;
    if (output === undefined || target === undefined) return this.end("client", "The play is void");
    const { container, transport: { framing } } = this.#request;
    const reader = this.#reader = new RemuxReader({
      client: this,
      output,
      container,
      framing,
      limits: this.#context.limits,
      remux: target.vhost.httpRemux,
      url: stream?.streamUrl,
      sendTimeoutMs: () => this.#session.vhost?.play.sendTimeoutMs ?? 0,
      maxReplyBytes: this.#context.options.limits.maxReplyBytes,
      now: () => this.#context.clock.now(),
      select: (media) => {
        this.#session.selectMedia(media);
        return this.#session.output ?? output;
      },
      answer: () => this.#answer(),
      mayCome: () => this.#session.mayCome,
      failed: (error) => this.#failed(error),
    });
    this.#session.begin(reader, { durationMs: MAX_PLAY_MS });
    reader.sweep(this.#context.clock.now());
    this.#endIfUnseen();
  }

  /** The head of the answer; the connection is this play's from here on. */
  #answer() {
    const { exchange, transport } = this.#request;
    const connection = this.#connection = exchange.takeOver({
      received: (bytes) => this.#received(bytes),
      left: (how) => this.#left(how),
    });
    return { head: transport.head(exchange), sink: connection };
  }

  #received(bytes: Uint8Array): void {
    this.#receivedBytes += bytes.length;
    this.#lastReceivedMs = this.#context.clock.now();
    if (this.#ending !== undefined) return;
    const { replies, end } = this.#request.transport.receive(bytes);
    for (const reply of replies) this.#reader?.send(reply);
    if (end !== undefined) this.end(end.reason, end.description);
  }

  #failed(error: unknown): void {
    if (error instanceof ReplyOverflow) this.endForLimit("max_reply_bytes", "limit", error.message);
    else this.#gone(isHangUp(error) ? "reset" : "lost");
  }

  #left(how: Leave): void {
    if (how !== "end") return this.#gone(how);
    this.#halfClosedMs = this.#context.clock.now();
    if (this.#request.transport.halfCloses) this.#endIfUnseen();
    else this.#gone(how);
  }

  /**
   * A client that closes its sending side may still read: what is written for it shows whether it does. Where there is
   * nothing to write it is taken for gone.
   */
  #endIfUnseen(): void {
    const reader = this.#reader;
    const halfClosedMs = this.#halfClosedMs;
    if (halfClosedMs === undefined || reader === undefined) return;
    const isUnseen = reader.live
      ? this.#context.clock.now() - Math.max(reader.sentMs, halfClosedMs) >= SILENCE_MS
      : reader.sentMs - halfClosedMs < READS_AFTER_MS;
    if (isUnseen) this.#gone("end");
  }

  #gone(how: Leave): void {
    const closed = how !== "lost" || this.#halfClosedMs !== undefined;
    if (closed) this.end("client", "The client closed the connection");
    else this.end("network", "The connection broke");
  }

  async #answerEnd(): Promise<void> {
    const { reason, description } = this.#ending ?? { reason: "client", description: "" };
    const { transport, headers } = this.#request;
    if (this.#connection === undefined) {
      return await this.#respond(endingResponse(reason, description, headers));
    }
    this.#reader?.leave();
    const last = transport.last(reason, description);
    // One that reads nothing would not read this either.
    if (last === undefined || reason === "slow") return this.#connection.close();
    this.#reader?.send(last);
    const sent = this.#reader?.idle() ?? Promise.resolve();
    if (await deadline(this.#context.clock, sent, { maxMs: LAST_WRITE_MS }) === "expired") {
      return this.#connection.close();
    }
    await this.#tell(this.#connection.hangUp());
  }

  async #respond(response: Response | undefined): Promise<void> {
    if (response !== undefined) await this.#tell(this.#request.exchange.respond(response));
  }

  /** The play is over: what goes wrong with its last words changes nothing. */
  async #tell(words: Promise<void>): Promise<void> {
    try {
      await words;
    } catch {
      this.log("verbose", "The client left before it read why its play ended");
    }
  }
}
