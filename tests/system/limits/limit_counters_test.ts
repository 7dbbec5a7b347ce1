/**
 * Tests of `rtmp/limit_counters.ts`: what is counted, what is logged, and how often.
 *
 * @module
 */
import { LIMIT_KEYS, WIRE_LIMIT_KEYS } from "../../../config/schema/schema_limits.ts";
import { keysOf } from "../../../config/schema/schema_section.ts";
import { LIMIT_CELLS, LimitCounters } from "../../../system/limits/limit_counters.ts";
import { LIMIT_NAMES, type LogFields } from "../../../core/mod.ts";
import { assertEquals } from "../../support/assert.ts";

function counted(cells?: Int32Array) {
  const lines: {
    level: string;
    clientId: number | undefined;
    message: string;
    fields: LogFields | undefined;
  }[] = [];
  const clock = { nowMs: 0 };
  const log = {
    write: (level: string, clientId: number | undefined, message: string, fields?: LogFields) => {
      lines.push({ level, clientId, message, fields });
    },
  };
  return { lines, clock, counters: new LimitCounters(log, () => clock.nowMs, cells) };
}

Deno.test("LimitCounters.hit() says which limit and whose, at once", () => {
  const { lines, counters } = counted();
  counters.hit("max_amf_depth", { clientId: 7, ip: "192.0.2.1", detail: "too deep" });
  const fields = { limit: "max_amf_depth", ip: "192.0.2.1", detail: "too deep", times: undefined };
  assertEquals(lines, [{ level: "warn", clientId: 7, message: "Limit reached", fields }]);
});

Deno.test("LimitCounters.hit() tells one limit once a second and names what it left out, others at once", () => {
  const { lines, clock, counters } = counted();
  for (let i = 0; i < 1000; i++) counters.hit("max_connections", { ip: "192.0.2.1", detail: `${i}` });
  counters.hit("max_held_bytes", { ip: "192.0.2.1", detail: "other" });
  assertEquals(lines.length, 2);
  clock.nowMs = 999;
  counters.sweep();
  assertEquals(lines.length, 2);
  clock.nowMs = 1000;
  counters.sweep();
  assertEquals(lines.slice(2).map(({ fields }) => [fields?.detail, fields?.times]), [["999", 999]]);
  counters.sweep();
  assertEquals(lines.length, 3);
  assertEquals([counters.counts().max_connections, counters.counts().max_held_bytes], [1000, 1]);
});

Deno.test("LimitCounters of several threads count together and log one limit once a second in all", () => {
  const cells = new Int32Array(new SharedArrayBuffer(4 * LIMIT_CELLS));
  const [a, b] = [counted(cells), counted(cells)];
  a.counters.hit("ping_timeout", { ip: "192.0.2.1", detail: "" });
  b.counters.hit("ping_timeout", { ip: "192.0.2.2", detail: "" });
  b.counters.count("ping_timeout", 2);
  assertEquals([a.counters.counts().ping_timeout, b.counters.counts().ping_timeout], [4, 4]);
  assertEquals([a.lines.length, b.lines.length], [1, 0]);
  b.clock.nowMs = 1000;
  b.counters.sweep();
  assertEquals(b.lines.map(({ fields }) => fields?.ip), ["192.0.2.2"]);
});

Deno.test("LimitCounters.hit() writes another message where the limit is not what happened", () => {
  const { lines, counters } = counted();
  counters.hit("open_files", { detail: "24" }, { level: "error", message: "out of open files" });
  assertEquals(lines.map(({ level, message }) => [level, message]), [["error", "out of open files"]]);
});

Deno.test("LIMIT_NAMES holds each name once", () => {
  assertEquals(new Set(LIMIT_NAMES).size, LIMIT_NAMES.length);
});

/** Keys of `[limits]` that say when or where, not how much. */
const NO_BOUNDS = ["ping_interval", "redirect", "wrong_key_window", "wrong_key_delay", "wrong_key_max_delay"];

Deno.test("LIMIT_NAMES holds every bound of [limits], so that each is counted and logged", () => {
  const keys = [...keysOf(LIMIT_KEYS), ...keysOf(WIRE_LIMIT_KEYS)].map(({ path }) =>
    path.replace("limits.", "")
  );
  const names: readonly string[] = LIMIT_NAMES;
  assertEquals(keys.filter((key) => !names.includes(key)).toSorted(), NO_BOUNDS.toSorted());
});
