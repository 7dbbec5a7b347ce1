/**
 * Sections of the schema: the options that they give, and that these are what the rooms ask for.
 *
 * @module
 */

import type { ProcessOptions } from "../../../config/config.ts";
import { count, SWITCH } from "../../../config/types/value_type.ts";
import { rootKey } from "../../../config/schema/key_spec.ts";
import type { HOOK_KEYS } from "../../../config/schema/schema_hooks.ts";
import type { LIMIT_KEYS, WIRE_LIMIT_KEYS } from "../../../config/schema/schema_limits.ts";
import type { OUTBOX_KEYS } from "../../../config/schema/schema_outbox.ts";
import type { HTTP_KEYS } from "../../../config/schema/schema_http.ts";
import type { LOG_KEYS, PROCESS_KEYS } from "../../../config/schema/schema_root.ts";
import { keysOf, type OptionsOf, readSection } from "../../../config/schema/schema_section.ts";
import type { VHOST_KEYS } from "../../../config/schema/schema_vhost.ts";
import type { OutboxOptions, VhostHookOptions } from "../../../hooks/options.ts";
import type { HttpOptions } from "../../../http/options.ts";
import type { RtmpOptions } from "../../../rtmp/options.ts";
import type { VhostOptions } from "../../../stream/admission/options.ts";
import type { LogOptions } from "../../../system/log/options.ts";
import { assert, assertEquals } from "../../support/assert.ts";

/** What the schema gives and a room does not ask for, and the other way round. */
type Difference<A, B> = Exclude<keyof A, keyof B> | Exclude<keyof B, keyof A>;
/** `true` where a section gives exactly the options of a room, groups included. */
type Agrees<S, O> = [OptionsOf<S>] extends [O] ? [O] extends [OptionsOf<S>] ? true : false : false;

/** A line that does not compile here means that the schema and the room's interface differ. */
const AGREEMENT: {
  readonly limits: Agrees<typeof LIMIT_KEYS, RtmpOptions["limits"]>;
  readonly wireLimits: Agrees<typeof WIRE_LIMIT_KEYS, RtmpOptions["wireLimits"]>;
  readonly log: Agrees<typeof LOG_KEYS, LogOptions>;
  readonly http: Agrees<
    typeof HTTP_KEYS.server,
    Omit<HttpOptions["server"], "https" | "proxyListen" | "trustedProxies">
  >;
  readonly process: Agrees<typeof PROCESS_KEYS, ProcessOptions>;
  readonly outbox: Agrees<typeof OUTBOX_KEYS, OutboxOptions>;
  readonly vhost: Agrees<typeof VHOST_KEYS, Omit<VhostOptions, "name">>;
  /**
   * Addresses become a map, and files are read, so that only the names can be compared. One key is SRS's, in its section
   * of HLS.
   */
  readonly hooks: Difference<
    Omit<OptionsOf<typeof HOOK_KEYS>, "secretsFile">,
    Omit<VhostHookOptions, "noticeMaxBytes">
  > extends never ? true
    : false;
} = {
  limits: true,
  wireLimits: true,
  log: true,
  http: true,
  process: true,
  outbox: true,
  vhost: true,
  hooks: true,
};

Deno.test("the sections of the schema give what the rooms ask for", () => {
  assert(Object.values(AGREEMENT).every((agrees) => agrees));
});

const SECTION = Object.freeze({
  first: rootKey("a.first", "live", SWITCH, true as boolean, ""),
  group: Object.freeze({ second: rootKey("b", "next", count({ min: 0, max: 9 }), 2, "") }),
  third: rootKey("c", "new", count({ min: 0, max: 9 }), 3, ""),
});

Deno.test("readSection() reads each key once, groups as groups, and freezes what it gives", () => {
  const read: string[] = [];
  const options = readSection(SECTION, (key, option) => {
    read.push(`${option} ${key.path}`);
    return key.default;
  });
  assertEquals<unknown>(options, { first: true, group: { second: 2 }, third: 3 });
  assertEquals(read, ["first a.first", "group.second b", "third c"]);
  assert(Object.isFrozen(options) && Object.isFrozen(options.group));
});

Deno.test("keysOf() lists the keys of a section and its groups in their order", () => {
  assertEquals(keysOf(SECTION).map(({ path }) => path), ["a.first", "b", "c"]);
});
