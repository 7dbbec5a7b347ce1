/**
 * What the threads of one server say to each other. Plain data: it is cloned on its way.
 *
 * @module
 */
import type {
  ClientTotals,
  MirrorBatch,
  MirrorStart,
  PlayedMedia,
  PlayedTracks,
  ReadMark,
  ServerSnapshot,
} from "../../stream/live/mod.ts";
import type { KickHold } from "../../stream/admission/mod.ts";
import type { HlsThreadMessage, SinkMessage } from "../../http/mod.ts";
import type { MediaAddresses, MediaCertificates, MediaNodeOptions } from "../media_server.ts";
import type {
  ActivityEvent,
  Ban,
  ByteCounters,
  Decisions,
  Denial,
  Ending,
  ForwardAnswer,
  ForwardOrder,
  HookRequest,
  KickOptions,
  LogFields,
  LogLevel,
  PullAnswer,
  PullOrder,
  RecordingAnswer,
  RecordingChange,
  RecordingOrder,
  Revocation,
  StreamInfo,
} from "../../core/mod.ts";

/** The first message to a media thread. The ports lead to the other media threads. */
export interface StartThread {
  readonly kind: "start";
  readonly options: MediaNodeOptions;
  /** Vhosts with hooks: in all others every request is allowed where it arises. */
  readonly hookedVhosts: readonly string[];
  /** Who is banned from the start. */
  readonly bans: readonly Ban[];
  /** What TLS identifies itself with. */
  readonly certificates: MediaCertificates;
  /** Of the {@link LogThreshold}: lines below it are not sent. */
  readonly logLevelCell: Int32Array<SharedArrayBuffer>;
  /** Whether what becomes of sessions is followed. */
  readonly followed: boolean;
  /** Secret that the ids of HLS viewers are made with. */
  readonly viewerKey: Uint8Array<ArrayBuffer>;
  /** EXT-X-DISCONTINUITY-SEQUENCE that lists begin with. */
  readonly firstDiscontinuity: number;
  /** Vhosts whose finished segments of HLS the main thread wants. */
  readonly sinkVhosts: readonly string[];
  /** For ids that all threads have to give alike. */
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly clientIds: readonly (readonly number[])[];
  /** RTMP connections of all threads: one 32-bit number in shared memory. */
  readonly connections: Int32Array<SharedArrayBuffer>;
  /** The same of HTTP. */
  readonly httpConnections: Int32Array<SharedArrayBuffer>;
  /** What limits count over all threads, `COUNT_CELLS` of them and `EGRESS_CELLS`. */
  readonly countCells: Int32Array<SharedArrayBuffer>;
  /** Wrong keys by address over all threads, `KEY_ATTEMPT_CELLS` of them. */
  readonly keyAttemptCells: BigUint64Array<SharedArrayBuffer>;
  /** Hits of each limit over all threads. */
  readonly limitCells: Int32Array<SharedArrayBuffer>;
  /** To the other threads, in the order of their numbers. */
  readonly ports: readonly MessagePort[];
  /** Number of this one, from 0. */
  readonly thread: number;
}

/** Who has a name elsewhere. */
export interface HolderFacts {
  readonly ip: string;
  readonly live: boolean;
  readonly leaving: boolean;
  /** Number of its connection. */
  readonly id: number;
  /** How far its client's socket has been read. */
  readonly reads: ReadMark;
}

/** A log line on its way; a text is a plain one. */
export type LogLine =
  | readonly [
    level: LogLevel,
    clientId: number | undefined,
    message: string,
    fields: LogFields | undefined,
  ]
  | string;

/** How a connection's bytes stand, by the number of its request. */
export type RequestCounters = readonly [requestId: number, counters: ByteCounters];

/** The answer to a request; with `allow`, an ending is owed under the number of the request. */
export type VerdictMessage =
  | { readonly kind: "allow"; readonly decisions: Decisions }
  | Denial
  | { readonly kind: "aborted" };

/** The answer to a claim: the holder that is in the way, or none. */
export interface Claimed {
  readonly kind: "claimed";
  readonly claim: number;
  readonly holder: HolderFacts | undefined;
  /** Where the stream of that name came to before, milliseconds of stream time; 0 when that is long ago. */
  readonly time: number;
}

/** Why a thread could not do something. */
export interface ThreadFailure {
  readonly message: string;
  /** Of the error. */
  readonly name: string;
}

/** The answer to a query of the main thread. */
export type QueryReply =
  | { readonly kind: "snapshot"; readonly query: number; readonly snapshot: ServerSnapshot }
  | { readonly kind: "totals"; readonly query: number; readonly totals: ClientTotals }
  | { readonly kind: "described"; readonly query: number; readonly holder: HolderFacts | undefined }
  | { readonly kind: "stoppedAccepting"; readonly query: number }
  | { readonly kind: "kicked"; readonly query: number; readonly known: boolean }
  /** `failure`: why not, and nothing but what was open before is to stay. */
  | {
    readonly kind: "listening";
    readonly query: number;
    readonly addresses: MediaAddresses;
    readonly failure: ThreadFailure | undefined;
  }
  | { readonly kind: "recordingAnswer"; readonly query: number; readonly answer: RecordingAnswer }
  | { readonly kind: "forwardAnswer"; readonly query: number; readonly answer: ForwardAnswer }
  | { readonly kind: "pullAnswer"; readonly query: number; readonly answer: PullAnswer };

/** Whether the others may go on listening. */
export type ListenStep = "open" | "keep";

