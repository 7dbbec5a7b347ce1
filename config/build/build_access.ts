/**
 * One vhost's access settings -> the access room's options.
 *
 * @module
 */

import type { AccessOptions } from "../../stream/admission/access/options.ts";
import type { Diagnostics } from "../problems/diagnostics.ts";
import type { KeySpec } from "../schema/key_spec.ts";
import { ACCESS_KEYS, REFER_KEYS, SECURITY_KEYS } from "../schema/schema_access.ts";
import type { SettingReader } from "../schema/setting_reader.ts";
import { VhostDiagnostics } from "./vhost_diagnostics.ts";

/**
 * Read the access of one vhost.
 *
 * @param vhost The vhost's name.
 * @param reader Reads its keys.
 * @param diagnostics Told of what does not fit together.
 */
export function buildAccess(vhost: string, reader: SettingReader, diagnostics: Diagnostics): AccessOptions {
  const get = <T>(key: KeySpec<T>): T => reader.vhost(vhost, key);
  const options = {
    security: Object.freeze({
      enabled: get(SECURITY_KEYS.enabled),
      allow: get(SECURITY_KEYS.allow),
      deny: get(SECURITY_KEYS.deny),
    }),
    refer: Object.freeze({
      enabled: get(REFER_KEYS.enabled),
      all: get(REFER_KEYS.all),
      publish: get(REFER_KEYS.publish),
      play: get(REFER_KEYS.play),
    }),
    apps: get(ACCESS_KEYS.apps),
    credentials: Object.freeze({
      publishKeys: get(ACCESS_KEYS.publishKeys),
      playKeys: get(ACCESS_KEYS.playKeys),
      urlSecrets: get(ACCESS_KEYS.urlSecrets),
      signedPublish: get(ACCESS_KEYS.signedPublish),
      signedPlay: get(ACCESS_KEYS.signedPlay),
    }),
  };
  checkAccess(options, new VhostDiagnostics(vhost, reader, diagnostics));
  return Object.freeze(options);
}

/** What is right key by key can still make no sense together. */
function checkAccess({ security, refer, credentials }: AccessOptions, diagnostics: VhostDiagnostics): void {
  const rules = security.allow.length + security.deny.length;
  if (security.enabled && rules === 0) {
    diagnostics.warning(
      SECURITY_KEYS.enabled,
      "Without any rule nobody may publish or play",
      "set allow",
    );
  }
  if (!security.enabled && rules > 0) {
    const key = security.allow.length > 0 ? SECURITY_KEYS.allow : SECURITY_KEYS.deny;
    diagnostics.warning(key, "Has no effect: security.enabled is off", "set enabled = true");
  }
  const named = refer.all.length > 0
    ? REFER_KEYS.all
    : refer.publish.length > 0
    ? REFER_KEYS.publish
    : refer.play.length > 0
    ? REFER_KEYS.play
    : undefined;
  if (!refer.enabled && named !== undefined) {
    diagnostics.warning(named, "Has no effect: refer.enabled is off", "set enabled = true");
  }
  const { urlSecrets, signedPublish, signedPlay } = credentials;
  const wanting = signedPublish ? ACCESS_KEYS.signedPublish : ACCESS_KEYS.signedPlay;
  if ((signedPublish || signedPlay) && urlSecrets.length === 0) {
    diagnostics.problem(wanting, "Nothing can be signed without a secret", "set url_secrets");
  }
  if (!signedPublish && !signedPlay && urlSecrets.length > 0) {
    diagnostics.warning(
      ACCESS_KEYS.urlSecrets,
      "Has no effect: neither signed_publish nor signed_play is on",
      "set signed_publish = true",
    );
  }
}
