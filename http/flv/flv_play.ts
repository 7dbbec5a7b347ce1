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
import type { ClientSnapshot, Usage } from "../../stream/live/mod.ts";
import type { Leave } from "../server/client_input.ts";
import type { Exchange, TakenConnection } from "../server/exchange.ts";
import { FlvPlayer } from "./flv_player.ts";
import type { FlvTransport } from "./flv_transport.ts";
import { endingResponse, refusalResponse } from "../refusal_response.ts";

/** What is played, and how the answer is sent. */
export interface FlvPlayRequest {
  readonly exchange: Exchange;
  readonly facts: ConnectFacts;
  /** With its parameters. */
  readonly streamName: string;
  readonly transport: FlvTransport;
  /** Of each answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A client that plays. */
export class FlvPlay implements SessionClient, RegisteredClient {
  readonly clientId: number;
  readonly ip: string;
  readonly protocol: Protocol;
  readonly #request: FlvPlayRequest;
  readonly #context: MediaContext;
  readonly #session: PlaySession;
  readonly #meter: TrafficMeter;
  readonly #over = Promise.withResolvers<void>();
  #player: FlvPlayer | undefined;
  #connection: TakenConnection | undefined;
  #ending: Revocation | undefined;
  #receivedBytes: number;
  #lastReceivedMs: number;
  /** The client has closed its sending side. */
  #halfClosed = false;

  /** Nothing is decided yet. */
  constructor(request: FlvPlayRequest, context: MediaContext) {
    const { exchange, transport } = request;
    this.#request = request;
    this.#context = context;
    this.clientId = exchange.clientId = context.clients.nextId();
    this.ip = exchange.ip;
    this.protocol = transport.protocol;
    this.#receivedBytes = exchange.receivedBytes;
    this.#lastReceivedMs = context.clock.now();
    this.#meter = new TrafficMeter(this.#lastReceivedMs);
    this.#session = new PlaySession(this, context, () => transport.framing.format);
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
    const sendBytes = this.#request.exchange.sentBytes + (this.#player?.sentBytes ?? 0);
    return { sendBytes, recvBytes: this.#receivedBytes };
  }

  /** @inheritdoc */
  usage(): Usage {
    const { jumps, droppedMs } = this.#session.jumps;
    return { ...this.counters(), jumps, droppedMs };
  }

  /** Serve the client until it is gone and its ending is recorded. */
  async run(): Promise<void> {
    const { exchange, facts, streamName, headers } = this.#request;
    exchange.onLeave((how) => this.#left(how));
    const answer = await this.#session.start({ facts, streamName });
    if (this.#ending === undefined && answer.kind === "denied") {
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
    return clientSnapshot({ clientId, ip, protocol, facts, home, use, usage: this.usage(), meter, nowMs });
  }

  /** @inheritdoc */
  sweep(nowMs: number): void {
    if (this.#ending !== undefined) return;
    this.#meter.sample(nowMs, this.counters());
    this.#session.sweep(nowMs);
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
    const { framing } = this.#request.transport;
    const { play, httpRemux } = target.vhost;
    const player = this.#player = new FlvPlayer({
      client: this,
      output,
      framing,
      limits: this.#context.limits,
      url: stream?.streamUrl,
      sendTimeoutMs: play.sendTimeoutMs,
      missingTimeoutMs: httpRemux.missing === "404" && !output.live ? 0 : httpRemux.missingTimeoutMs,
      now: () => this.#context.clock.now(),
      answer: () => this.#answer(),
      failed: () => this.#gone(),
    });
    this.#session.begin(player);
    player.sweep(this.#context.clock.now());
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
  }

  /** A client that closes its sending side may still read: what is written for it then shows whether it does. */
  #left(how: Leave): void {
    if (how === "end") this.#halfClosed = true;
    else this.#gone();
  }

  #gone(): void {
    if (this.#halfClosed) this.end("client", "The client closed the connection");
    else this.end("network", "The connection broke");
  }

  async #answerEnd(): Promise<void> {
    const { reason, description } = this.#ending ?? { reason: "client", description: "" };
    const { transport, headers } = this.#request;
    if (this.#connection === undefined) {
      return await this.#respond(endingResponse(reason, description, headers));
    }
    this.#player?.leave();
    const last = transport.last(reason, description);
    if (last === undefined || reason === "client" || reason === "network") return this.#connection.close();
    this.#player?.send(last);
    await this.#player?.idle();
    await this.#connection.hangUp();
  }

  /** The play is over: what goes wrong with its answer changes nothing. */
  async #respond(response: Response | undefined): Promise<void> {
    if (response === undefined) return;
    const { exchange } = this.#request;
    try {
      await exchange.respond(response);
    } catch {
      this.log("verbose", "The client left before it read why its play ended");
    }
  }
}
