/**
 * Faults of our own: what goes wrong in one connection ends that one, is logged as a bug, and reaches nobody else.
 *
 * @module
 */
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { HonestPair } from "../../support/rtmp/playing_pair.ts";
import { RtmpBench } from "../../support/rtmp/rtmp_harness.ts";

/** Runs with a server of which it is known that it logs a bug. */
async function withBug(run: (bench: RtmpBench) => Promise<void>): Promise<void> {
  await assertRejects(
    async () => {
      await using bench = RtmpBench.start();
      await run(bench);
    },
    Error,
    "bug: a connection failed in an unexpected way",
  );
}

Deno.test("an ask that throws ends its connection, and no other", () =>
  withBug(async (bench) => {
    const honest = await HonestPair.start(bench);
    bench.hooks.answer = () => Promise.reject(new TypeError("the hooks are broken"));
    const client = bench.keep(await bench.open());
    assertEquals((await client.connectApp({ port: bench.port })).name, "_error");
    await client.closed;
    await honest.check();
    bench.hooks.answer = () => "yes";
  }));

Deno.test("an ending that cannot be recorded closes its connection all the same, and no other", () =>
  withBug(async (bench) => {
    const honest = await HonestPair.start(bench);
    const client = await bench.client();
    const connections = bench.server.connectionCount;
    const broken = Promise.reject(new TypeError("nothing can be recorded"));
    broken.catch(() => undefined);
    bench.hooks.recording = broken;
    await client.closeWrite();
    await client.closed;
    await bench.logged("bug: a connection failed in an unexpected way");
    bench.hooks.recording = Promise.resolve();
    assertEquals(bench.server.connectionCount, connections - 1);
    await honest.check();
  }));
