/**
 * A service that misbehaves in every way there is: a clear line for each call, and nobody else notices.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertMatch } from "../support/assert.ts";
import { HookReceiver, type HookReply } from "../support/hooks/hook_receiver.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { GapPlayer, LivePublisher } from "../support/rtmp/live_client.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { pause, percentile, showFigure, shown } from "../support/process/show.ts";

/** Publishers that meet each answer, all at once. */
const CALLS = shown(50, 10);
const ROUNDS = shown(5, 1);
/** How often all of it is gone through, once it has been seen. */
const PASSES = shown(60, 4);
const TIMEOUT_S = 2;
const MEBIBYTE = 1024 * 1024;
/** What the heap may breathe; an answer of 10 GB that was kept would be more. */
const MAX_BREATH_BYTES = 128 * MEBIBYTE;
/** What may be left after all of it, over and over. */
const MAX_GROWTH_BYTES = 48 * MEBIBYTE;
const MAX_GAP_MS = shown(500, 2000);

interface Misbehaviour {
  readonly name: string;
  readonly reply: (elsewhere: string) => HookReply;
  /** What the line says of it. */
  readonly says: RegExp;
}

const MISBEHAVIOURS: readonly Misbehaviour[] = [
  { name: "hangs", reply: () => "hang", says: /cause="no full answer in 2000 ms"/ },
  { name: "drips", reply: () => "drip", says: /status=200 .*cause="no full answer in 2000 ms"/ },
  { name: "floods", reply: () => "endless", says: /status=200 .*cause="answer over 65536 bytes"/ },
  {
    name: "redirects",
    reply: (location) => ({ status: 302, body: "", headers: { location } }),
    says: /status=302 .*cause="[^"]*(?:redirect|302)/,
  },
  { name: "breaks", reply: () => "closeMidBody", says: /status=200 .*cause="[^"]+"/ },
  { name: "babbles", reply: () => ({ body: '{"code": 0' }), says: /status=200 .*cause="[^"]*JSON/ },
];

Deno.test("a service that hangs, drips, floods, redirects, breaks off or babbles disturbs nobody else", async (test) => {
  await using elsewhere = await HookReceiver.start();
  // The breaker would spare the server most of it.
  await using stage = await HookHarness.open({
    hooks: [`timeout = ${TIMEOUT_S}`, "breaker_failures = 10000", `ask_timeout = ${TIMEOUT_S * 2}`],
    // Frames go out one by one, so that every pause can be seen.
    sections: ["[vhost.__defaultVhost__]", "min_latency = true"],
  });
  const { receiver, port, server } = stage;
  await using _publisher = await LivePublisher.publish(port, "honest");
  await using player = await GapPlayer.play(port, "honest");
  const start = performance.now();
  await pause(shown(5000, 1000));
  const quiet = player.gapsSince(start);

  const attack = async (name: string): Promise<void> => {
    await Promise.all(Array.from({ length: CALLS }, async (_, index) => {
      await using client = await RtmpTestClient.connect({ port });
      const { code, description } = await client.publish(`${name}${index}`);
      assertEquals([code, description], [
        "NetStream.Publish.Rejected",
        "on_publish could not be answered",
      ]);
    }));
    await stage.outboxUntil(({ undelivered }) => undelivered === 0, "all endings delivered");
  };

  for (const { name, reply, says } of MISBEHAVIOURS) {
    await test.step(name, async () => {
      receiver.reply("on_publish", reply(elsewhere.url()));
      // Once to have every pool and buffer, then for the record.
      await attack(`${name}-first`);
      const memory = await stage.memoryBytes();
      const from = performance.now();
      const requestCount = receiver.requests.length;
      for (let round = 0; round < ROUNDS; round++) await attack(`${name}${round}-`);
      const gaps = player.gapsSince(from);
      const growth = await stage.memoryBytes() - memory;

      const calls = receiver.requests.slice(requestCount).filter(({ action }) => action === "on_publish");
      const ids = new Set(calls.map(({ headers }) => headers["webhook-id"] ?? ""));
      assertEquals(ids.size, CALLS * ROUNDS);
      for (const id of ids) {
        // A client gets its answer before the log's line has left.
        const line = await server.waitForLine(new RegExp(`Hook called event=on_publish .* id=${id} `));
        assertMatch(line, says);
        assertMatch(line, /\[warn\]\[\d+\] Hook called event=on_publish verdict=error url=http:\S+ /);
      }
      const logged = server.lines.flatMap((line) =>
        / Hook called event=on_publish .* id=(\S+) /.exec(line)?.[1] ?? []
      );
      assertEquals(logged.filter((id) => ids.has(id)).length, ids.size, "one line for each call");
      assertLess(percentile(gaps, 1), MAX_GAP_MS, `the longest pause of the stream meanwhile: ${gaps}`);
      assertLess(growth, MAX_BREATH_BYTES, `${growth} bytes more`);
      showFigure(
        `${name}, ${ROUNDS} times ${CALLS} at once: pauses between frames p50 ${
          percentile(gaps, 0.5).toFixed(0)
        }, p99 ${percentile(gaps, 0.99).toFixed(0)}, max ${percentile(gaps, 1).toFixed(0)} ms (undisturbed ${
          percentile(quiet, 0.99).toFixed(0)
        }, ${percentile(quiet, 1).toFixed(0)}), memory ${(growth / MEBIBYTE).toFixed(1)} MiB more`,
      );
    });
  }

  await test.step("all of them again and again: memory stays where it is", async () => {
    const sizes: number[] = [];
    for (let pass = 0; pass < PASSES; pass++) {
      for (const { name, reply } of MISBEHAVIOURS) {
        // These two take their time and no memory.
        if (name === "hangs" || name === "drips") continue;
        receiver.reply("on_publish", reply(elsewhere.url()));
        await attack(`${name}-pass${pass}-`);
      }
      sizes.push(await stage.memoryBytes());
    }
    // The heap of a young process grows to its working size first.
    const before = sizes[Math.floor(PASSES * 3 / 4) - 1] ?? 0;
    assertLess((sizes.at(-1) ?? 0) - before, MAX_GROWTH_BYTES);
    const seen = sizes.filter((_, pass) => pass % 5 === 4).map((size) => (size / MEBIBYTE).toFixed(0));
    showFigure(`memory after every fifth pass of ${CALLS * 4} calls: ${seen.join(", ")} MiB`);
  });

  assertEquals(elsewhere.requests, []);
  assert(!server.lines.some((line) => /\]\[error\]|\[bug\]/i.test(line)), "the server logged an error");
  receiver.reply("on_publish", 0);
  await using _welcome = await LivePublisher.publish(port, "welcome");
});
