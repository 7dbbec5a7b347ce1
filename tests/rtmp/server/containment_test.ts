/**
 * Faults of our own: what goes wrong in one connection ends that one, is logged as a bug, and reaches nobody else.
 *
 * @module
 */
import { assertEquals, assertRejects } from "../../support/assert.ts";
import { PlayingPair } from "../../support/rtmp/playing_pair.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

/** Runs with a server of which it is known that it logs a bug. */
async function withBug(run: (harness: RtmpHarness) => Promise<void>): Promise<void> {
  await assertRejects(
    async () => {
      await using harness = RtmpHarness.start();
      await run(harness);
    },
    Error,
    "Bug: a connection failed in an unexpected way",
  );
}

Deno.test("an ask that throws ends its connection, and no other", () =>
  withBug(async (harness) => {
    const honest = await PlayingPair.start(harness);
    harness.hooks.answer = () => Promise.reject(new TypeError("the hooks are broken"));
    const client = harness.keep(await harness.open());
    assertEquals((await client.connectApp({ port: harness.port })).name, "_error");
    await client.closed;
    await honest.check();
    harness.hooks.answer = () => "yes";
  }));

Deno.test("an ending that cannot be recorded closes its connection all the same, and no other", () =>
  withBug(async (harness) => {
    const honest = await PlayingPair.start(harness);
    const client = await harness.client();
    const connections = harness.server.connectionCount;
    const broken = Promise.reject(new TypeError("nothing can be recorded"));
    broken.catch(() => undefined);
    harness.hooks.recording = broken;
    await client.closeWrite();
    await client.closed;
    await harness.logged("Bug: a connection failed in an unexpected way");
    harness.hooks.recording = Promise.resolve();
    assertEquals(harness.server.connectionCount, connections - 1);
    await honest.check();
  }));
