/**
 * Who may publish and play under which name, whatever the protocol: targets, access rules, quotas, names, takeover,
 * and how refusals and endings are logged.
 *
 * @module
 */
export { AccessControl, type AccessControlDeps, type AccessPeer } from "./access_control.ts";
export { BitrateGuard } from "./bitrate_limit.ts";
export { type KickHold, KickHolds } from "./kick_holds.ts";
export { type Claimant, reserveName } from "./name_reservation.ts";
export { NewBytes } from "./new_bytes.ts";
export type {
  PlayedTracks,
  PlayOptions,
  PublishOptions,
  Takeover,
  TimeJitter,
  VhostOptions,
  VhostSet,
} from "./options.ts";
export {
  logRefusal,
  type Refusal,
  type RefusedPeer,
  type RequestKind,
  type RequestPlace,
} from "./refusal.ts";
export { SecretNames } from "./secret_names.ts";
export {
  type AccountPeer,
  averageKbps,
  endingFields,
  type EndOptions,
  logConnectionEnd,
  type MeasuredEnding,
  SessionAccount,
} from "./session_account.ts";
export { type SignedStreamUrl, signStreamUrl, type StreamUrlGrant } from "./sign_stream_url.ts";
export { isLowLatency, sourceOptions } from "./source_options.ts";
export { LocalNames, LocalStreams, type NameRegistry, type StreamDirectory } from "./stream_directory.ts";
export { type AddressRefusal, type ConnectFacts, resolveTarget, type StreamTarget } from "./stream_target.ts";
export { checkName, MAX_NAME_BYTES, type NameKind } from "./names/name_grammar.ts";
export { DEFAULT_APP, resolveStreamUrl, type StreamAddress, type StreamUrl } from "./names/stream_url.ts";
export { selectVhost, type VhostNames } from "./names/vhost.ts";
export * from "./access/mod.ts";
