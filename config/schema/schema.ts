/**
 * The schema: every key there is, in the order in which it is printed and documented. It drives reading,
 * defaults, near misses, the environment, `config print`, the sample and the documentation.
 *
 * @module
 */

import type { KeySpec, Scope } from "./key_spec.ts";
import { ACCESS_FILE_KEYS } from "./schema_access.ts";
import { CLUSTER_SECRET_FILE, HOST_CLUSTER_KEYS } from "./schema_cluster.ts";
import { HOOK_KEYS } from "./schema_hooks.ts";
import { LIMIT_KEYS, WIRE_LIMIT_KEYS } from "./schema_limits.ts";
import { OUTBOX_KEYS } from "./schema_outbox.ts";
import { HTTP_KEYS, HTTP_PROXY_LISTEN, HTTPS_KEYS } from "./schema_http.ts";
import {
  CHUNK_SIZE,
  LOG_KEYS,
  LOG_STATS_INTERVAL,
  PROCESS_KEYS,
  PROXY_KEYS,
  RTMP_KEYS,
  RTMPS_KEYS,
  SERVER_ID,
} from "./schema_root.ts";
import { keysOf } from "./schema_section.ts";
import { VHOST_KEYS } from "./schema_vhost.ts";

/** All keys. */
export const SCHEMA: readonly KeySpec<unknown>[] = Object.freeze([
  ...keysOf(RTMP_KEYS),
  ...keysOf(PROXY_KEYS),
  CHUNK_SIZE,
  SERVER_ID,
  ...keysOf(PROCESS_KEYS),
  ...keysOf(LOG_KEYS),
  LOG_STATS_INTERVAL,
  ...keysOf(RTMPS_KEYS),
  ...keysOf(HTTP_KEYS),
  HTTP_PROXY_LISTEN,
  ...keysOf(HTTPS_KEYS),
  ...keysOf(LIMIT_KEYS),
  ...keysOf(WIRE_LIMIT_KEYS),
  ...keysOf(OUTBOX_KEYS),
  ...keysOf(HOST_CLUSTER_KEYS),
  CLUSTER_SECRET_FILE,
  ...keysOf(VHOST_KEYS),
  ...keysOf(ACCESS_FILE_KEYS),
  ...keysOf(HOOK_KEYS),
]);

/** By scope and path. */
const KEYS: Readonly<Record<Scope, ReadonlyMap<string, KeySpec<unknown>>>> = {
  root: new Map(SCHEMA.filter(({ scope }) => scope === "root").map((key) => [key.path, key])),
  vhost: new Map(SCHEMA.filter(({ scope }) => scope === "vhost").map((key) => [key.path, key])),
};

/** Scope and path of each table that keys are in. */
const SECTIONS: ReadonlySet<string> = new Set(
  SCHEMA.flatMap(({ scope, path }) =>
    path.split(".").slice(0, -1).map((_, depth, parts) => `${scope} ${parts.slice(0, depth + 1).join(".")}`)
  ),
);

/**
 * The key at a path.
 *
 * @param scope Root or vhost.
 * @param path Dotted path below it.
 */
export function findKey(scope: Scope, path: string): KeySpec<unknown> | undefined {
  return KEYS[scope].get(path);
}

/**
 * Whether keys live below a path, so that it must be a table.
 *
 * @param scope Root or vhost.
 * @param path Dotted path below it.
 */
export function isSection(scope: Scope, path: string): boolean {
  return SECTIONS.has(`${scope} ${path}`);
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
