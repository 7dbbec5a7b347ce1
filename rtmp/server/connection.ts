/**
 * One RTMP connection: moves bytes between socket and session, obeys the session's events, and guarantees exactly one
 * end per start on every exit path.
 *
 * @module
 */
import { toMediaMessage } from "./rtmp_format.ts";
import { ActiveStream } from "./active_stream.ts";
import { ClientSocket } from "../../system/mod.ts";
import { Connecting } from "./connecting.ts";
import { ConnectionWriter } from "./connection_writer.ts";
import { ConnectDeadlines } from "./connect_deadlines.ts";
import { failureOf } from "./failure.ts";
import { type ReadSchedule, TurnBudget } from "../../stream/schedule/mod.ts";
import { closeConnection } from "./close_status.ts";
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
import { CommandRate } from "./command_rate.ts";
import { MessageReader } from "./message_reader.ts";
import type { ConnectionContext } from "./connection_context.ts";
import type { ServerContext } from "./server_context.ts";
import { Session, type SessionEvent } from "../session/mod.ts";
import {
  clientSnapshot,
  ConnectAdmission,
  type ConnectFacts,
  type EndOptions,
  type KickOptions,
  logConnectionEnd,
  type MeasuredEnding,
  type RegisteredClient,
  SessionAccount,
  TrafficMeter,
} from "../../stream/admission/mod.ts";
import { StartRate } from "./start_rate.ts";
import { MessageDecoder, MessageType, type RtmpMessage } from "../wire/mod.ts";

/** Why a request is void; a constant, since an abort without a reason creates an error with its stack. */
const GONE = "the connection ended";

/** A client's connection from accept to close. */
export class Connection implements ConnectionContext, RegisteredClient {
  readonly protocol = "rtmp";
  readonly server: ServerContext;
  readonly clientId: number;
  readonly ip: string;
  readonly session: Session;
  readonly writer: ConnectionWriter;
  readonly #socket: ClientSocket;
  readonly #decoder: MessageDecoder;
  readonly #reader: MessageReader;
  readonly #connect: ConnectAdmission;
  readonly #rate: CommandRate;
  readonly #starts: StartRate;
  readonly #held: HeldInput;
  readonly #keeper: KeepAlive;
  readonly #connecting: Connecting;
  readonly #deadlines: ConnectDeadlines;
  readonly #meter: TrafficMeter;
  readonly #stream: ActiveStream;
  readonly #turns: TurnBudget;
  readonly #aborter = new AbortController();
  #lastReceivedMs: number;
  #connected: Promise<void> = Promise.resolve();
  #finished: Promise<void> | undefined;
  #kickHoldMs: number | undefined;
  readonly #account: SessionAccount;
  /** Once it has ended. */
  #ending: MeasuredEnding | undefined;

