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
  /** Why the last attempt failed; `""` while it works. */
  readonly lastError: string;
}
