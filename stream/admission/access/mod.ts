/**
 * Who may publish and play, decided without the network: SRS's `security` and `refer`, static keys, and signed
 * addresses. Pure: time, chance and HMAC are handed in.
 *
 * {@link VhostAccess} holds the rules of one vhost, {@link KeyAttemptLimiter} slows down clients that guess at keys, and
 * {@link grantParameters} makes what a signed address carries.
 *
 * @module
 */
export type { AccessEnvironment } from "./environment.ts";
export { BanRules, type BanSubject, canonicalBan } from "./ban_rules.ts";
export { clientNetwork } from "./client_network.ts";
export { KEY_ATTEMPT_CELLS, KeyAttemptLimiter, type KeyAttemptMemory } from "./key_attempt_limiter.ts";
export {
  type AccessAction,
  type AccessOptions,
  type AddressRule,
  type CredentialOptions,
  type KeyAttemptLimits,
  OPEN_ACCESS,
  type ReferOptions,
  type SecurityOptions,
} from "./options.ts";
export { grantParameters, type SignedGrant, signGrant } from "./signed_url.ts";
export {
  type AccessClient,
  type AccessRefusal,
  type AccessRequest,
  type AccessRule,
  VhostAccess,
} from "./vhost_access.ts";
export { SecretComparer } from "./secret_comparer.ts";
export { readParameter } from "./parameters.ts";
// Types of other rooms that these show.
export type * from "../../../core/mod.ts";
