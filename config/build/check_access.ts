/**
 * What a vhost's access settings say together.
 *
 * @module
 */

import type { AccessOptions } from "../../stream/admission/access/options.ts";
import { ACCESS_KEYS } from "../schema/schema_access.ts";
import type { VhostDiagnostics } from "./vhost_diagnostics.ts";

/**
 * Find what is right key by key and makes no sense together.
 *
 * @param options The vhost's access.
 * @param diagnostics Takes what is found.
 */
export function checkAccess(
  { security, refer, credentials }: AccessOptions,
  diagnostics: VhostDiagnostics,
): void {
  const rules = security.allow.length + security.deny.length;
  if (security.enabled && rules === 0) {
    diagnostics.warning(
      ACCESS_KEYS.security.enabled,
      "Without any rule every client is refused",
      "set allow",
    );
  }
  if (!security.enabled && rules > 0) {
    const key = security.allow.length > 0 ? ACCESS_KEYS.security.allow : ACCESS_KEYS.security.deny;
    diagnostics.warning(key, "Has no effect: security.enabled is off", "set enabled = true");
  }
  const named = refer.all.length > 0
    ? ACCESS_KEYS.refer.all
    : refer.publish.length > 0
    ? ACCESS_KEYS.refer.publish
    : refer.play.length > 0
    ? ACCESS_KEYS.refer.play
    : undefined;
  if (!refer.enabled && named !== undefined) {
    diagnostics.warning(named, "Has no effect: refer.enabled is off", "set enabled = true");
  }
  const { urlSecrets, signedPublish, signedPlay } = credentials;
  const wanting = signedPublish ? ACCESS_KEYS.credentials.signedPublish : ACCESS_KEYS.credentials.signedPlay;
  if ((signedPublish || signedPlay) && urlSecrets.length === 0) {
    diagnostics.problem(wanting, "Nothing can be signed without a secret", "set url_secrets");
  }
  if (!signedPublish && !signedPlay && urlSecrets.length > 0) {
    diagnostics.warning(
      ACCESS_KEYS.credentials.urlSecrets,
      "Has no effect: neither signed_publish nor signed_play is on",
      "set signed_publish = true",
    );
  }
}
