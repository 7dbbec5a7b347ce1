/**
 * What happened to clients and streams, for those who follow a server from outside: the starts and endings that hooks
 * report, whether or not there are hooks, and what changes in between.
 *
 * @module
 */
import type { Protocol } from "./client_info.ts";
import type { ReportedReason } from "./end_reason.ts";
import type { RecordingReason } from "./recording.ts";

/** All kinds, in the order in which documents list them. */
export const ACTIVITY_KINDS = [
  "on_connect",
  "on_close",
  "on_publish",
  "on_unpublish",
  "on_play",
  "on_stop",
  "on_dvr",
  "stream_format",
  "denied",
] as const;

/** One of {@link ACTIVITY_KINDS}. */
export type ActivityKind = typeof ACTIVITY_KINDS[number];

/** Which client an event is about, and where it is. Texts are as sent: parameters in them are not masked. */
export interface ActivityPlace {
  /** The same in all events and log lines of the client. */
  readonly clientId: number;
  /** Canonical; absent in `on_dvr`. */
  readonly ip?: string;
  /** How the client speaks; absent in `on_dvr`. */
  readonly protocol?: Protocol;
  /** As the configuration names it; `""` where it is not known. */
  readonly vhost: string;
  /** The public one; `""` where it is not known. */
  readonly app: string;
  /** The public name, without its query; absent in events about a connection. */
  readonly stream?: string;
  /** A text that starts with `?`; absent where there is none. */
  readonly param?: string;
  /** `/app/stream`, after the vhost's name for all but the default vhost. */
  readonly streamUrl?: string;
  /** `vid-` and 7 characters. */
  readonly streamId?: string;
  /** Without a name that the service has hidden. */
  readonly tcUrl?: string;
  /** The same; `""` when unknown. */
  readonly pageUrl?: string;
}

/** How a session ended. */
export interface SessionEndFacts {
  /** As the hooks have it. */
  readonly reason: ReportedReason;
  /** Since the request, milliseconds. */
  readonly durationMs: number;
  /** To the client, of the whole connection. */
  readonly sendBytes: number;
  /** From the client, of the whole connection. */
  readonly recvBytes: number;
}

/** A file of a recording that is whole. */
export interface RecordedFileFacts {
  /** From the working directory unless it is absolute. */
  readonly file: string;
  /** Of its media, milliseconds. */
  readonly durationMs: number;
  /** Its size. */
  readonly bytes: number;
  /** As the hooks have it. */
  readonly reason: RecordingReason;
}

/** What is known of a stream once media has come. */
export interface StreamFormatFacts {
  /** As the log names it; absent: there is none. */
  readonly video?: string;
  /** As the log names it; absent: there is none. */
  readonly audio?: string;
  /** Pixels, where the publisher says so. */
  readonly width?: number;
  /** Pixels, where the publisher says so. */
  readonly height?: number;
  /** Where the publisher says so. */
  readonly fps?: number;
  /** What the publisher calls itself. */
  readonly encoder?: string;
}

/** A request that was denied. */
export interface DenialFacts {
  /** What was requested. */
  readonly request: "connect" | "publish" | "play";
  /** What denied it: an access rule, a limit, or the hook's event. */
  readonly rule: string;
  /** As the client was given it. */
  readonly description: string;
}

/** One event. Plain data: it is cloned on its way to another thread. */
export interface ActivityEvent extends ActivityPlace {
  /** What happened. */
  readonly kind: ActivityKind;
  /** When, milliseconds since 1970. */
  readonly wallMs: number;
  /** Of `on_close`, `on_unpublish` and `on_stop`. */
  readonly ending?: SessionEndFacts;
  /** Of `on_dvr`. */
  readonly recording?: RecordedFileFacts;
  /** Of `stream_format`. */
  readonly format?: StreamFormatFacts;
  /** Of `denied`. */
  readonly denial?: DenialFacts;
}

/** Takes events in the order in which they happened. */
export interface ActivitySink {
  /** Never throws. */
  emit(event: ActivityEvent): void;
}
