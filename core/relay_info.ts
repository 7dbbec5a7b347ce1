/**
 * A stream on its way between this server and another one, for the API and the log.
 *
 * @module
 */

/** One of them. */
export interface RelayInfo {
  /** Names it. */
  readonly id: string;
  /** Away from here, or to here. */
  readonly kind: "forward" | "pull";
  /** The stream here. */
  readonly streamId: string;
  /** The other server's address of it, without secrets. */
  readonly address: string;
  /** What it does. */
  readonly state: "connecting" | "live" | "waiting" | "ended";
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
