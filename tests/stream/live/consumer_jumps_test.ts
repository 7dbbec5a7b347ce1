/**
 * A player that was too far behind: where it goes on, what it waits for, and for how long.
 *
 * @module
 */
import fc from "fast-check";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals, assertLess } from "../../support/assert.ts";
import {
  interFrame,
  keyFrame,
  liveSource,
  receiveAll,
  sound,
  soundHeader,
  TestPlayer,
  videoHeader,
} from "../../support/stream/live_stream.ts";

/** HEVC as some publishers send it: no frame is ever marked as a key frame. */
function unmarkedFrame(label: string, timestamp: number, size = 0): RtmpMessage {
  const message = interFrame(label, timestamp, size);
  message.payload.set([0x83, 0x68, 0x76, 0x63, 0x31]);
  return message;
}

Deno.test("Consumer too far behind waits for a key frame when none is there", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  receiveAll(source, videoHeader("h"), keyFrame("k1", 0));
  const player = new TestPlayer(source);
  player.read();
  for (let i = 1; i <= 40; i++) receiveAll(source, interFrame(`p${i}`, i * 40), sound(`a${i}`, i * 40));
  assertEquals(player.read(), []);
  receiveAll(source, interFrame("p", 2000));
  assertEquals(player.read(), []);
  receiveAll(source, keyFrame("k2", 2040), sound("a", 2050));
  assertEquals(player.read(), ["k2@2040", "a@2050"]);
  assertEquals(player.consumer.jumps, 1);
  assertEquals(player.consumer.droppedMs, 2040 - 600, "from what was last permitted to where it went on");
});

Deno.test("Consumer of pure audio too far behind goes on at the head", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  receiveAll(source, soundHeader("s"));
  const player = new TestPlayer(source);
  player.read();
  for (let i = 0; i <= 100; i++) receiveAll(source, sound(`a${i}`, i * 20));
  assertEquals(player.read(), ["s@2000"]);
  receiveAll(source, sound("b", 2020));
  assertEquals([player.read(), player.consumer.jumps], [["b@2020"], 1]);
});

Deno.test("Consumer that waits for a key frame goes on when the next publish has no pictures", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  receiveAll(source, keyFrame("k1", 0));
  const player = new TestPlayer(source);
  player.read();
  for (let i = 1; i <= 40; i++) receiveAll(source, interFrame(`p${i}`, i * 40));
  assertEquals(player.read(), []);
  source.begin();
  receiveAll(source, soundHeader("s", 2000), sound("a1", 2000));
  player.read();
  receiveAll(source, sound("a2", 2020));
  assertEquals(player.read(), ["a2@2020"]);
});

Deno.test("Consumer that waits for a key frame goes on with the sound once no picture is left", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  receiveAll(source, soundHeader("s"), videoHeader("h"), keyFrame("k1", 0), keyFrame("k2", 20_000));
  const player = new TestPlayer(source);
  player.read();
  player.consumer.paused = true;
  for (let time = 20_020; time <= 21_000; time += 20) receiveAll(source, sound(`a${time}`, time));
  receiveAll(source, interFrame("p2", 21_010), sound("a21060", 21_060), sound("a21100", 21_100));
  player.consumer.paused = false;
  assertEquals(player.read(), [], "a picture without its key frame would be broken");
  // Pictures that come seldom are no end of them.
  for (let time = 21_120; time <= 26_000; time += 20) {
    receiveAll(source, sound(`a${time}`, time));
    assertEquals(player.read(), []);
  }
  receiveAll(source, sound("b", 26_020));
  assertEquals(player.read(), ["s@26020", "h@26020"]);
  receiveAll(source, sound("c", 26_040));
  assertEquals([player.read(), player.consumer.jumps], [["c@26040"], 1]);
});

const MAKE_FRAME = {
  "one key frame, then intra refresh": (label: string, time: number) =>
    time === 0 ? keyFrame(label, time) : interFrame(label, time),
  "two key frames 3 s apart, then intra refresh": (label: string, time: number) =>
    time % 3000 === 0 && time <= 3000 ? keyFrame(label, time) : interFrame(label, time),
  "frames that are never marked": (label: string, time: number) => unmarkedFrame(label, time),
  "a key frame every 30 s": (label: string, time: number) =>
    time % 30_000 === 0 ? keyFrame(label, time) : interFrame(label, time),
};

