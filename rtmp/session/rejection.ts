/**
 * The answer to a refused client.
 *
 * @module
 */

/** Codes of refusals that clients are known to act on: OBS stops for all of `Publish.*`. */
export const RejectionCode = {
  ConnectRejected: "NetConnection.Connect.Rejected",
  PublishRejected: "NetStream.Publish.Rejected",
  /** Somebody else publishes under this name. */
  PublishBadName: "NetStream.Publish.BadName",
  PlayFailed: "NetStream.Play.Failed",
} as const;

/** A refusal, as `RtmpSession.reject` takes it. */
export interface Rejection {
  /** One of {@link RejectionCode}, or another that the client may know. */
  readonly code: string;
  /** For people; OBS shows it. */
  readonly description: string;
  /** The address to try instead. */
  readonly redirect?: string;
}
