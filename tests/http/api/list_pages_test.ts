/**
 * Lists in pages: totals, the way to the next page, and one moment for all pages.
 *
 * @module
 */
import { listReply, writerOf } from "../../../http/api/reply.ts";
import { ApiHarness, asBody } from "../../support/http/api_harness.ts";
import { assertEquals, assertMatch } from "../../support/assert.ts";
import { SkippingClock } from "../../support/manual_clock.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

Deno.test("the pages of a list are of one moment, whatever comes and goes meanwhile", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  for (let i = 0; i < 5; i++) await harness.client();
  const seen: unknown[] = [];
  let path: string | undefined = "clients?count=2";
  while (path !== undefined) {
    const { clients, total, next } = await api.json(path);
    assertEquals(total, 5);
    for (const client of Array.isArray(clients) ? clients : []) seen.push(asBody(client)["id"]);
    // One leaves, one comes: neither moves what the next page has.
    if (path === "clients?count=2") {
      await api.kick(1);
      await harness.client();
    }
    path = typeof next === "string" ? next.replace("/api/v1/", "") : undefined;
  }
  assertEquals(seen, ["1", "2", "3", "4", "5"]);
  const ids = (await api.list("clients")).map(({ id }) => id);
  assertEquals(ids, ["2", "3", "4", "5", "6"]);
});

Deno.test("a page of a list that is not kept any more, or of another one, is refused with 410", async () => {
  await using harness = RtmpHarness.start();
  const clock = new SkippingClock();
  await using api = await ApiHarness.start(harness.server, { clock });
  for (let i = 0; i < 3; i++) await harness.client();
  const { next } = await api.json("clients?count=1");
  assertMatch(String(next), /^\/api\/v1\/clients\?start=1&count=1&snapshot=[\w-]{12}$/);
  const status = async (path: string): Promise<number> => {
    const reply = await fetch(`${api.url}${path}`);
    await reply.body?.cancel();
    return reply.status;
  };
  assertEquals(await status(String(next)), 200);
  assertEquals(await status(String(next).replace("clients", "streams")), 410);
  assertEquals(await status("/api/v1/clients?snapshot=nobody"), 410);
  await clock.skip(60_000);
  assertEquals(await status(String(next)), 410);
});

Deno.test("a bounded number of lists is kept: the oldest is forgotten", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  for (let i = 0; i < 2; i++) await harness.client();
  const first = String((await api.json("clients?count=1"))["next"]).replace("/api/v1/", "");
  for (let i = 0; i < 15; i++) await api.json("clients?count=1");
  assertEquals((await api.json(first))["code"], 0);
  for (let i = 0; i < 2; i++) await api.json("clients?count=1");
  assertEquals((await api.json(first))["code"], 4905);
});

Deno.test("a list that is requested again and again takes no place of another one", async () => {
  await using harness = RtmpHarness.start();
  const vhosts = ["a.example.com", "b.example.com"].map((name) => ({
    name,
    enabled: true,
    hlsFragmentMs: 2000,
  }));
  await using api = await ApiHarness.start(harness.server, { vhosts });
  for (let i = 0; i < 2; i++) await harness.client();
  const next = String((await api.json("clients?count=1"))["next"]).replace("/api/v1/", "");
  for (let i = 0; i < 20; i++) assertMatch(String((await api.json("vhosts?count=1"))["next"]), /snapshot=/);
  assertEquals((await api.json(next))["code"], 0);
});

Deno.test("a page is found with a slash at the end of its path, and without one", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  for (let i = 0; i < 2; i++) await harness.client();
  const bare = String((await api.json("clients?count=1"))["next"]).replace("/api/v1/", "");
  assertEquals((await api.json(bare.replace("?", "/?")))["code"], 0);
  const slashed = String((await api.json("clients/?count=1"))["next"]).replace("/api/v1/", "");
  assertEquals((await api.json(slashed.replace("/?", "?")))["code"], 0);
});

Deno.test("a long list comes in pieces, and is the list that it is in one", async () => {
  const identity = { version: "1", serverId: "vid-1", serviceId: "a", pid: 7 };
  const data = { total: 1234, next: null };
  const show = (number: number) => ({ id: String(number), name: `"${number}",]}` });
  for (const length of [0, 1, 100, 101, 200, 1234]) {
    const members = Array.from({ length }, (_, i) => i);
    const reply = listReply(identity, data, { name: "things", members, write: writerOf(show) });
    assertEquals(reply.headers.has("content-length"), length <= 100);
    const whole = { code: 0, server: "vid-1", service: "a", pid: "7", ...data, things: members.map(show) };
    assertEquals(await reply.text(), JSON.stringify(whole));
  }
});

Deno.test("a client that leaves in the middle of a long list leaves no work behind", async () => {
  let shown = 0;
  const members = Array.from({ length: 1000 }, (_, i) => i);
  const show = (number: number) => ({ number, shown: ++shown });
  const identity = { version: "1", serverId: "vid-1", serviceId: "a", pid: 7 };
  const reader = listReply(identity, {}, { name: "things", members, write: writerOf(show) }).body
    ?.getReader();
  await reader?.read();
  await reader?.read();
  await reader?.cancel();
  assertEquals(shown, 200);
});
