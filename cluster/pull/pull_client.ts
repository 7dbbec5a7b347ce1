/**
 * A pull as a client of this server: what the registry, the API, the log and the publish session see of it.
 *
 * @module
 */
import {
  clientSnapshot,
  type ConnectFacts,
  type MediaContext,
  type PublishingClient,
  type PublishSession,
  type RegisteredClient,
  type StreamTarget,
  TrafficMeter,
  viewersName,
} from "../../stream/admission/mod.ts";
import type { ByteCounters, EndReason, KickOptions, LimitName, LogFields, LogLevel } from "../../core/mod.ts";
import type { RelayProgress } from "../link/relay_progress.ts";
import {
  type ClientSnapshot,
  NO_USAGE,
  type ReadMark,
  sourceKey,
  type Usage,
} from "../../stream/live/mod.ts";

const NOTHING_READ: ReadMark = Object.freeze({ reads: 0, drains: 0, drained: false, waiting: false });

/** What is seen of the connection of a pull. */
export interface PullLink {
  /** Of the other server. */
  readonly address: string;
  /** When anything last came, monotonic milliseconds. */
  readonly lastReceivedMs: number;
  /** Bytes so far, seen from here. */
  readonly bytes: ByteCounters;
  /** How far it has been read. */
  readonly reads: ReadMark;
  /** Bytes of media that came before their message was whole. */
  readonly mediaInParts: number;
  /** Check its liveness; called about once a second. */
  sweep(nowMs: number): void;
}

/** One pull in the registry. */
export class PullClient implements PublishingClient, RegisteredClient {
  readonly protocol = "pull";
  readonly clientId: number;
  /** The stream here. */
  readonly target: StreamTarget;
  /** The connection of now. */
  link: PullLink | undefined;
  /** The publish of now. */
  session: PublishSession | undefined;
  /** Tells the other server how many play the stream here, where it wants to know. */
  reportViewers: ((count: number) => void) | undefined;
  /** Where the stream comes from, for people. */
  from = "";
  kickHoldMs: number | undefined;
  readonly #media: MediaContext;
  readonly #meter: TrafficMeter;
  readonly #onEnd: (reason: EndReason, description: string) => void;
  readonly #progress: RelayProgress;
  #past: ByteCounters = { sendBytes: 0, recvBytes: 0 };

  /** @param onEnd The operator, another publisher or the server's own end wants it to end. */
  constructor(
    target: StreamTarget,
    media: MediaContext,
    progress: RelayProgress,
    onEnd: (reason: EndReason, description: string) => void,
  ) {
    this.target = target;
    this.clientId = media.clients.nextId();
    this.#media = media;
    this.#meter = new TrafficMeter(media.clock.now());
    this.#progress = progress;
    this.#onEnd = onEnd;
  }

  /** What the publish is requested with: the name here, whatever it is there. */
  get facts(): ConnectFacts {
    const { vhost, url } = this.target;
    return { tcUrl: `rtmp://${vhost.name}/${url.app}`, pageUrl: "", swfUrl: "" };
  }

  /** Of the server that it is connected to, `""` while there is none. */
  get ip(): string {
    return this.link?.address ?? "";
  }

  /** @inheritdoc */
  get lastReceivedMs(): number {
    return this.link?.lastReceivedMs ?? 0;
  }

  /** @inheritdoc */
  get reads(): ReadMark {
    return this.link?.reads ?? NOTHING_READ;
  }

  /** @inheritdoc */
  get mediaInParts(): number {
    return this.link?.mediaInParts ?? 0;
  }

  /** Over all connections. */
  counters(): ByteCounters {
    const now = this.link?.bytes;
    return {
      sendBytes: this.#past.sendBytes + (now?.sendBytes ?? 0),
      recvBytes: this.#past.recvBytes + (now?.recvBytes ?? 0),
    };
  }

  /** The connection of now is over. */
  unlink(): void {
    this.#past = this.counters();
    this.link = this.reportViewers = undefined;
  }

  /** @inheritdoc */
  log(level: LogLevel, message: string, fields?: LogFields): void {
    this.#media.log.write(level, this.clientId, message, fields);
  }

  /** @inheritdoc */
  usage(): Usage {
    return { ...NO_USAGE, ...this.counters() };
  }

  /** @inheritdoc */
  snapshot(nowMs: number): ClientSnapshot | undefined {
    const { clientId, ip, protocol, target: home } = this;
    const facts = { tcUrl: this.from, pageUrl: "", swfUrl: "" };
    const meter = this.#meter;
    const use = this.session?.use(nowMs);
    return clientSnapshot({ clientId, ip, protocol, home, facts, meter }, use, this.usage(), nowMs);
  }

  /** @inheritdoc */
  sweep(nowMs: number): void {
    this.#meter.sample(nowMs, this.counters());
    this.#progress.sample(nowMs, this.counters().recvBytes);
    this.link?.sweep(nowMs);
    const { vhost, url: { app, stream } } = this.target;
    this.reportViewers?.(this.#media.counts.count(viewersName(sourceKey(vhost.name, app, stream))));
    this.session?.sweep(nowMs);
  }

  /** @inheritdoc */
  isOfVhost(isGone: (vhost: string) => boolean): boolean {
    return isGone(this.target.vhost.name);
  }

  /** @inheritdoc */
  kick({ holdMs }: KickOptions): void {
    this.kickHoldMs = holdMs;
    this.end("kicked", "The operator ended this connection");
  }

  /** @inheritdoc */
  end(reason: EndReason, description: string): void {
    this.#onEnd(reason, description);
  }

  /** @inheritdoc */
  endForLimit(limit: LimitName, reason: EndReason, description: string): void {
    this.#media.limits.hit(limit, { clientId: this.clientId, ip: this.ip, detail: description });
    this.end(reason, description);
  }
}
