/**
 * The system's clock is set while endings wait and the breaker is open, and the server is killed after that: nothing
 * waits for the clock, and nothing is given up.
 *
 * @module
 */
import { assert, assertEquals, assertGreaterOrEqual, assertLess } from "../support/assert.ts";
import { FakeTime } from "../support/process/fake_time.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { pause, showFigure } from "../support/process/show.ts";

const BREAKER_OPEN_MS = 2000;
/** Far less than any of the steps, far more than a pause of a retry or the breaker's time. */
const BOUND_MS = 30_000;
const DAY_SECONDS = 86_400;

for (const offset of ["-1d", "-1h", "+1h", "+2d"]) {
  Deno.test(`the clock is set by ${offset}: endings are delivered, the breaker closes, the uptime goes on`, async () => {
    await using clock = await FakeTime.open();
    await using stage = await HookHarness.open({
      wrapper: clock.wrapper,
      hooks: [
        'on_error = { on_connect = "allow" }',
        "breaker_failures = 1",
        `breaker_open = ${BREAKER_OPEN_MS / 1000}`,
      ],
    });
    const { receiver } = stage;
    const publish = async (name: string): Promise<string> => {
      await using client = await RtmpTestClient.connect({ port: stage.port });
      return (await client.publish(name)).code;
    };

    // An ending that waits, and a breaker that is open.
    receiver.reply("on_unpublish", { status: 503 });
    const first = await LivePublisher.publish(stage.port, "first");
    await first.leave("first");
    await first[Symbol.asyncDispose]();
    await receiver.waitFor("on_unpublish");
    receiver.reply("on_publish", { status: 500 });
    await publish("failed");
    await stage.server.waitForLine(/Hook breaker opened/);

    await clock.set(offset);
    const earlier = receiver.requests.length;
    receiver.reply("on_unpublish", 0);
    receiver.reply("on_publish", 0);
    const from = performance.now();
    let refused = 0;
    while (await publish(`second${refused}`) !== "NetStream.Publish.Start") {
      refused++;
      assertLess(performance.now() - from, BOUND_MS, "the breaker is still open");
      await pause(100);
    }
    const acceptedMs = performance.now() - from;
    const isFirst = (json: Readonly<Record<string, unknown>>) => json.stream === "first";
    while (!receiver.requests.slice(earlier).some((r) => r.action === "on_unpublish" && isFirst(r.json))) {
      assertLess(performance.now() - from, BOUND_MS, "the ending still waits");
      await pause(50);
    }
    const deliveredMs = performance.now() - from;
    await stage.settled();
    assertEquals((await stage.outbox()).dead, 0);
    const uptime = Number(/"srs_uptime":(-?\d+)/.exec(await stage.api("/api/v1/summaries"))?.[1]);
    assert(uptime >= 0 && uptime < DAY_SECONDS / 24, `uptime ${uptime} s`);

    // Killed while an ending waits and a session is open; the clock is right again at the next start.
    receiver.reply("on_unpublish", { status: 503 });
    const third = await LivePublisher.publish(stage.port, "third");
    await third.leave("third");
    await third[Symbol.asyncDispose]();
    await using _fourth = await LivePublisher.publish(stage.port, "fourth");
    await receiver.waitFor((r) => r.action === "on_unpublish" && r.json.stream === "third");
    await stage.kill();
    await clock.set("+0");
    const before = receiver.requests.length;
    receiver.reply("on_unpublish", 0);
    const restarted = performance.now();
    await stage.start();
    await stage.settled();
    const restartMs = performance.now() - restarted;
    assertEquals((await stage.outbox()).dead, 0);
    const endings = receiver.requests.slice(before).filter(({ action }) => action === "on_unpublish");
    assertEquals(endings.map(({ json }) => json.stream).sort(), ["fourth", "third"]);
    for (const { json } of endings) {
      const durationMs = Number(json.duration_ms);
      assertGreaterOrEqual(durationMs, 0);
      assertLess(durationMs, BOUND_MS * 2);
    }
    showFigure(
      `clock ${offset}: publisher accepted after ${Math.round(acceptedMs)} ms (${refused} refused before), ` +
        `ending delivered after ${Math.round(deliveredMs)} ms, uptime ${uptime} s; ` +
        `after kill -9 and a clock that is right again all reported within ${Math.round(restartMs)} ms`,
    );
  });
}
