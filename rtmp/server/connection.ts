/**
 * One RTMP connection: moves bytes between socket and session, obeys the session's events, and sees to it that
 * whatever began ends exactly once, on every way out.
 *
 * @module
 */
import { Admission } from "./connect_admission.ts";
import { clientSnapshot } from "./client_snapshot.ts";
import { ClientSocket } from "../../system/mod.ts";
import { Connecting } from "./connecting.ts";
import { ConnectionMeter } from "./traffic_meter.ts";
import { ConnectionWriter } from "./connection_writer.ts";
import { Deadlines } from "./connect_deadlines.ts";
import { failureOf } from "./failure.ts";
import { type ReadSchedule, TurnBudget } from "../../stream/schedule/mod.ts";
import { part } from "./close_status.ts";
import { HeldInput } from "./held_input.ts";
import {
  type ByteCounters,
  canonicalIp,
  type EndReason,
  type LimitName,
  type LogFields,
  type LogLevel,
} from "../../core/mod.ts";
import { KeepAlive } from "./keep_alive.ts";
import type { ClientSnapshot, ReadMark, Usage } from "../../stream/live/mod.ts";
import { MessageRate } from "./command_rate.ts";
import { MessageReader } from "./message_reader.ts";
import type { House, Peer } from "./peer.ts";
import { Playing } from "./playing.ts";
import type { KickOptions } from "../ports.ts";
import { Publishing } from "./publishing.ts";
import { Session, type SessionEvent } from "../session/mod.ts";
import {
  type ConnectFacts,
  type EndOptions,
  logConnectionEnd,
  type MeasuredEnding,
  SessionAccount,
} from "../../stream/admission/mod.ts";
import { StartRate } from "./start_rate.ts";
import { MessageDecoder, MessageType, type RtmpMessage } from "../wire/mod.ts";

/** Why an ask is void; a constant, for without one each abort makes an exception with its stack. */
const GONE = "the connection ended";

/** A client's connection from accept to close. */
export class Connection implements Peer {
  readonly house: House;
  readonly clientId: number;
  readonly ip: string;
  readonly session: Session;
  readonly writer: ConnectionWriter;
  readonly #socket: ClientSocket;
  readonly #decoder: MessageDecoder;
  readonly #reader: MessageReader;
  readonly #admission: Admission;
  readonly #rate: MessageRate;
  readonly #starts: StartRate;
  readonly #held: HeldInput;
  readonly #keeper: KeepAlive;
  readonly #connecting: Connecting;
  readonly #deadlines: Deadlines;
  readonly #meter: ConnectionMeter;
  readonly #turns: TurnBudget;
  readonly #aborter = new AbortController();
  #heardMs: number;
  #connected: Promise<void> = Promise.resolve();
  #publishing: Publishing | undefined;
  #playing: Playing | undefined;
  #lastStream: Pick<Publishing, "app" | "stream"> | undefined;
  #streamEnding: Promise<void> = Promise.resolve();
  #finished: Promise<void> | undefined;
  #kickHoldMs: number | undefined;
  readonly #account: SessionAccount;
  /** Once it has ended. */
  #ending: MeasuredEnding | undefined;

