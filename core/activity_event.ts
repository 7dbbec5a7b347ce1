/**
 * What happened to clients and streams, for those who follow a server from outside: what hooks report, whether or not
 * there are hooks, what changes in between, and what operators change.
 *
 * @module
 */
import type { Protocol } from "./client_info.ts";
import type { BanKind } from "./ban.ts";
import type { ReportedReason } from "./end_reason.ts";
import type { FinishedSegment } from "./finished_segment.ts";
import type { LogLevel } from "./log.ts";
import type { RecordingReason } from "./recording.ts";

/** All kinds, in the order in which documents list them. */
export const ACTIVITY_KINDS = [
  "on_connect",
  "on_close",
  "on_publish",
  "on_unpublish",
  "on_play",
  "on_stop",
  "on_hls",
  "on_dvr",
  "stream_format",
  "denied",
  "ban",
  "unban",
  "log_level",
] as const;

/** One of {@link ACTIVITY_KINDS}. */
export type ActivityKind = typeof ACTIVITY_KINDS[number];

/** Which client an event is about, and where it is. Texts are as sent: parameters in them are not masked. */
export interface ActivityPlace {
  /** The same in all events and log lines of the client; absent in events about no client. */
  readonly clientId?: number;
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

/** A ban that began or ended. */
export interface BanFacts {
  /** To lift it by. */
  readonly id: string;
  /** What is banned. */
  readonly kind: BanKind;
  /** The address, the network or the stream. */
  readonly value: string;
  /** For other operators. */
  readonly reason: string;
  /** Milliseconds since 1970; absent: until it is lifted. */
  readonly expiresAt?: number;
  /** Of `unban`: an operator lifted it, or its time was up. */
  readonly cause?: "lifted" | "expired";
}

/** The log writes more, or less. */
export interface LogLevelFacts {
  /** The level until now. */
  readonly from: LogLevel;
  /** The level from now on. */
  readonly to: LogLevel;
}

/** One event. Plain data: it is cloned on its way to another thread. */
export interface ActivityEvent extends ActivityPlace {
  /** What happened. */
  readonly kind: ActivityKind;
  /** When, milliseconds since 1970. */
  readonly wallMs: number;
  /** Of `on_close`, `on_unpublish` and `on_stop`. */
  readonly ending?: SessionEndFacts;
  /** Of `on_hls`. */
  readonly segment?: FinishedSegment;
  /** Of `on_dvr`. */
  readonly recording?: RecordedFileFacts;
  /** Of `stream_format`. */
  readonly format?: StreamFormatFacts;
  /** Of `denied`. */
  readonly denial?: DenialFacts;
  /** Of `ban` and `unban`. */
  readonly ban?: BanFacts;
  /** Of `log_level`. */
  readonly logLevel?: LogLevelFacts;
}

/** Takes events in the order in which they happened. */
export interface ActivitySink {
  /** Never throws. */
  emit(event: ActivityEvent): void;
}
