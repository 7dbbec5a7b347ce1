/**
 * One RTMP connection: moves bytes between socket and session, obeys the session's events, and guarantees exactly one
 * end per start on every exit path.
 *
 * @module
 */
import { toMediaMessage } from "./rtmp_format.ts";
import { ActiveStream } from "./active_stream.ts";
import { Connecting } from "./connecting.ts";
import { ConnectionIo, type IoEvents } from "./connection_io.ts";
import { ConnectionTraffic } from "./connection_traffic.ts";
import { failureOf } from "./failure.ts";
import { type ReadSchedule, TurnBudget, type TurnWorker } from "../../stream/schedule/mod.ts";
import { closeConnection } from "./close_status.ts";
import type { ClientConn } from "../../system/mod.ts";
import {
  type ByteCounters,
  canonicalIp,
  type EndReason,
  type LimitName,
  type LogFields,
  type LogLevel,
} from "../../core/mod.ts";
import { ConnectionMonitor, type MonitoredConnection } from "./connection_monitor.ts";
import { ConnectionWatchdog } from "./connection_watchdog.ts";
import type { ConnectionWriter, ReadMark } from "../../stream/live/mod.ts";
import { CommandRate } from "./command_rate.ts";
import type { ServerContext } from "./server_context.ts";
import { RtmpSession, type SessionEvent } from "../session/mod.ts";
import { ConnectAdmission, type EndOptions, logConnectionEnd } from "../../stream/admission/mod.ts";
import { MessageType, type RtmpMessage } from "../wire/mod.ts";

/** Aborts requests, a constant as in `StreamSession.abort`. */
const GONE = "the connection ended";
/** What a connection that never asked for `connect` waits for at its end: one promise for all of them. */
const NOTHING_TO_END = Promise.resolve();

/** A client's connection from accept to close. */
export class Connection implements MonitoredConnection, IoEvents, TurnWorker<RtmpMessage> {
  readonly protocol = "rtmp";
  readonly server: ServerContext;
  readonly clientId: number;
  readonly ip: string;
  readonly session: RtmpSession;
  readonly writer: ConnectionWriter;
  /** For the client registry. */
  readonly monitor: ConnectionMonitor;
  readonly io: ConnectionIo;
  readonly traffic: ConnectionTraffic;
  readonly watchdog: ConnectionWatchdog;
  readonly connecting: Connecting;
  readonly stream: ActiveStream;
  readonly admitted: MonitoredConnection["admitted"];
  readonly #connect: ConnectAdmission;
  readonly #rate: CommandRate;
  readonly #turns: TurnBudget<RtmpMessage>;
  /** Of what is being decided about `connect`; many clients never get there. */
  #aborter: AbortController | undefined;
  #connected: Promise<void> | undefined;
  #finished: Promise<void> | undefined;

  constructor(conn: ClientConn, server: ServerContext, admitted: MonitoredConnection["admitted"]) {
    const { clock, environment, options: { limits, wireLimits } } = server;
    this.server = server;
    this.admitted = admitted;
    this.clientId = server.clients.nextId();
    this.session = new RtmpSession({ environment, limits: wireLimits });
    // The parts get this object, not literals of callbacks: under a connect storm V8 takes a literal that outlived its
    // first quick rounds for a long-lived one, allocates all later ones in the old generation, and each keeps its whole
    // connection there. Measured, a session then promotes 13 KB in place of 3.5.
    const io = this.io = new ConnectionIo(conn, this.session, server, this);
    this.ip = canonicalIp(io.socket.address);
    this.writer = io.writer;
    const now = io.lastReceivedMs;
    const traffic = this.traffic = new ConnectionTraffic(io, clock, now);
    this.#turns = new TurnBudget(this, clock, environment.now);
    this.#rate = new CommandRate(limits.maxCommandsPerSecond, now);
    const watchdog = this.watchdog = new ConnectionWatchdog(limits, now);
    const connect = this.#connect = new ConnectAdmission(this, server);
    this.connecting = new Connecting(this, connect, watchdog.deadlines);
    this.stream = new ActiveStream(this, connect, watchdog, traffic);
    this.monitor = new ConnectionMonitor(this);
  }

  /** @inheritdoc */
  get lastReceivedMs(): number {
    return this.io.lastReceivedMs;
  }

  /** @inheritdoc */
  get reads(): ReadMark {
    return this.io.reader.mark;
  }

  /** @inheritdoc */
  get kickHoldMs(): number | undefined {
    return this.monitor.kickHoldMs;
  }

  /** @inheritdoc */
  get mediaInParts(): number {
    return this.io.decoder.mediaInParts;
  }

  /** @inheritdoc */
  log(level: LogLevel, message: string, fields?: LogFields): void {
    this.server.log.write(level, this.clientId, message, fields);
  }

  /** @inheritdoc */
  counters(): ByteCounters {
    return this.traffic.counters();
  }

  /** @inheritdoc */
  readBy(schedule: ReadSchedule): void {
    this.io.reader.schedule = schedule;
  }

  /** @inheritdoc */
  expectMedia(): void {
    this.io.reader.expectMedia();
  }

  /** @inheritdoc */
  delaySmallSends(): void {
    this.io.socket.delaySmallSends();
  }

