import { acceptEvents } from "../../../rtmp/server/accept_events.ts";
import { LimitCounters } from "../../../system/limits/limit_counters.ts";
import type { LogFields, LogLevel } from "../../../core/mod.ts";
import { assertEquals, assertMatch } from "../../support/assert.ts";

function faulty() {
  const lines: { level: LogLevel; message: string; fields: LogFields }[] = [];
  const log = {
    write: (level: LogLevel, _clientId: number | undefined, message: string, fields: LogFields = {}) => {
      lines.push({ level, message, fields });
    },
  };
  const limits = new LimitCounters(log, () => 0);
  return { lines, limits, events: acceptEvents({ limits }, () => {}) };
}

Deno.test("acceptEvents() counts connections that were reset before accept, without a line", () => {
  const { lines, limits, events } = faulty();
  for (let i = 0; i < 200; i++) events.failed("reset", new Deno.errors.NotConnected("gone"));
  assertEquals([limits.counts().reset_before_accept, lines], [200, []]);
});

Deno.test("acceptEvents() logs a lack of open files once a second, with the ways out", () => {
  const { lines, limits, events } = faulty();
  for (let i = 0; i < 10; i++) events.failed("outOfFiles", new Error("Too many open files (os error 24)"));
  assertEquals(limits.counts().open_files, 10);
  assertEquals(lines.map(({ level, message }) => [level, message]), [
    ["error", "Cannot accept a connection: out of open files"],
  ]);
  const detail = String(lines[0]?.fields.detail);
  for (const word of [/Too many open files/, /LimitNOFILE/, /ulimit -n/, /max_connections/]) {
    assertMatch(detail, word);
  }
});

Deno.test("acceptEvents() logs other faults with their stack", () => {
  const { lines, limits, events } = faulty();
  events.failed("other", new TypeError("a bug"));
  assertEquals(limits.counts().accept_failed, 1);
  assertEquals(lines.map(({ level, message }) => [level, message]), [[
    "error",
    "Cannot accept a connection",
  ]]);
  assertMatch(String(lines[0]?.fields.detail), /a bug\n\s+at /);
});
