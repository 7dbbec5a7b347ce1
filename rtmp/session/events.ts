/**
 * What a session tells its caller (`Connection`): requests that it has to decide, media, endings.
 *
 * @module
 */
import type { Amf0Value } from "../wire/amf0.ts";
import type { RtmpMessage } from "../wire/message.ts";

/** `connect` arrived. Answer with `accept` or `reject`; until then the session holds what follows. */
export interface ConnectRequested {
  /** Which event it is. */
  readonly kind: "connectRequested";
  /** Names the request in `accept` and `reject`. */
  readonly requestId: number;
  /** As sent, but for blanks around it; built from `app` where the client sent none, `""` without both. */
  readonly tcUrl: string;
  /** The app alone, `""` when the client sent none. */
  readonly app: string;
  /** `""` when the client sent none. */
  readonly pageUrl: string;
  /** Where the player was loaded from; `""` when the client sent none. */
  readonly swfUrl: string;
  /** The client's name and version as it says; `""` when it says none. */
  readonly flashVer: string;
  /** FourCCs of Enhanced RTMP that the client listed; empty when none. */
  readonly fourCcList: readonly string[];
  /** Enhanced RTMP v2 capability flags, 0 when absent. */
  readonly capsEx: number;
  /** The client says that it is an SRS, an edge or a forward of one. */
  readonly isRelay: boolean;
  /** Further arguments of the command, after the command object. */
  readonly args: readonly Amf0Value[];
}

/** `publish` arrived on the NetStream. Answer with `accept` or `reject`. */
export interface PublishRequested {
  /** Which event it is. */
  readonly kind: "publishRequested";
  /** Names the request in `accept` and `reject`. */
  readonly requestId: number;
  /** As sent, its query included. */
  readonly streamName: string;
  /** `live`, `record` or `append`; this server treats all as `live`. */
  readonly publishType: string;
}

/** `play` (or `play2`) arrived on the NetStream. Answer with `accept` or `reject`. */
export interface PlayRequested {
  /** Which event it is. */
  readonly kind: "playRequested";
  /** Names the request in `accept` and `reject`. */
  readonly requestId: number;
  /** As sent, its query included. */
  readonly streamName: string;
  /** Milliseconds after which the play stops by itself, 0 for never. */
  readonly durationMs: number;
}

/** An audio, video or data message of the accepted publish, aggregates already split; in arrival order. */
export interface MediaReceived {
  /** Which event it is. */
  readonly kind: "media";
  /** Its payload is untouched. */
  readonly message: RtmpMessage;
}

/** The accepted publish ended by the client's command; the connection may go on. */
export interface PublishEnded {
  /** Which event it is. */
  readonly kind: "publishEnded";
}

/** The accepted play ended by the client's command; the connection may go on. */
export interface PlayEnded {
  /** Which event it is. */
  readonly kind: "playEnded";
}

/** The client paused (`true`) or resumed its play. Already answered. */
export interface Paused {
  /** Which event it is. */
  readonly kind: "paused";
  /** `false`: resumed. */
  readonly paused: boolean;
}

/** The request with this id is void: the client withdrew it (deleteStream, closeStream) before its answer. */
export interface RequestWithdrawn {
  /** Which event it is. */
  readonly kind: "requestWithdrawn";
  /** Of the request that is void. */
  readonly requestId: number;
}

/** The answer to a ping of this server. */
export interface Pong {
  /** Which event it is. */
  readonly kind: "pong";
  /** Milliseconds between the ping and this answer. */
  readonly roundTripMs: number;
}

/** An edge says how many play the stream there that it plays here. */
export interface ViewersReported {
  /** Which event it is. */
  readonly kind: "viewersReported";
  /** At least 0. */
  readonly viewers: number;
}

/** Something was ignored that an operator may want to read about, at level `info`. */
export interface Ignored {
  /** Which event it is. */
  readonly kind: "ignored";
  /** What, for a log line; safe text is the log's business. */
  readonly what: string;
}

/** Everything that `RtmpSession.receive` yields. */
export type SessionEvent =
  | ConnectRequested
  | PublishRequested
  | PlayRequested
  | MediaReceived
  | PublishEnded
  | PlayEnded
  | Paused
  | RequestWithdrawn
  | Pong
  | ViewersReported
  | Ignored;