  constructor(conn: Deno.TcpConn, server: ServerContext) {
    const { environment, options } = server;
    this.server = server;
    const socket = this.#socket = new ClientSocket(conn, server.clock);
    this.#turns = new TurnBudget(server.clock);
    this.clientId = server.clients.nextId();
    this.ip = canonicalIp(socket.address);
    const now = this.#lastReceivedMs = environment.now();
    this.#deadlines = new ConnectDeadlines(options.limits, now);
    this.#meter = new TrafficMeter(now);
    const limits = options.wireLimits;
    const { maxHeldBytes, maxReplyBytes, maxCommandsPerSecond, maxStartsPerMinute } = options.limits;
    this.#rate = new CommandRate(maxCommandsPerSecond, now);
    this.#starts = new StartRate(maxStartsPerMinute, now);
    this.#keeper = new KeepAlive(options.limits);
    this.session = new Session({ environment, limits });
    this.#decoder = new MessageDecoder({ environment, limits });
    this.#held = new HeldInput(this.session, this.#decoder, maxHeldBytes, () => {
      server.limits.count("max_held_bytes", 1);
      this.log("info", "Socket left unread until the answer", { ip: this.ip, max_held_bytes: maxHeldBytes });
    });
    this.writer = new ConnectionWriter(socket, environment.now, (error) => this.#fail(error), maxReplyBytes);
    this.#reader = new MessageReader(socket, this.#decoder, {
      handshake: (bytes) => this.writer.send(bytes),
      received: () => {
        this.#lastReceivedMs = environment.now();
        if (!this.#decoder.handshakeDone) return;
        this.#deadlines.onHandshake(this.#lastReceivedMs);
        // Not only with whole messages: one may be longer than what a client sends unacknowledged.
        this.#acknowledge();
      },
    }, this.#held);
    this.#connect = new ConnectAdmission(this, server);
    this.#account = new SessionAccount(this, environment);
    this.#connecting = new Connecting(this, this.#connect, this.#deadlines);
    this.#stream = new ActiveStream(this, this.#connect);
  }

  /** @inheritdoc */
  get lastReceivedMs(): number {
    return this.#lastReceivedMs;
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
    this.server.log.write(level, this.clientId, message, fields);
  }

  /** @inheritdoc */
  counters(): ByteCounters {
    // What it sends after its end, its close status, counts for nothing that is logged or reported.
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

  /** Serve the client until it is gone. Settles when all its endings are recorded; rejects only by a bug. */
  async run(): Promise<void> {
    try {
      const { now } = this.server.environment;
      // Not `for await`: releasing the stream at its end costs an error object with its stack.
      const reader = this.#reader.messages.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        // Its own work alone: since its bytes arrived, many others may have worked.
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
      // Nobody reads any more, and the close status may be on its way.
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
    logConnectionEnd(this, ending, { url: this.#stream.url, limit, description, quiet });
    this.#held.end();
    this.#finish(reason, description);
    const { session, writer } = this;
    closeConnection({ session, writer, socket: this.#socket }, reason, description, (error) => {
      this.log("verbose", "Cannot half-close", { error });
    });
  }

  /** @inheritdoc */
  endForLimit(limit: LimitName, reason: EndReason, description: string): void {
    if (this.#finished !== undefined) return;
    this.server.limits.hit(limit, { clientId: this.clientId, ip: this.ip, detail: description });
    this.end(reason, description, { limit });
  }

  /** End it because the operator wants it. */
  kick({ holdMs }: KickOptions): void {
    this.#kickHoldMs = holdMs;
    this.end("kicked", "The operator ended this connection");
  }

  /** What it has carried. */
  usage(): Usage {
    return { ...this.#carried(), ...this.#meter.jumpsWith(this.#stream.jumps) };
  }

  /** What can be seen of it; `undefined` before its `connect` was accepted. */
  snapshot(nowMs: number): ClientSnapshot | undefined {
    const { facts, home } = this.#connecting;
    if (facts === undefined || home === undefined) return undefined;
    const { clientId, ip, protocol } = this;
    const usage = this.usage();
    const use = this.#stream.use(nowMs);
    return clientSnapshot({ clientId, ip, protocol, facts, home, use, usage, meter: this.#meter, nowMs });
  }

  /** Look at the deadlines; called about once a second. */
  sweep(nowMs: number): void {
    if (this.#finished !== undefined) return;
    this.#meter.sample(nowMs, this.#carried());
    this.#stream.sweep(nowMs);
    const late = this.#deadlines.check(nowMs, { busy: this.#stream.isBusy });
    if (late !== undefined) return this.endForLimit(late.limit, late.reason, late.description);
    const isKept = this.#connecting.home !== undefined || this.#held.unread || this.#keeper.isRelay;
    if (isKept) this.#keepAlive(nowMs);
  }

  #keepAlive(nowMs: number): void {
    const { progressMs, sentMs } = this.writer;
    const aliveMs = Math.max(this.#lastReceivedMs, progressMs);
    const step = this.#keeper.check(nowMs, { aliveMs, sentMs, unread: this.#held.unread });
    if (step === "ping") {
      this.session.ping();
      this.#sendOutput();
    } else if (step === "end") {
      const { pingTimeoutMs } = this.server.options.limits;
      this.endForLimit("ping_timeout", "timeout", `No sign of life within ${pingTimeoutMs} ms after a ping`);
    }
  }

  #receive(messages: readonly RtmpMessage[]): void {
    if (this.#finished !== undefined) return;
    if (!this.#rate.take(messages, this.#lastReceivedMs)) {
      const { maxCommandsPerSecond } = this.server.options.limits;
      const detail = `More than ${maxCommandsPerSecond} commands a second`;
      return this.endForLimit("max_commands_per_second", "limit", detail);
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
          this.#stream.publisher?.receive(toMediaMessage(event.message));
          break;
        case "connectRequested":
          if (event.isRelay) this.#keeper.expectRelay();
          this.#connected = this.#guard(this.#connecting.start(event, this.#aborter.signal));
          break;
        case "publishRequested":
          this.#reader.expectMedia();
          this.#startStream(this.#stream.addPublish(event));
          break;
        case "playRequested":
          this.#startStream(this.#stream.addPlay(event));
          break;
        case "publishEnded":
        case "playEnded":
        case "requestWithdrawn":
          this.#endStream("client", "The client ended the stream");
          break;
        case "paused":
          this.#stream.pause(event.paused);
          break;
        case "pong":
          break;
        case "ignored":
          this.log("info", "Ignored message", { type: event.what });
          break;
        default:
          event satisfies never;
      }
    }
    if (hasMedia) this.#stream.publisher?.afterRead({ hasVideo });
  }

  /** Start a publish or play, unless the connection has used up its time or its requests. */
  #startStream(start: (facts: ConnectFacts) => Promise<void>): void {
    const { facts } = this.#connecting;
    if (facts === undefined) return;
    // Otherwise a client that keeps requesting would never hit the idle timeout: it is busy at every sweep.
    const late = this.#deadlines.check(this.#lastReceivedMs, { busy: false });
    if (late !== undefined) return this.endForLimit(late.limit, late.reason, late.description);
    const tooMany = this.#starts.take(this.#lastReceivedMs);
    if (tooMany !== undefined) return this.endForLimit("max_starts_per_minute", "limit", tooMany);
    void this.#guard(start(facts));
  }

  #endStream(reason: EndReason, description: string): void {
    const { jumps } = this.#stream;
    if (jumps !== undefined) this.#meter.playEnded(jumps);
    const worked = this.#stream.end({ reason, description });
    // A request that led to no media puts off no deadline.
    if (worked) this.#deadlines.restartIdle(this.server.environment.now());
  }

  #sendOutput(): void {
    const output = this.session.takeOutput();
    if (output !== undefined) this.writer.send(output);
    if (this.session.isClosing) this.end("rejected", "The client was refused");
  }

  /** The client closed the connection. */
  #leave(): void {
    if (this.#finished !== undefined) return;
    if (this.#decoder.bytesReceived === 0) this.log("info", "Client connected and left", { ip: this.ip });
    this.end(this.#goneReason, "The client closed the connection");
  }

  /** Why it ends when the client is gone: an encoder that stops says so first, a player just leaves. */
  get #goneReason(): EndReason {
    return this.#stream.isPublishing ? "network" : "client";
  }

  #fail(error: unknown): void {
    if (this.#finished !== undefined) return;
    const { reason: found, description, limit, line, log } = failureOf(error, this.ip);
    const { clientId, ip } = this;
    if (limit !== undefined) this.server.limits.hit(limit, { clientId, ip, detail: description }, line);
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

  /** Abort what is being decided, end the stream, then the connection. Starts once; the first reason counts. */
  #finish(reason: EndReason, description: string): void {
    this.#finished ??= (async () => {
      this.#aborter.abort(GONE);
      this.#endStream(reason, description);
      await this.#connected;
      await this.#stream.ending;
      await this.#connect.end({ ...(this.#ending ?? this.#account.ending(reason)), ...this.#stream.last });
    })();
  }
}
