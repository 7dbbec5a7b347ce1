/**
 * Bans over the API: what a body may be, who is ended, and the bound.
 *
 * @module
 */
import type { BanEntry, Bans } from "../../../http/ports.ts";
import { ApiHarness, asBody, type Body } from "../../support/http/api_harness.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { until } from "../../support/wait.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

/** Bans in memory, two at most. */
function testBans(): Bans & { readonly entries: BanEntry[] } {
  const entries: BanEntry[] = [];
  return {
    entries,
    list: () => entries,
    add({ durationMs, ...ban }) {
      if (entries.length >= 2) return undefined;
      const entry = {
        ...{ id: `ban${entries.length}`, ...ban, createdAt: 1000 },
        ...(durationMs === undefined ? {} : { expiresAt: 1000 + durationMs }),
      };
      entries.push(entry);
      return entry;
    },
    remove(id) {
      const index = entries.findIndex((entry) => entry.id === id);
      if (index >= 0) entries.splice(index, 1);
      return index >= 0;
    },
  };
}

async function post(api: ApiHarness, body: string, type = "application/json"): Promise<[number, Body]> {
  const headers = { "Content-Type": type };
  const reply = await fetch(`${api.url}/api/v1/bans`, { method: "POST", headers, body });
  return [reply.status, asBody(await reply.json())];
}

Deno.test("POST /api/v1/bans ends the clients that it is about and no others, and GET lists it", async () => {
  await using harness = RtmpHarness.start();
  const bans = testBans();
  await using api = await ApiHarness.start(harness.server, { bans });
  await (await harness.client()).publish("cam");
  await (await harness.client()).publish("other");
  const body = { kind: "stream", value: "/live/cam", seconds: 1.5, reason: "spam" };
  const ban = {
    id: "ban0",
    kind: "stream",
    value: "/live/cam",
    reason: "spam",
    created_ms: 1000,
    expires_ms: 2500,
  };
  const [status, reply] = await post(api, JSON.stringify(body));
  assertEquals([status, reply["ban"], reply["ended"]], [200, ban, 1]);
  await harness.hooks.next("on_close");
  await until(async () => (await api.list("clients")).length === 1);
  assertEquals((await api.list("clients"))[0]?.["name"], "other");
  assertEquals(await api.list("bans"), [ban]);
  assertEquals(api.lines.map(([, , message]) => message), ["Banned by the API"]);
  const removed = await api.json("bans/ban0", { method: "DELETE" });
  assertEquals([removed["code"], bans.entries], [0, []]);
  assertEquals((await api.json("bans/ban0", { method: "DELETE" }))["code"], 4907);
});

const REFUSED: readonly (readonly [body: string, why: string])[] = [
  ["", "it is not an object"],
  ["[]", "it is not an object"],
  ["null", "it is not an object"],
  ['{"kind":"ip"', "it is not an object"],
  ["{}", "kind is one of ip, network, stream"],
  ['{"kind":"host","value":"a"}', "kind is one of"],
  ['{"kind":"ip"}', "value is a text"],
  ['{"kind":"ip","value":"1.2.3.4/8"}', "such as 192.0.2.1"],
  ['{"kind":"network","value":"1.2.3.4"}', "such as 192.0.2.0/24"],
  ['{"kind":"stream","value":"cam"}', "such as /live/livestream"],
  ['{"kind":"stream","value":"__defaultVhost__/live/cam"}', "is written without it: /live/cam"],
  [
    '{"kind":"stream","value":"live/a/cam"}',
    "there is no vhost live; a stream of the default vhost begins with /",
  ],
  ['{"kind":"stream","value":"/live/cam?token=a"}', "the stream name holds the character ?"],
  ['{"kind":"ip","value":"1.2.3.4","seconds":0}', "seconds is a number above 0"],
  ['{"kind":"ip","value":"1.2.3.4","seconds":"60"}', "seconds is a number above 0"],
  ['{"kind":"ip","value":"1.2.3.4","seconds":1e300}', "seconds is a number above 0"],
  ['{"kind":"ip","value":"1.2.3.4","reason":7}', "reason is a text"],
  ['{"kind":"ip","value":"1.2.3.4","second":60}', 'a member "second"'],
];
Deno.test("POST /api/v1/bans refuses each body that does not describe a ban, and says what is wrong with it", async () => {
  await using harness = RtmpHarness.start();
  const bans = testBans();
  await using api = await ApiHarness.start(harness.server, { bans });
  for (const [body, why] of REFUSED) {
    const [status, reply] = await post(api, body);
    assertEquals([status, reply["code"]], [400, 4906], body);
    assertStringIncludes(String(reply["msg"]), why);
  }
  const good = '{"kind":"ip","value":"1.2.3.4"}';
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
    assertEquals((await post(api, good, type))[0], 415, type);
  }
  assertEquals(bans.entries, []);
  assertEquals((await post(api, good, "Application/JSON; charset=utf-8"))[0], 200);
  assertEquals((await post(api, '{"kind":"ip","value":"1.2.3.5"}'))[0], 200);
  assertEquals((await post(api, '{"kind":"ip","value":"1.2.3.6"}'))[0], 409);
});

Deno.test("a ban that cannot be kept or lifted is answered with the reason", async () => {
  await using harness = RtmpHarness.start();
  const full = (): never => {
    throw new Error("Cannot keep bans in objs/srs.bans.json: No space left on device");
  };
  await using api = await ApiHarness.start(harness.server, {
    bans: { list: () => [], add: full, remove: full },
  });
  const [status, body] = await post(api, JSON.stringify({ kind: "ip", value: "192.0.2.1" }));
  const lifting = await fetch(`${api.url}/api/v1/bans/ban0`, { method: "DELETE" });
  assertEquals([status, lifting.status], [503, 503]);
  for (const { msg } of [body, asBody(await lifting.json())]) {
    assertEquals(msg, "Nothing has changed: Cannot keep bans in objs/srs.bans.json: No space left on device");
  }
});
