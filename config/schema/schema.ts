/**
 * The schema: every key there is, in the order in which it is printed and documented. It drives reading,
 * defaults, near misses, the environment, `config print`, the sample and the documentation.
 *
 * @module
 */

import type { KeySpec, Scope } from "./key_spec.ts";
import { ACCESS_KEYS, REFER_KEYS, SECURITY_KEYS } from "./schema_access.ts";
import { HOOK_KEYS, HOOK_URL_KEYS } from "./schema_hooks.ts";
import { HTTP_KEYS, LIMIT_KEYS, OUTBOX_KEYS, ROOT_KEYS } from "./schema_root.ts";
import { PLAY_KEYS, PUBLISH_KEYS, VHOST_KEYS } from "./schema_vhost.ts";

/** All keys. */
export const SCHEMA: readonly KeySpec<unknown>[] = Object.freeze([
  ...Object.values(ROOT_KEYS),
  ...Object.values(HTTP_KEYS),
  ...Object.values(LIMIT_KEYS),
  ...Object.values(OUTBOX_KEYS),
  ...Object.values(VHOST_KEYS),
  ...Object.values(PLAY_KEYS),
  ...Object.values(PUBLISH_KEYS),
  ...Object.values(SECURITY_KEYS),
  ...Object.values(REFER_KEYS),
  ...Object.values(ACCESS_KEYS),
  HOOK_KEYS.enabled,
  ...Object.values(HOOK_URL_KEYS),
  ...Object.values(HOOK_KEYS).filter((key) => key !== HOOK_KEYS.enabled),
]);

/**
 * The key at a path.
 *
 * @param scope Root or vhost.
 * @param path Dotted path below it.
 */
export function findKey(scope: Scope, path: string): KeySpec<unknown> | undefined {
  return SCHEMA.find((key) => key.scope === scope && key.path === path);
}

/**
 * Whether keys live below a path, so that it must be a table.
 *
 * @param scope Root or vhost.
 * @param path Dotted path below it.
 */
export function isSection(scope: Scope, path: string): boolean {
  return SCHEMA.some((key) => key.scope === scope && key.path.startsWith(`${path}.`));
}

/** The section of a key, `""` at its scope's top. */
export function sectionOf({ path }: { readonly path: string }): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(".")));
}

/** The last part of a key's path. */
export function nameOf({ path }: { readonly path: string }): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

/**
 * The environment variables of a key in SRS's spelling, the one that wins first. A vhost's are about the
 * default vhost. A key named `srs_...` has a second, shorter one, as in SRS.
 *
 * @returns None for keys that only TOML can say.
 */
export function environmentNamesOf({ scope, path, type }: KeySpec<unknown>): readonly string[] {
  if (type.fromWords === undefined) return [];
  const name = path.toUpperCase().replaceAll(".", "_");
  if (scope === "vhost") return [`SRS_VHOST_${name}`];
  return name.startsWith("SRS_") ? [`SRS_${name}`, name] : [`SRS_${name}`];
}

/** All environment variables that override a key, sorted: the names a compiled binary must be allowed to read. */
export function environmentNames(): readonly string[] {
  return SCHEMA.flatMap((key) => environmentNamesOf(key)).toSorted();
}