  /** Serve the client until it is gone. Settles when all its endings are recorded; rejects only by a bug. */
  async run(): Promise<void> {
    try {
      // Not `for await`: releasing the stream at its end costs an error object with its stack.
      const reader = this.io.reader.messages.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        const nextTurn = this.#turns.spend(next.value, this.server.environment.now());
        if (nextTurn !== undefined) await nextTurn;
        // A result that became old garbage would keep all later ones, and their messages, in memory.
        next.value.length = 0;
      }
      const { failure } = this.io.reader;
      if (failure === undefined) this.#leave();
      else this.failed(failure);
    } catch (error) {
      this.failed(error);
    }
    try {
      // Nobody reads any more, and the close status may be on its way.
      await this.io.socket.discard();
      await this.#finished;
    } finally {
      this.io.socket.close();
    }
  }

  /** @inheritdoc */
  sendQueued(): void {
    this.#sendOutput();
  }

  /** @inheritdoc */
  resume(): void {
    try {
      this.#obey(this.session.receive([]));
      this.#sendOutput();
      this.io.held.taken();
    } catch (error) {
      this.failed(error);
    }
  }

  /** @inheritdoc */
  end(reason: EndReason, description: string, { quiet, limit }: EndOptions = {}): void {
    if (this.#finished !== undefined) return;
    const ending = this.traffic.end(reason);
    logConnectionEnd(this, ending, { url: this.stream.url, limit, description, quiet });
    this.io.held.end();
    this.#finish(reason, description);
    const { session, writer } = this;
    closeConnection({ session, writer, socket: this.io.socket }, reason, description, (error) => {
      this.log("verbose", "Cannot half-close", { error });
    });
  }

  /** @inheritdoc */
  endForLimit(limit: LimitName, reason: EndReason, description: string): void {
    if (this.#finished !== undefined) return;
    this.server.limits.hit(limit, { clientId: this.clientId, ip: this.ip, detail: description });
    this.end(reason, description, { limit });
  }

  /** @inheritdoc */
  work(messages: readonly RtmpMessage[]): void {
    if (this.#finished !== undefined) return;
    const events = this.session.receive(messages);
    if (!this.#rate.take(this.session.takeCommandCost(), this.lastReceivedMs)) {
      const { maxCommandsPerSecond } = this.server.options.limits;
      const detail = `More than ${maxCommandsPerSecond} commands a second`;
      return this.endForLimit("max_commands_per_second", "limit", detail);
    }
    this.#obey(events);
    this.#acknowledge();
  }

  /** @inheritdoc */
  received(): void {
    this.watchdog.deadlines.onHandshake(this.lastReceivedMs);
    // Not only with whole messages: one may be longer than what a client sends unacknowledged.
    this.#acknowledge();
  }

  /** @inheritdoc */
  unread(): void {
    const { maxHeldBytes } = this.server.options.limits;
    this.server.limits.count("max_held_bytes", 1);
    this.log("info", "Socket left unread until the answer", { ip: this.ip, max_held_bytes: maxHeldBytes });
  }

  #acknowledge(): void {
    this.session.countReceived(this.io.decoder.bytesReceived);
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
          this.stream.publisher?.receive(toMediaMessage(event.message));
          break;
        case "connectRequested":
          if (event.isRelay) this.watchdog.keepAlive.expectRelay();
          this.#aborter ??= new AbortController();
          this.#connected = this.connecting.start(event, this.#aborter.signal);
          break;
        case "pong":
          break;
        case "ignored":
          this.log("info", "Ignored message", { type: event.what });
          break;
        default:
          this.stream.handle(event, this.connecting.facts);
      }
    }
    if (hasMedia) this.stream.publisher?.afterRead({ hasVideo });
  }

  #sendOutput(): void {
    const output = this.session.takeOutput();
    if (output !== undefined) this.writer.send(output);
    if (this.session.isClosing) this.end("rejected", "The client was refused");
  }

  /** The client closed the connection. */
  #leave(): void {
    if (this.#finished !== undefined) return;
    if (this.io.decoder.bytesReceived === 0) this.log("info", "Client connected and left", { ip: this.ip });
    this.end(this.#goneReason, "The client closed the connection");
  }

  /** Why it ends when the client is gone: an encoder that stops says so first, a player just leaves. */
  get #goneReason(): EndReason {
    return this.stream.isPublishing ? "network" : "client";
  }

  /** @inheritdoc */
  failed(error: unknown): void {
    if (this.#finished !== undefined) return;
    const { reason: found, description, limit, line, log } = failureOf(error, this.ip);
    const { clientId, ip } = this;
    if (limit !== undefined) this.server.limits.hit(limit, { clientId, ip, detail: description }, line);
    if (log !== undefined) this.log(log.level, log.message, log.fields);
    const reason = found === "client" ? this.#goneReason : found;
    this.end(reason, description, { quiet: line !== undefined, limit });
  }

  /** Abort what is being decided, end the stream, then the connection. Starts once; the first reason counts. */
  #finish(reason: EndReason, description: string): void {
    this.#finished ??= this.#aborter === undefined
      ? NOTHING_TO_END
      : this.#endAll(this.#aborter, reason, description);
  }

  async #endAll(aborter: AbortController, reason: EndReason, description: string): Promise<void> {
    aborter.abort(GONE);
    this.stream.end({ reason, description });
    await this.#connected;
    await this.stream.ending;
    await this.#connect.end({ ...this.traffic.end(reason), ...this.stream.last });
  }
}