/** What a reload puts in force on a thread. */
export interface ThreadUpdate
  extends Pick<StartThread, "options" | "hookedVhosts" | "followed" | "sinkVhosts"> {
  readonly kind: "options";
}

/** What the main thread says to a media thread. */
export type ToThread =
  | StartThread
  | { readonly kind: "verdict"; readonly requestId: number; readonly verdict: VerdictMessage }
  | { readonly kind: "revoke"; readonly requestId: number; readonly revocation: Revocation }
  | { readonly kind: "recorded"; readonly requestId: number }
  | { readonly kind: "clientIds"; readonly block: readonly number[] }
  | Claimed
  | { readonly kind: "describe"; readonly query: number; readonly key: string }
  | { readonly kind: "replace"; readonly key: string; readonly clientId: number }
  | { readonly kind: "snapshot" | "totals" | "stopAccepting"; readonly query: number }
  | {
    readonly kind: "kick";
    readonly query: number;
    readonly clientId: number;
    readonly options: KickOptions;
  }
  | { readonly kind: "record"; readonly query: number; readonly order: RecordingOrder }
  | { readonly kind: "forward"; readonly query: number; readonly order: ForwardOrder }
  | { readonly kind: "pull"; readonly query: number; readonly order: PullOrder }
  /** Listen there too (`open`), or nowhere else (`keep`). */
  | {
    readonly kind: "listen";
    readonly query: number;
    readonly step: ListenStep;
    readonly addresses: MediaAddresses;
  }
  /** Other options are in force. */
  | ThreadUpdate
  | { readonly kind: "certificates"; readonly certificates: MediaCertificates }
  | { readonly kind: "bans"; readonly bans: readonly Ban[] }
  /** Another thread keeps a name from an address. */
  | { readonly kind: "hold"; readonly hold: KickHold }
  /** Another thread has learned that the names of this vhost are keys. */
  | { readonly kind: "secretNames"; readonly vhost: string }
  | { readonly kind: "startDraining" | "drain" };

/** What a media thread says to the main thread. */
export type FromThread =
  | { readonly kind: "listening"; readonly addresses: MediaAddresses }
  | { readonly kind: "failed"; readonly failure: ThreadFailure }
  | { readonly kind: "request"; readonly requestId: number; readonly request: HookRequest }
  | { readonly kind: "abort"; readonly requestId: number }
  | { readonly kind: "rename"; readonly requestId: number; readonly app: string; readonly stream: StreamInfo }
  | { readonly kind: "end"; readonly requestId: number; readonly ending: Ending }
  | { readonly kind: "counters"; readonly counters: readonly RequestCounters[] }
  | { readonly kind: "log"; readonly lines: readonly LogLine[] }
  | { readonly kind: "events"; readonly events: readonly ActivityEvent[] }
  | { readonly kind: "moreClientIds" }
  | { readonly kind: "claim"; readonly claim: number; readonly key: string }
  /** `time`: where its stream has come to, milliseconds of stream time. */
  | { readonly kind: "disclaim"; readonly key: string; readonly time: number }
  | { readonly kind: "replace"; readonly key: string; readonly clientId: number }
  | { readonly kind: "answer"; readonly answer: QueryReply }
  /** A name is kept from an address: the other threads have to know. */
  | { readonly kind: "hold"; readonly hold: KickHold }
  /** The names of this vhost are keys: the other threads have to know. */
  | { readonly kind: "secretNames"; readonly vhost: string }
  /** A list of HLS has come to this EXT-X-DISCONTINUITY-SEQUENCE. */
  | { readonly kind: "discontinuityUsed"; readonly number: number }
  /** For HLS on disk, and its hooks. */
  | { readonly kind: "hlsSink"; readonly message: SinkMessage }
  /** A file of a recording was opened or finished. */
  | { readonly kind: "recording"; readonly change: RecordingChange }
  /** Nothing caught it: a bug. */
  | { readonly kind: "fault"; readonly error: string }
  | { readonly kind: "drained" };

/** An output that is played on a thread. */
export interface PlayedOutput {
  /** Its number there, another one each time that its first player comes. */
  readonly output: number;
  /** The name of its format. */
  readonly format: string;
  /** The tracks that it has. */
  readonly tracks: PlayedTracks;
  /** The media that it has. */
  readonly media: PlayedMedia;
  /** It is wanted at once. */
  readonly urgent: boolean;
}

/** What media threads send to each other. */
export type BetweenThreads = StreamMessages | { readonly kind: "hls"; readonly message: HlsThreadMessage };

/** What they say about streams. */
export type StreamMessages =
  /**
   * The sender has a source of this name, plays these outputs of it, and has seen it up to `time`. What is sent for it
   * has the number of the subscription and of the output.
   */
  | {
    readonly kind: "subscribe";
    readonly key: string;
    readonly subscription: number;
    readonly time: number;
    readonly outputs: readonly PlayedOutput[];
  }
  /** To a subscribe, after what there is of the stream, if anything; `time`: where it was, if it is over. */
  | { readonly kind: "answered"; readonly key: string; readonly subscription: number; readonly time: number }
  | { readonly kind: "unsubscribe"; readonly key: string }
  | {
    readonly kind: "begin";
    readonly key: string;
    readonly subscription: number;
    readonly output: number;
    readonly start: MirrorStart;
  }
  | {
    readonly kind: "batch";
    readonly key: string;
    readonly subscription: number;
    readonly output: number;
    readonly batch: MirrorBatch;
  }
  | { readonly kind: "end"; readonly key: string; readonly subscription: number };
