/**
 * What the HTTP room needs from the other rooms; `app/` fills it. Everything that is read is a snapshot.
 *
 * @module
 */
import type {
  ActivitySink,
  Ban,
  CertificateFacts,
  Clock,
  ForwardAnswer,
  ForwardOrder,
  KickOptions,
  LimitLine,
  ListenAddress,
  LogLevel,
  PullAnswer,
  PullOrder,
  ReloadOutcome,
} from "../core/mod.ts";
import type { AcceptFault } from "../system/mod.ts";
import type { ClientTotals, ServerSnapshot } from "../stream/live/mod.ts";
import type { DrainControl } from "./drain_port.ts";
import type { HookRows, HooksView, TryHook } from "./hook_ports.ts";
import type { EventFeed } from "./events/event_feed.ts";
import type { ProcessFacts } from "./process_ports.ts";
import type { RecordingDesk } from "./recording_desk.ts";

export type { HookRows, HooksView, TryHook } from "./hook_ports.ts";
export type { HostFacts, ProcessFacts, ProcessUsage } from "./process_ports.ts";

/** The media server. */
export interface Media {
  /** What there is at this moment. */
  snapshot(): Promise<ServerSnapshot>;
  /** What a snapshot says of all clients together, for much less. */
  totals(): Promise<ClientTotals>;
  /** How often clients ran into each limit since the start, by the limit's key. */
  limitCounts(): Readonly<Record<string, number>>;
  /** End a connection, reason `kicked`; `false` when there is none of this number. */
  kick(clientId: number, options: KickOptions): Promise<boolean>;
}

/** A ban in force. */
export interface BanEntry extends Ban {
  /** To lift it by. */
  readonly id: string;
  /** For other operators. */
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970; absent: until it is lifted. */
  readonly expiresAt?: number;
}

/** A ban to be. */
export interface NewBan extends Ban {
  /** For other operators. */
  readonly reason: string;
  /** For how long; absent: until it is lifted. */
  readonly durationMs?: number;
}

/** Keeps bans. */
export interface Bans {
  /** Those in force, the oldest first. */
  list(): readonly BanEntry[];
  /** Ban from now on; `undefined` where there are as many as there may be. Throws where it cannot be kept. */
  add(ban: NewBan): BanEntry | undefined;
  /** Lift a ban; `false` where there is none of this id. Throws where that cannot be kept. */
  remove(id: string): boolean;
}

/** A key of the configuration in force. */
export interface SettingFacts {
  /** Absent for keys outside of vhosts. */
  readonly vhost: string | undefined;
  /** Dotted path. */
  readonly key: string;
  /** As TOML, its secrets replaced. */
  readonly value: string;
  /** Whether there were any. */
  readonly masked: boolean;
  /** Where it was set. */
  readonly origin: string;
}

/** A configured vhost. */
export interface VhostFacts {
  /** As the configuration names it. */
  readonly name: string;
  /** Whether it serves clients at all. */
  readonly enabled: boolean;
  /** Length of a segment of HLS, milliseconds; absent where there is no HLS. */
  readonly hlsFragmentMs?: number;
}

/** Who answers; in every reply. */
export interface Identity {
  /** `major.minor.patch`. */
  readonly version: string;
  /** The same over restarts. */
  readonly serverId: string;
  /** Of this process. */
  readonly serviceId: string;
  /** The system's number of this process. */
  readonly pid: number;
}

/** Which log lines are written. */
export interface LogThresholdControl {
  /** The lowest level that is written. */
  readonly level: LogLevel;
  /** From now on lines below this level are not written. */
  set(level: LogLevel): void;
}

/** Where log lines go. */
export interface ApiLog {
  /** Write one line; never throws. */
  write(
    level: "info" | "trace" | "warn" | "error",
    clientId: number | undefined,
    message: string,
    fields?: Readonly<Record<string, string | number | boolean | undefined>>,
  ): void;
}

/** Listeners of the operator's, by their sections in the configuration. */
export type ManagementListener = "http_api" | "exporter";

/** What their clients run into: limits of connections by their keys in the configuration, and refusals. */
export type ManagementLimitName =
  | `${ManagementListener}.${
    | "max_connections"
    | "head_timeout"
    | "idle_timeout"
    | "write_timeout"}`
  | "api_request_refused"
  | "tls_handshake"
  | "proxy_header"
  | "http_api.max_auth_failures";

/** Counts what clients run into, together with all other listeners. */
export interface LimitHits {
  /** A client ran into a limit: counted, and logged at most once a second. */
  hit(
    limit: ManagementLimitName,
    client: { readonly ip: string; readonly detail: string },
    line?: LimitLine,
  ): void;
  /** The same without a line. */
  count(limit: ManagementLimitName, times: number): void;
  /** A connection could not be accepted. */
  acceptFailed(fault: AcceptFault, error: unknown): void;
}

/** Writes the metrics. */
export interface MetricsWriter {
  /** The answer to a request that accepts this, for a server that is like this. */
  answer(snapshot: ServerSnapshot, accept: string): Response;
}

/** Whether the server wants clients. */
export interface Readiness {
  /** All threads accept clients. */
  readonly listening: boolean;
  /** What hooks are owed can be kept. */
  readonly outbox: boolean;
  /** The server is stopping. */
  readonly draining: boolean;
}

/** What the API needs. */
export interface ApiDeps {
  /** Of all deadlines. */
  readonly clock: Clock;
  /** Whose clients are shown. */
  readonly media: Media;
  /** Who is banned. */
  readonly bans: Bans;
  /** Whose calls are shown. */
  readonly hooks: HooksView;
  /** Tries one of their events. */
  readonly tryHook: TryHook;
  /** And what they are owed. */
  readonly hookRows: HookRows;
  /** What is recorded, and has been. */
  readonly recordings: RecordingDesk;
  /** Lists, adds or ends forwards of a stream. */
  forward(order: ForwardOrder): Promise<ForwardAnswer>;
  /** Lists, adds or ends pulls. */
  pull(order: PullOrder): Promise<PullAnswer>;
  /** What TLS identifies itself with. */
  certificates(): readonly CertificateFacts[];
  /** The configuration in force: another one after a reload. */
  readonly settings: readonly SettingFacts[];
  /** All that are configured, at this moment. */
  readonly vhosts: readonly VhostFacts[];
  /** Read the configuration again, and put in force what has changed. */
  reload(by: { readonly ip: string; readonly name: string }): Promise<ReloadOutcome>;
  /** Who answers. */
  readonly identity: Identity;
  /** What runs. */
  readonly process: ProcessFacts;
  /** What happens, for those who listen; closed with the API. */
  readonly events: EventFeed;
  /** Get what operators change; `events` among them. */
  readonly followers: ActivitySink;
  /** Writes the metrics. */
  readonly metrics: MetricsWriter;
  /** Where limits and refusals are counted, and logged. */
  readonly limits: LimitHits;
  /** Gets what was changed or failed. */
  readonly log: ApiLog;
  /** Where players by HTTP are served. */
  readonly players: readonly ListenAddress[];
  /** And by HTTPS. */
  readonly playersTls: readonly ListenAddress[];
  /** Has the server accept nobody more. */
  readonly drain: DrainControl;
  /** Of the log. */
  readonly logThreshold: LogThresholdControl;
  /** The level that a start begins with. */
  readonly configuredLogLevel: LogLevel;
  /** `text` with the values of secrets, such as tokens in addresses, replaced. */
  mask(text: string): string;
  /** Whether the server wants clients, at this moment. */
  readiness(): Readiness;
}
