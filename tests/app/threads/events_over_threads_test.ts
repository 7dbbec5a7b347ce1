/**
 * Events and snapshots of all threads at the main thread, of vhosts with hooks and without.
 *
 * @module
 */
import { assert, assertEquals } from "../../support/assert.ts";
import { ThreadedHarness } from "../../support/rtmp/threaded_harness.ts";
import { avcKeyFrame } from "../../support/stream/media.ts";
import { until } from "../../support/wait.ts";

for (const hooked of [true, false]) {
  Deno.test(`two threads ${hooked ? "with" : "without"} hooks report what happens on both`, async () => {
    await using harness = await ThreadedHarness.start({ threads: 2, hooked });
    const [publisher, player] = await harness.clientsOnAll();
    assert(publisher !== undefined && player !== undefined);
    await publisher.publish("cam");
    await publisher.sendVideo(avcKeyFrame(), 0);
    await player.play("cam");
    const { threads } = await harness.server.snapshot();
    assertEquals(threads.map(({ thread }) => thread), ["0", "1", "main"]);
    assert(threads.every(({ loopDelay }) => loopDelay !== undefined));
    assertEquals(threads.map(({ streams }) => streams), [1, 1, 0]);
    const { events } = harness;
    await player.close();
    await until(() => events.some(({ kind }) => kind === "on_stop"));
    await publisher.close();
    await until(() => events.some(({ kind }) => kind === "on_unpublish"));
    const streamEvents = events.filter(({ stream, kind }) =>
      stream === "cam" && !/connect|close|format/.test(kind)
    );
    assertEquals(streamEvents.map(({ kind }) => kind), ["on_publish", "on_play", "on_stop", "on_unpublish"]);
    const [publish, play] = streamEvents;
    assert(publish?.clientId !== play?.clientId && publish?.streamId === play?.streamId);
    assert(harness.server.listening);
  });
}