const WAITS: readonly { kind: keyof typeof MAKE_FRAME; waitMs: number }[] = [
  { kind: "one key frame, then intra refresh", waitMs: 10_000 },
  { kind: "two key frames 3 s apart, then intra refresh", waitMs: 6000 },
  { kind: "frames that are never marked", waitMs: 0 },
  { kind: "a key frame every 30 s", waitMs: 10_000 },
];
for (const { kind, waitMs } of WAITS) {
  Deno.test(`Consumer too far behind waits ${waitMs} ms for a key frame, then goes on at the head: ${kind}`, () => {
    const source = liveSource({ queueLengthMs: 2000 });
    const make = MAKE_FRAME[kind];
    receiveAll(source, videoHeader("h"));
    const player = new TestPlayer(source);
    assertEquals(player.read(), ["h@0"]);
    let time = 0;
    for (; time <= 36_000; time += 40) receiveAll(source, make(`p${time}`, time));
    const jumpedAt = time - 40;
    const opening: string[] = [];
    for (;; time += 40) {
      opening.push(...player.read());
      if (!player.consumer.awaitsKeyFrame) break;
      assertLess(time - jumpedAt, 11_000);
      receiveAll(source, make(`p${time}`, time));
    }
    assertEquals(time - 40 - jumpedAt, waitMs);
    assertEquals(opening, [`h@${time - 40}`]);
    receiveAll(source, make(`p${time}`, time));
    assertEquals(player.read(), [`p${time}@${time}`]);
    assertEquals([player.consumer.jumps, player.consumer.keylessJumps], [1, 1]);
    const { droppedMs } = player.consumer;
    assert(droppedMs >= 2000 + waitMs && droppedMs <= 2100 + waitMs, `${droppedMs} ms were left out`);
  });

  Deno.test(`Consumer on a line that is slow for 100 s gets every frame within 10 s of its end: ${kind}`, () => {
    const source = liveSource();
    const frameBytes = 4000;
    const player = new TestPlayer(source);
    let room = 0;
    let late = "";
    for (let time = 0; time <= 130_000; time += 40) {
      const { payload, ...rest } = MAKE_FRAME[kind](`p${time}`, time);
      const grown = new Uint8Array(frameBytes);
      grown.set(payload);
      receiveAll(source, { ...rest, payload: grown });
      if (time < 100_000) {
        room += frameBytes / 3;
        if (room > 0) room -= (player.readOnce()?.length ?? 0) * frameBytes;
      } else if (player.read().at(-1) !== `p${time}@${time}`) {
        late = `p${time}`;
      }
    }
    assert(player.consumer.jumps > 0, "the line was too slow");
    assertLess(Number(late.slice(1)), 110_040);
  });
}

Deno.test("Consumer that waits for a key frame goes on although the clock of the stream is set back", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  const player = new TestPlayer(source);
  receiveAll(source, keyFrame("k1", 80_000), keyFrame("k2", 88_000));
  for (let time = 88_040; time < 92_000; time += 40) receiveAll(source, interFrame("p", time));
  player.read();
  assert(player.consumer.awaitsKeyFrame);
  for (let time = 0; time <= 10_040; time += 40) {
    receiveAll(source, interFrame(`q${time}`, time));
    player.read();
  }
  assert(!player.consumer.awaitsKeyFrame);
  receiveAll(source, interFrame("r", 10_080));
  assertEquals(player.read(), ["r@10080"]);
});

Deno.test("Consumer does not wait for pictures where there are only their headers", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  const colours = (timestamp: number) => {
    const message = videoHeader("colours", timestamp);
    message.payload.set([0x94, 0x68, 0x76, 0x63, 0x31]);
    return message;
  };
  // Pictures that ended long ago; their encoder goes on with the headers.
  receiveAll(source, soundHeader("s"), videoHeader("h"), keyFrame("k1", 0), keyFrame("k2", 20_000));
  const player = new TestPlayer(source);
  player.read();
  for (let time = 20_020; time <= 27_000; time += 20) {
    receiveAll(source, sound(`a${time}`, time));
    if (time % 1000 === 0) receiveAll(source, videoHeader("h", time), colours(time));
  }
  player.read();
  assert(!player.consumer.awaitsKeyFrame);
  receiveAll(source, sound("b", 27_020));
  assertEquals(player.read(), ["b@27020"]);
});

Deno.test("Consumers that fall behind get whole messages, each once, in order, and pictures from a key frame on", () => {
  const step = fc.record({
    kind: fc.constantFrom("key", "inter", "inter", "inter", "sound"),
    stepMs: fc.nat(200),
    reads: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.constantFrom(100, 500), (steps, queueLengthMs) => {
      const source = liveSource({ queueLengthMs, maxLagBytes: 40_000 });
      receiveAll(source, videoHeader("header", 0));
      const player = new TestPlayer(source);
      const read: string[] = [];
      let time = 0;
      let { jumps: known, keylessJumps: keyless } = player.consumer;
      let needsKey = true;
      const take = (): void => {
        for (let labels = player.readOnce(); labels !== undefined; labels = player.readOnce()) {
          const { jumps, keylessJumps } = player.consumer;
          // Given up after twice the longest GOP, or where there is none.
          if (jumps > known) needsKey = keylessJumps === keyless;
          else if (keylessJumps > keyless) needsKey = false;
          [known, keyless] = [jumps, keylessJumps];
          for (const label of labels) {
            if (label.startsWith("key")) needsKey = false;
            assert(!(needsKey && known > 0 && label.startsWith("inter")), `${label} without its key frame`);
            if (!label.startsWith("header")) read.push(label);
          }
        }
      };
      steps.forEach(({ kind, stepMs, reads }, i) => {
        time += stepMs;
        const make = { key: keyFrame, inter: interFrame, sound }[kind];
        if (make !== undefined) receiveAll(source, make(`${kind}${i}`, time, 3000));
        if (reads) take();
      });
      take();
      const places = read.map((label) => Number(/\d+/.exec(label)?.[0]));
      assertEquals(places, [...new Set(places)].sort((a, b) => a - b));
    }),
    { numRuns: 200 },
  );
});
