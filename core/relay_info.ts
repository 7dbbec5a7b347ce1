/**
 * A stream on its way between this server and another one, for the API and the log.
 *
 * @module
 */

/** One of them. */
export interface RelayInfo {
  /** Names it. */
  readonly id: string;
  /** To a further server, to the origin of an edge, or to here. */
  readonly kind: "forward" | "push" | "pull";
  /** The stream here. */
  readonly streamId: string;
  /** Of the stream here. */
  readonly vhost: string;
  /** Of the stream here. */
  readonly app: string;
  /** Of the stream here. */
  readonly stream: string;
  /** The other server's address of it, without secrets. */
  readonly address: string;
  /** What it does. */
  readonly state: "idle" | "connecting" | "live" | "waiting" | "ended";
  /** For how long it has done that, milliseconds. */
  readonly stateMs: number;
  /** Connections that were tried. */
  readonly attempts: number;
  /** Media and commands, over all connections. */
  readonly bytes: number;
  /** In the latest 10 seconds. */
  readonly kbps: number;
  /** Why the last attempt failed; `""` while it works. */
  readonly lastError: string;
}

/** A stream that comes, or may come, from another server. */
export interface PullInfo extends RelayInfo {
  /** It is pulled while somebody plays it. */
  readonly isOnDemand: boolean;
  /** Who wants it: the operator, the answer to a play, or the vhost of an edge. */
  readonly by: "configuration" | "api" | "service" | "edge";
}

/** A pull that an operator wants. */
export interface WantedPull {
  /** The vhost's name. */
  readonly vhost: string;
  /** Of the stream here. */
  readonly app: string;
  /** Of the stream here. */
  readonly stream: string;
  /** Where it is: an address of RTMP, or of FLV by HTTP. */
  readonly url: string;
  /** Whether it is pulled only while somebody plays it. */
  readonly isOnDemand: boolean;
}

/** What an operator wants of the pulls. */
export type PullOrder =
  | { readonly kind: "list" }
  | { readonly kind: "add"; readonly pull: WantedPull }
  | { readonly kind: "remove"; readonly id: string };

/** What came of it. */
export type PullAnswer =
  | { readonly kind: "pulls"; readonly pulls: readonly PullInfo[] }
  | { readonly kind: "added"; readonly pull: PullInfo }
  | { readonly kind: "removed" }
  /** There is no pull of this id. */
  | { readonly kind: "unknown" }
  | { readonly kind: "refused"; readonly reason: string };

/** What an operator wants of the forwards of a stream. */
export type ForwardOrder =
  | { readonly kind: "list"; readonly streamId: string }
  /** `url`: an address of RTMP; `[vhost]`, `[app]` and `[stream]` stand for the stream's own. */
  | { readonly kind: "add"; readonly streamId: string; readonly url: string }
  | { readonly kind: "remove"; readonly streamId: string; readonly id: string };

/** What came of it. */
export type ForwardAnswer =
  | { readonly kind: "forwards"; readonly forwards: readonly RelayInfo[] }
  | { readonly kind: "added"; readonly forward: RelayInfo }
  | { readonly kind: "removed" }
  /** The stream has no forward of this id. */
  | { readonly kind: "unknown" }
  | { readonly kind: "refused"; readonly reason: string }
  /** The stream is not published here. */
  | { readonly kind: "none" };
