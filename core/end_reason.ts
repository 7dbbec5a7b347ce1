/**
 * Why a session ended.
 *
 * @module
 */

/** Why a session ended, as the events encode it. */
export type EndReason =
  | "client"
  | "network"
  | "timeout"
  | "idle"
  | "protocol"
  | "unsupported"
  | "slow"
  | "limit"
  | "bitrate"
  | "origin"
  | "duration"
  | "kicked"
  | "rejected"
  | "replaced"
  | "lease_expired"
  | "reload"
  | "shutdown";

/** The same with the reasons that only the hooks know. */
export type ReportedReason = EndReason | "rejected_later" | "abandoned" | "server_restart";
