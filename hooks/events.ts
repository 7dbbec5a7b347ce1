/**
 * The hooks room's side of its interface: who is asked about, what can be answered, how a session ends.
 * Structurally equal to what the callers declare; this room imports none of them.
 *
 * @module
 */

/** How a client speaks to this server. */
export type Protocol = "rtmp" | "flv" | "hls";

/** One connection, as every event of it describes it. */
export interface ClientFacts {
  /** The same in all events and log lines of the connection. */
  readonly clientId: number;
  /** Canonical: a v4-mapped address is IPv4. */
  readonly ip: string;
  /** The vhost that the configuration resolved. */
  readonly vhost: string;
  /** Application name, without a query. */
  readonly app: string;
  /** As the client sent it. */
  readonly tcUrl: string;
  /** `""` when unknown. */
  readonly pageUrl: string;
  /** What carries the media. */
  readonly protocol: Protocol;
}

/** The stream that a publish or play is about. */
export interface StreamFacts {
  /** Name without its query. */
  readonly stream: string;
  /** `""` or a text that starts with `?`. */
  readonly param: string;
  /** `/app/stream`, behind the vhost's name for all but the default vhost. */
  readonly streamUrl: string;
  /** The same for one vhost, app and stream while it is known here. */
  readonly streamId: string;
}

/** Bytes of a connection so far, from the server's view. */
export interface ByteCounters {
  /** To the client. */
  readonly sendBytes: number;
  /** From the client. */
  readonly recvBytes: number;
}

/** The events that the service can refuse at a session's start. */
export type AskedEvent = "on_connect" | "on_publish" | "on_play";

/** The endings, in the order of the events that they belong to. */
export type EndingEvent = "on_close" | "on_unpublish" | "on_stop";

/** The ending that belongs to each start. */
export const ENDING_OF: Readonly<Record<AskedEvent, EndingEvent>> = {
  on_connect: "on_close",
  on_publish: "on_unpublish",
  on_play: "on_stop",
};

/** One question. `stream` is absent in `on_connect` only. */
export interface AskRequest {
  /** What is asked. */
  readonly event: AskedEvent;
  /** On whose behalf. */
  readonly client: ClientFacts;
  /** About which stream. */
  readonly stream?: StreamFacts;
}

/** Why a session ended, as its holder says it. */
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

/** Why a session ended, as its ending says it: some reasons only this room knows. */
export type ToldReason = EndReason | "rejected_later" | "abandoned" | "server_restart";

/** Why an admitted session has to end although its client is fine. */
export interface Revocation {
  /** As the ending will say it. */
  readonly reason: EndReason;
  /** Text for the client. */
  readonly description: string;
}

/** What the asker hands along with a question. */
export interface AskContext {
  /** Aborted when the client is gone; the ask then resolves as `aborted`. */
  readonly signal: AbortSignal;
  /** The connection's bytes now. */
  counters(): ByteCounters;
  /** Called at most once, after `allow` and before `end`: the session must end with this reason. */
  revoke(revocation: Revocation): void;
}

/** What the service decided beyond yes, for whoever holds the session. */
export interface Decisions {
  /** The public name from here on. */
  readonly app?: string;
  /** The public application name. */
  readonly stream?: string;
  /** The public stream name. */
  readonly maxBitrateKbps?: number;
  /** RTMP addresses to push the stream to. */
  readonly forward?: readonly string[];
}

/** The last facts of a session. */
export interface Ending extends ByteCounters {
  /** Why. */
  readonly reason: EndReason;
  /** As the session's holder logged it, milliseconds; absent: since the request, by this room's clock. */
  readonly durationMs?: number;
  /** For `on_close`: the app and stream that the connection last had, when it had one. */
  readonly app?: string;
  /** The stream, when it had one. */
  readonly stream?: StreamFacts;
}

/** An admitted session. Whoever holds it ends it exactly once, on every way out. */
export interface Lease {
  /** The public name that the session has from here on, for its later events. */
  rename(app: string, stream: StreamFacts): void;
  /**
   * The session ended. A second call does nothing.
   * Resolves when the ending is recorded, which is long before it is delivered; never rejects.
   */
  end(ending: Ending): Promise<void>;
}

/** The answer to a question. */
export type Verdict =
  | { readonly kind: "allow"; readonly lease: Lease; readonly decisions: Decisions }
  | { readonly kind: "deny"; readonly reason: string; readonly address?: string; readonly redirect?: string }
  | { readonly kind: "aborted" };

/** Log levels, least to most severe. */
export type LogLevel = "verbose" | "info" | "trace" | "warn" | "error";

/** Where log lines go. Escaping and masking of what clients named are its business. */
export interface HookLog {
  /** Write a line; the client id stands on every line of a connection. */
  write(
    level: LogLevel,
    clientId: number | undefined,
    message: string,
    fields?: Readonly<Record<string, string | number | boolean | undefined>>,
  ): void;
}
