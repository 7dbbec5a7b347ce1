/**
 * What the threads of one server say to each other about HLS. A stream is muxed by one thread, on whichever it is published, and
 * shown by all; a viewer is of the thread that it began on, whichever its requests come to. Plain data, and shared
 * memory.
 *
 * @module
 */
import type { EndReason, Revocation } from "../../core/mod.ts";
import type { HlsUpdate } from "./hls_update.ts";
import type { ViewerRequest } from "./viewer_request.ts";

/** A stream by its parts. */
export interface StreamName {
  /** Resolved. */
  readonly vhost: string;
  /** Public. */
  readonly app: string;
  /** Public. */
  readonly stream: string;
}

/** What a viewer did elsewhere since it was last reported. */
export interface ViewerUse {
  readonly id: string;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Why a viewer is not admitted; plain data. */
export interface RemoteDenial {
  readonly kind: "deny";
  readonly rule: string;
  readonly reason: string;
  readonly redirect?: string;
  readonly failed?: boolean;
}

/** Whether a viewer may view, as another thread needs to know. */
export type RemoteAdmission =
  | { readonly kind: "admitted" }
  | RemoteDenial
  | { readonly kind: "ended"; readonly reason: EndReason; readonly description: string };

/**
 * What one thread says to another.
 *
 * @internal
 */
export type HlsThreadMessage =
  /** A stream is published here that is to be muxed whether somebody views it or not. */
  | { readonly kind: "published"; readonly name: StreamName }
  /** No longer. */
  | { readonly kind: "unpublished"; readonly name: StreamName }
  /** Send what the stream shows, from now on. */
  | { readonly kind: "want"; readonly name: StreamName }
  /** No longer. */
  | { readonly kind: "unwant"; readonly name: StreamName }
  | { readonly kind: "update"; readonly name: StreamName; readonly update: HlsUpdate }
  /** A request of a viewer of yours has come here: may it go on? */
  | { readonly kind: "viewer"; readonly request: ViewerRequest }
  | { readonly kind: "viewerAdmission"; readonly id: string; readonly admission: RemoteAdmission }
  /** Once a second, of viewers that requested anything, or wait. */
  | { readonly kind: "viewerUse"; readonly uses: readonly ViewerUse[] }
  | { readonly kind: "viewerEnded"; readonly id: string; readonly ending: Revocation };

/**
 * The threads of a server.
 *
 * @internal
 */
export interface HlsThreads {
  /** Number of this one, from 0. */
  readonly own: number;
  /** How many there are. */
  readonly count: number;
  /** Say something to another one; messages come in order. */
  send(thread: number, message: HlsThreadMessage): void;
  /** Take what others say from now on. */
  receive(take: (thread: number, message: HlsThreadMessage) => void): void;
}

/** A server of one thread. */
export const ONE_THREAD: HlsThreads = {
  own: 0,
  count: 1,
  send: () => {},
  receive: () => {},
};

/** The thread that muxes the stream of this key: the same for all that ask. */
export function muxingThread(streamKey: string, { count }: HlsThreads): number {
  let hash = 0;
  for (let i = 0; i < streamKey.length; i++) hash = (hash * 31 + streamKey.charCodeAt(i)) >>> 0;
  return hash % count;
}
