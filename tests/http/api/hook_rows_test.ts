/**
 * What hooks are owed, over the API.
 *
 * @module
 */
import { type OutboxEntry, OutboxError } from "../../../hooks/mod.ts";
import type { HookRows } from "../../../http/ports.ts";
import { ApiHarness } from "../../support/http/api_harness.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

function entry(id: string, state: OutboxEntry["state"]): OutboxEntry {
  return {
    ...{
      id,
      state,
      event: "on_unpublish",
      url: "http://h/hooks?token=hush",
      clientId: 7,
      vhost: "v",
      app: "live",
    },
    ...{ stream: "cam", dueAt: 1000, attempts: 2, nextAt: 2000, after: undefined, body: "hush" },
    cause: "status 403 of http://h/hooks?token=hush",
  };
}

/** Rows in memory. */
function testRows(): HookRows & { readonly done: readonly string[] } {
  const entries = [entry("a", "due"), ...["b", "c", "d"].map((id) => entry(id, "dead"))];
  const done: string[] = [];
  const act = (what: string, id: string) => {
    const index = entries.findIndex((row) => row.id === id && row.state === "dead");
    if (index >= 0) done.push(`${what} ${entries.splice(index, 1)[0]?.id}`);
    return Promise.resolve(index >= 0);
  };
  return {
    done,
    list: (states) =>
      Promise.resolve(states.flatMap((state) => entries.filter((row) => row.state === state))),
    replay: (id) => act("replay", id),
    drop: (id) => act("drop", id),
  };
}

Deno.test("GET /api/v1/hooks/rows gives pages of one moment by state, without secrets and bodies", async () => {
  await using harness = RtmpHarness.start();
  const hookRows = testRows();
  await using api = await ApiHarness.start(harness.server, { hookRows });
  const all = await api.json("hooks/rows");
  assertEquals([all["code"], all["total"], all["next"]], [0, 4, null]);
  assert(!JSON.stringify(all).includes("hush"), JSON.stringify(all));
  const first = await api.json("hooks/rows?state=dead&count=2");
  assertEquals(first["total"], 3);
  assert(Array.isArray(first["rows"]) && typeof first["next"] === "string");
  assertEquals(first["rows"][0], {
    ...{
      id: "b",
      state: "dead",
      event: "on_unpublish",
      url: "http://h/hooks?token=***",
      client_id: 7,
      vhost: "v",
    },
    ...{ app: "live", stream: "cam", due_ms: 1000, attempts: 2, next_ms: 2000, after: null },
    cause: "status 403 of http://h/hooks?token=***",
  });
  await api.json("hooks/rows/d", { method: "DELETE" });
  const rest = await api.json(first["next"].replace("/api/v1/", ""));
  assert(Array.isArray(rest["rows"]));
  assertEquals([rest["total"], rest["next"], rest["rows"].map(({ id }) => id)], [3, null, ["d"]]);
  assertEquals((await api.json("hooks/rows?state=lost"))["code"], 4904);
});

Deno.test("a dead row is replayed or dropped once, with a line, and no other is", async () => {
  await using harness = RtmpHarness.start();
  const hookRows = testRows();
  await using api = await ApiHarness.start(harness.server, { hookRows });
  const code = async (path: string, method: string) =>
    (await api.json(`hooks/rows/${path}`, { method }))["code"];
  assertEquals(await code("b/replay", "POST"), 0);
  assertEquals(await code("c", "DELETE"), 0);
  assertEquals([await code("b/replay", "POST"), await code("c", "DELETE"), await code("a", "DELETE")], [
    4912,
    4912,
    4912,
  ]);
  assertEquals(hookRows.done, ["replay b", "drop c"]);
  assertEquals(api.lines.map(([, , message, fields]) => [message, fields?.["id"]]), [
    ["Hook event replayed by the API", "b"],
    ["Hook event dropped by the API", "c"],
  ]);
});

Deno.test("an outbox that cannot be used is refused with its reason", async () => {
  await using harness = RtmpHarness.start();
  const fail = () => Promise.reject(new OutboxError("Cannot use outbox.db: disk full"));
  await using api = await ApiHarness.start(harness.server, {
    hookRows: { list: fail, replay: fail, drop: fail },
  });
  for (const [path, method] of [["", "GET"], ["/a/replay", "POST"], ["/a", "DELETE"]]) {
    const reply = await fetch(`${api.url}/api/v1/hooks/rows${path}`, { method: method ?? "GET" });
    assertEquals([reply.status, await reply.json()], [409, {
      code: 4913,
      msg: "Cannot use outbox.db: disk full",
    }]);
  }
});
