/**
 * What the RTMP room needs of the rest of the house: somebody to ask and to tell, somebody to log, numbers
 * for clients. `main.ts` fills these interfaces; nothing here knows of HTTP, files or configuration.
 *
 * @module
 */
import type { LimitCulprit, LimitLine, LimitName } from "./limit_names.ts";
import type { ServerSnapshot } from "./live/mod.ts";
import type { ListenAddress } from "./options.ts";

/** How a client speaks to this server. */
export type Protocol = "rtmp" | "flv" | "hls";

/** One connection, as every event of it describes it. */
export interface ClientInfo {
  /** The same in all events and log lines of the connection. */
  readonly clientId: number;
  /** Canonical: a v4-mapped address is IPv4. */
  readonly ip: string;
  /** The vhost that the configuration resolved, `__defaultVhost__` where the host has no block. */
  readonly vhost: string;
  /** Without its query. */
  readonly app: string;
  /** As the client sent it. */
  readonly tcUrl: string;
  /** `""` when unknown. */
  readonly pageUrl: string;
  /** How the client speaks. */
  readonly protocol: Protocol;
}

/** The stream that a publish or play is about. */
export interface StreamInfo {
  /** Name without its query. */
  readonly stream: string;
  /** `""` or a text that starts with `?`. */
  readonly param: string;
  /** `/app/stream`, behind the vhost's name for all but the default vhost. */
  readonly streamUrl: string;
  /** `vid-` and 7 characters, the same for one vhost/app/stream while it is known here. */
  readonly streamId: string;
}

/** Bytes of a connection so far, handshake included, from the server's view. */
export interface Counters {
  /** To the client. */
  readonly sendBytes: number;
  /** From the client. */
  readonly recvBytes: number;
}

/** The events that the service behind the hooks can refuse. */
export type AskedEvent = "on_connect" | "on_publish" | "on_play";

/** One question. `stream` is absent in `on_connect` only. */
export interface AskRequest {
  /** What is asked. */
  readonly event: AskedEvent;
  /** Who wants it. */
  readonly client: ClientInfo;
  /** The stream it is about. */
  readonly stream?: StreamInfo;
}

/** What the asker hands along with a question. */
export interface AskContext {
  /** Aborted when the client is gone; the ask then resolves as `aborted`. */
  readonly signal: AbortSignal;
  /** The connection's bytes now: for updates, and for what is known after a crash. */
  counters(): Counters;
  /** Called at most once, after `allow` and before `end`: the session must end with this reason. */
  revoke(revocation: Revocation): void;
}

/** Why an admitted session has to end although its client is fine. */
export interface Revocation {
  /** As the events spell it. */
  readonly reason: EndReason;
  /** Text for the client. */
  readonly description: string;
}

/** Why a session ended, as the events spell it. */
export type EndReason =
  | "client"
  | "network"
  | "timeout"
  | "idle"
  | "protocol"
  | "slow"
  | "limit"
  | "bitrate"
  | "duration"
  | "kicked"
  | "rejected"
  | "replaced"
  | "lease_expired"
  | "reload"
  | "shutdown";

/** What the service decided beyond yes; each member is absent when it said nothing. */
export interface Decisions {
  /** The public name from here on. */
  readonly app?: string;
  /** The stream it is about. */
  readonly stream?: string;
  /** A publisher above it is ended, kbit/s. */
  readonly maxBitrateKbps?: number;
  /** RTMP addresses to push the stream to. */
  readonly forward?: readonly string[];
}

/** A no. */
export interface DenyVerdict {
  /** What tells it from the other verdicts. */
  readonly kind: "deny";
  /** For the client. */
  readonly reason: string;
  /** The hook's address that said so, or could not be asked. */
  readonly address?: string;
  /** Where the client is sent instead. */
  readonly redirect?: string;
}

/** The answer to a question. */
export type Verdict =
  | { readonly kind: "allow"; readonly lease: Lease; readonly decisions: Decisions }
  | DenyVerdict
  /** The client left first; whatever is owed to the service is already on its way. */
  | { readonly kind: "aborted" };

/** An admitted session. Whoever holds it ends it exactly once, on every way out. */
export interface Lease {
  /** The public name that the session has from here on, for its later events. */
  rename(app: string, stream: StreamInfo): void;
  /**
   * The session ended. A second call does nothing.
   * Resolves when the ending is recorded, which is long before it is delivered; never rejects.
   */
  end(ending: Ending): Promise<void>;
}

/** The last facts of a session. */
export interface Ending extends Counters {
  /** As the events spell it. */
  readonly reason: EndReason;
  /** Since the request, as the log has it, milliseconds; absent: the hooks' own measure. */
  readonly durationMs?: number;
  /** For `on_close`: the app and stream that the connection last had, when it had one. */
  readonly app?: string;
  /** The stream it is about. */
  readonly stream?: StreamInfo;
}

/** The operator's service. */
export interface Hooks {
  /** Resolves when all configured addresses have answered or failed; never rejects. */
  ask(request: AskRequest, context: AskContext): Promise<Verdict>;
}

/** Log levels, least to most severe, by SRS's names. */
export type LogLevel = "verbose" | "info" | "trace" | "warn" | "error";

/** Values beside a log line's message; `undefined` ones are left out. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where log lines go. Escaping and masking are its business. */
export interface Log {
  /** Write one line; never throws. */
  write(level: LogLevel, clientId: number | undefined, message: string, fields?: LogFields): void;
}

/** Gives every connection its number. */
export interface ClientIds {
  /** A positive integer that no connection with an untold ending has. */
  next(): number;
}

/** Counts what clients run into. */
export interface Limits {
  /** A client ran into a limit: counted, and logged at most once a second for each limit. */
  hit(limit: LimitName, culprit: LimitCulprit, line?: LimitLine): void;
  /** The same without a line. */
  count(limit: LimitName, times: number): void;
  /** Write the lines that had to wait; called about once a second. */
  sweep(): void;
  /** Hits of every limit since the start. */
  counts(): Readonly<Record<LimitName, number>>;
}

/** How a connection is ended by the operator. */
export interface KickOptions {
  /** How long the name that it publishes is kept from its address, milliseconds; absent: `publish.kick_hold`. */
  readonly holdMs?: number | undefined;
}

/** A listening server, to whoever runs it. */
export interface MediaServer {
  /** Where it listens, with the ports that the system chose. */
  readonly addresses: readonly ListenAddress[];
  /** Connections now. */
  readonly connectionCount: number;
  /** Counts what clients ran into, over all threads; other listeners of the process count here too. */
  readonly limits: Limits;
  /** How often clients ran into each limit since the start. */
  limitCounts(): Readonly<Record<LimitName, number>>;
  /** What there is at this moment. */
  snapshot(): Promise<ServerSnapshot>;
  /** End a connection, reason `kicked`; `false` when there is none of this number. */
  kick(clientId: number, options?: KickOptions): Promise<boolean>;
  /** Stop accepting and end all sessions, reason `shutdown`. Resolves when all their endings are recorded. */
  drain(): Promise<void>;
}