  constructor(conn: Deno.TcpConn, house: House) {
    const { environment, options } = house;
    this.house = house;
    const socket = this.#socket = new ClientSocket(conn, house.clock);
    this.#turns = new TurnBudget(house.clock);
    this.clientId = house.clientIds.next();
    this.ip = canonicalIp(socket.address);
    const now = this.#heardMs = environment.now();
    this.#deadlines = new Deadlines(options.limits, now);
    this.#meter = new ConnectionMeter(now);
    const limits = options.wireLimits;
    const { maxHeldBytes, maxReplyBytes, maxCommandsPerSecond, maxStartsPerMinute } = options.limits;
    this.#rate = new MessageRate(maxCommandsPerSecond, now);
    this.#starts = new StartRate(maxStartsPerMinute, now);
    this.#keeper = new KeepAlive(options.limits);
    this.session = new Session({ environment, limits });
    this.#decoder = new MessageDecoder({ environment, limits });
    this.#held = new HeldInput(this.session, this.#decoder, maxHeldBytes, () => {
      house.limits.count("max_held_bytes", 1);
      this.log("info", "left unread until the answer", { ip: this.ip, max_held_bytes: maxHeldBytes });
    });
    this.writer = new ConnectionWriter(socket, environment.now, (error) => this.#fail(error), maxReplyBytes);
    this.#reader = new MessageReader(socket, this.#decoder, {
      handshake: (bytes) => this.writer.send(bytes),
      received: () => {
        this.#heardMs = environment.now();
        if (!this.#decoder.handshakeDone) return;
        this.#deadlines.shaken(this.#heardMs);
        // Not only with whole messages: one may be longer than what a client sends unacknowledged.
        this.#acknowledge();
      },
    }, this.#held);
    this.#admission = new Admission(this);
    this.#account = new SessionAccount(this);
    this.#connecting = new Connecting(this, this.#admission, this.#deadlines);
  }

  /** @inheritdoc */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** @inheritdoc */
  get reads(): ReadMark {
    return this.#reader.mark;
  }

  /** @inheritdoc */
  get kickHoldMs(): number | undefined {
    return this.#kickHoldMs;
  }

  /** @inheritdoc */
  get mediaInParts(): number {
    return this.#decoder.mediaInParts;
  }

  /** @inheritdoc */
  log(level: LogLevel, message: string, fields?: LogFields): void {
    this.house.log.write(level, this.clientId, message, fields);
  }

  /** @inheritdoc */
  counters(): ByteCounters {
    // What it sends once it has ended, its last words, belongs to nothing that is logged or reported.
    return this.#ending ?? this.#carried();
  }

  #carried(): ByteCounters {
    return { sendBytes: this.writer.sentBytes, recvBytes: this.#decoder.bytesReceived };
  }

  /** @inheritdoc */
  readAt(pace: ReadSchedule): void {
    this.#reader.pace = pace;
  }

  /** @inheritdoc */
  delaySmallSends(): void {
    this.#socket.delaySmallSends();
  }

  /** Serve the client until it is gone. Settles when all its endings are recorded; rejects only by a fault of ours. */
  async run(): Promise<void> {
    try {
      const { now } = this.house.environment;
      // Not `for await`: letting go of the stream at its end costs an error object with its stack.
      const reader = this.#reader.messages.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        // Its own work alone: since it was heard, many others may have had theirs.
        const startedMs = now();
        this.#receive(next.value);
        const others = this.#turns.worked(now() - startedMs);
        if (others !== undefined) await others;
      }
      if (this.#reader.failure === undefined) this.#leave();
      else this.#fail(this.#reader.failure);
    } catch (error) {
      this.#fail(error);
    }
    try {
      // Nobody reads any more, and the last words may be on their way.
      await this.#socket.discard();
      await this.#finished;
    } finally {
      this.#socket.close();
    }
  }

  /** @inheritdoc */
  resume(): void {
    try {
      this.#obey(this.session.receive([]));
      this.#sendOutput();
      this.#held.taken();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @inheritdoc */
  end(reason: EndReason, description: string, { quiet, limit }: EndOptions = {}): void {
    if (this.#finished !== undefined) return;
    const ending = this.#ending = this.#account.ending(reason);
    // Before it is live, its name may be a key.
    const url = (this.#publishing?.live === true ? this.#publishing : this.#playing)?.stream?.streamUrl;
    logConnectionEnd(this, ending, { url, limit, description, quiet });
    this.#held.end();
    this.#finish(reason, description);
    const { session, writer } = this;
    part({ session, writer, socket: this.#socket }, reason, description, (error) => {
      this.log("verbose", "cannot half-close", { error });
    });
  }

  /** @inheritdoc */
  exceed(limit: LimitName, reason: EndReason, description: string): void {
    if (this.#finished !== undefined) return;
    this.house.limits.hit(limit, { clientId: this.clientId, ip: this.ip, detail: description });
    this.end(reason, description, { limit });
  }

  /** End it because the operator says so. */
  kick({ holdMs }: KickOptions): void {
    this.#kickHoldMs = holdMs;
    this.end("kicked", "The operator ended this connection");
  }

  /** What it has carried. */
  usage(): Usage {
    return { ...this.#carried(), ...this.#meter.jumpsWith(this.#playing?.jumps) };
  }

  /** What can be seen of it; `undefined` before its `connect` was accepted. */
  snapshot(nowMs: number): ClientSnapshot | undefined {
    const { facts, home } = this.#connecting;
    if (facts === undefined || home === undefined) return undefined;
    const { clientId, ip } = this;
    const usage = this.usage();
    const use = this.#publishing?.use(nowMs) ?? this.#playing?.use();
    return clientSnapshot({ clientId, ip, facts, home, use, usage, meter: this.#meter, nowMs });
  }

  /** Look at the deadlines; called about once a second. */
  sweep(nowMs: number): void {
    if (this.#finished !== undefined) return;
    this.#meter.sample(nowMs, this.#carried());
    this.#publishing?.sweep(nowMs);
    this.#playing?.sweep(nowMs);
    const busy = this.#publishing !== undefined || this.#playing !== undefined;
    const late = this.#deadlines.look(nowMs, { busy });
    if (late !== undefined) return this.exceed(late.limit, late.reason, late.description);
    const isKept = this.#connecting.home !== undefined || this.#held.unread || this.#keeper.isRelay;
    if (isKept) this.#keepAlive(nowMs);
  }

  #keepAlive(nowMs: number): void {
    const { progressMs, sentMs } = this.writer;
    const aliveMs = Math.max(this.#heardMs, progressMs);
    const step = this.#keeper.look(nowMs, { aliveMs, sentMs, unread: this.#held.unread });
    if (step === "ping") {
      this.session.ping();
      this.#sendOutput();
    } else if (step === "end") {
      const { pingTimeoutMs } = this.house.options.limits;
      this.exceed("ping_timeout", "timeout", `No sign of life within ${pingTimeoutMs} ms after a ping`);
    }
  }

  #receive(messages: readonly RtmpMessage[]): void {
    if (this.#finished !== undefined) return;
    if (!this.#rate.take(messages, this.#heardMs)) {
      const { maxCommandsPerSecond } = this.house.options.limits;
      const detail = `More than ${maxCommandsPerSecond} commands a second`;
      return this.exceed("max_commands_per_second", "limit", detail);
    }
    this.#obey(this.session.receive(messages));
    this.#acknowledge();
  }

  #acknowledge(): void {
    this.session.countReceived(this.#decoder.bytesReceived);
    this.#sendOutput();
  }

  #obey(events: readonly SessionEvent[]): void {
    let hasMedia = false;
    let hasVideo = false;
    for (const event of events) {
      switch (event.kind) {
        case "media":
          hasMedia = true;
          hasVideo ||= event.message.typeId === MessageType.Video;
          this.#publishing?.receive(event.message);
          break;
        case "connectRequested":
          if (event.isRelay) this.#keeper.expectRelay();
          this.#connected = this.#guard(this.#connecting.start(event, this.#aborter.signal));
          break;
        case "publishRequested": {
          const publishing = this.#publishing = new Publishing(this, event.requestId);
          this.#reader.expectMedia();
          this.#startStream((facts) => publishing.start(event, facts, this.#admission));
          break;
        }
        case "playRequested": {
          const playing = this.#playing = new Playing(this, event.requestId);
          this.#startStream((facts) => playing.start(event, facts, this.#admission));
          break;
        }
        case "publishEnded":
        case "playEnded":
        case "requestWithdrawn":
          this.#endStream("client", "The client ended the stream");
          break;
        case "paused":
          this.#playing?.pause(event.paused);
          break;
        case "pong":
          break;
        case "ignored":
          this.log("info", "passed over", { what: event.what });
          break;
        default:
          event satisfies never;
      }
    }
    if (hasMedia) this.#publishing?.afterRead({ hasVideo });
  }

  /** Start a publish or play when the connection's last one is over and told. */
  #startStream(start: (facts: ConnectFacts) => Promise<void>): void {
    const { facts } = this.#connecting;
    if (facts === undefined) return;
    // Else whoever asks again and again without getting on would look busy at every sweep.
    const late = this.#deadlines.look(this.#heardMs, { busy: false });
    if (late !== undefined) return this.exceed(late.limit, late.reason, late.description);
    const tooMany = this.#starts.take(this.#heardMs);
    if (tooMany !== undefined) return this.exceed("max_starts_per_minute", "limit", tooMany);
    const last = this.#streamEnding;
    void this.#guard((async () => {
      await last;
      await start(facts);
    })());
  }

  #endStream(reason: EndReason, description: string): void {
    const stream = this.#publishing ?? this.#playing;
    if (stream === undefined) return;
    if (this.#playing !== undefined) this.#meter.playEnded(this.#playing.jumps);
    this.#publishing = this.#playing = undefined;
    this.#lastStream = stream;
    // A request that came to nothing puts off no deadline.
    if (stream.worked) this.#deadlines.idle(this.house.environment.now());
    stream.abort();
    this.#streamEnding = Promise.all([this.#streamEnding, stream.end(reason, description)]).then(() =>
      undefined
    );
  }

  #sendOutput(): void {
    const output = this.session.takeOutput();
    if (output !== undefined) this.writer.send(output);
    if (this.session.isClosing) this.end("rejected", "The client was refused");
  }

  /** The client hung up in order. */
  #leave(): void {
    if (this.#finished !== undefined) return;
    if (this.#decoder.bytesReceived === 0) this.log("info", "connected and left", { ip: this.ip });
    this.end(this.#goneReason, "The client closed the connection");
  }

  /** Why it ends when the client is gone: an encoder that stops says so first, a player just leaves. */
  get #goneReason(): EndReason {
    return this.#publishing?.live === true ? "network" : "client";
  }

  #fail(error: unknown): void {
    if (this.#finished !== undefined) return;
    const { reason: found, description, limit, line, log } = failureOf(error, this.ip);
    const { clientId, ip } = this;
    if (limit !== undefined) this.house.limits.hit(limit, { clientId, ip, detail: description }, line);
    if (log !== undefined) this.log(log.level, log.message, log.fields);
    const reason = found === "client" ? this.#goneReason : found;
    this.end(reason, description, { quiet: line !== undefined, limit });
  }

  /** Run a flow of this connection; what goes wrong in it ends this connection and nothing else. */
  async #guard(flow: Promise<void>): Promise<void> {
    try {
      await flow;
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Stop asking, tell the stream's ending, then the connection's. Starts once; the first reason counts. */
  #finish(reason: EndReason, description: string): void {
    this.#finished ??= (async () => {
      this.#aborter.abort(GONE);
      this.#endStream(reason, description);
      await this.#connected;
      await this.#streamEnding;
      const { app, stream } = this.#lastStream ?? {};
      const known = stream === undefined || app === undefined ? {} : { app, stream };
      await this.#admission.end({ ...(this.#ending ?? this.#account.ending(reason)), ...known });
    })();
  }
}
