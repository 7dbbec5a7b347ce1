import type { ServerSnapshot } from "../../../stream/live/snapshot.ts";
import { ApiHarness } from "../../support/http/api_harness.ts";
import { assertEquals, assertLess, assertThrows } from "../../support/assert.ts";
import { percentile } from "../../support/process/show.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

const NOBODY = false;

Deno.test("a media server that fails gets 503 and a line in the log, and the API goes on", async () => {
  await using harness = RtmpHarness.start();
  let fails = true;
  await using api = await ApiHarness.start({
    snapshot: () => fails ? Promise.reject(new Error("The thread is gone")) : harness.server.snapshot(),
    totals: () => harness.server.totals(),
    limitCounts: () => ({}),
    kick: () => Promise.resolve(NOBODY),
  });
  const reply = await fetch(`${api.url}/api/v1/clients`);
  assertEquals([reply.status, (await reply.json()).code], [503, 1000]);
  assertEquals(api.lines.map(([level, , , fields]) => [level, fields?.["error"]]), [[
    "error",
    "The thread is gone",
  ]]);
  fails = false;
  assertEquals(await api.list("clients"), []);
});

Deno.test("requests at the same time share one look at the threads", async () => {
  await using harness = RtmpHarness.start();
  const gate = Promise.withResolvers<void>();
  const looked = Promise.withResolvers<void>();
  let looks = 0;
  await using api = await ApiHarness.start({
    snapshot: async (): Promise<ServerSnapshot> => {
      looks++;
      looked.resolve();
      await gate.promise;
      return await harness.server.snapshot();
    },
    totals: () => harness.server.totals(),
    limitCounts: () => ({}),
    kick: () => Promise.resolve(NOBODY),
  });
  const first = api.list("clients");
  await looked.promise;
  const second = api.list("streams");
  // The second has long arrived when others, which look at nothing, have been answered.
  for (let i = 0; i < 5; i++) await api.json("versions");
  gate.resolve();
  await Promise.all([first, second]);
  assertEquals(looks, 1);
  await api.list("clients");
  assertEquals(looks, 2);
});

Deno.test("ApiServer.listen() leaves nothing open when one address is taken", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  const listen = [{ hostname: "127.0.0.1", port: 0 }, { hostname: "127.0.0.1", port: api.port }];
  assertThrows(() => void ApiHarness.start(harness.server, { listen }), Deno.errors.AddrInUse);
});

Deno.test("a path of slashes is answered at once, and slashes at its end say nothing", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  const get = async (path: string): Promise<number> => {
    const reply = await fetch(`${api.url}${path}`);
    await reply.body?.cancel();
    return reply.status;
  };
  const slashes = `${"/".repeat(8000)}a`;
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const startedMs = performance.now();
    assertEquals(await get(slashes), 404);
    times.push(performance.now() - startedMs);
  }
  // Other programs lengthen some of them; a search that starts again at every slash takes seconds each time.
  assertLess(percentile(times, 0), 500);
  assertEquals(await get("/api/v1/clients//"), 200);
});
