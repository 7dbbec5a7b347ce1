/**
 * How long a publish is looked at before it is muxed for nobody.
 *
 * @module
 */
import { GopProbe } from "../../../http/hls/gop_probe.ts";
import { MediaKind, type MediaTag } from "../../../stream/media/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const PLAIN: MediaTag = {
  keyFrame: false,
  header: false,
  sequenceEnd: false,
  codec: "",
  trackId: 0,
  headerKind: 0,
};
const KEY = { ...PLAIN, keyFrame: true };

function message(typeId: number, time: number, bytes = 10) {
  return { typeId, time, payload: new Uint8Array(bytes) };
}

/** Feed pictures with a key frame every `gopMs`; the stream time at which it knows enough. */
function watch(probe: GopProbe, gopMs: number, stepMs = 40): number {
  probe.add(message(MediaKind.Video, 0), { ...PLAIN, header: true });
  for (let time = 5000; time < 65_000; time += stepMs) {
    const tag = (time - 5000) % gopMs === 0 ? KEY : PLAIN;
    if (probe.add(message(MediaKind.Video, time), tag)) return time - 5000;
  }
  return Infinity;
}

Deno.test("GopProbe looks up to the first key frame after a segment's duration", () => {
  for (const [gopMs, knowsMs] of [[4000, 4000], [1000, 2000], [200, 2000], [2000, 2000]] as const) {
    const probe = new GopProbe(2000);
    assertEquals([watch(probe, gopMs), probe.longestMs], [knowsMs, gopMs]);
  }
});

Deno.test("GopProbe looks no longer than 10 s, and knows how long the GOP is at least", () => {
  const probe = new GopProbe(2000);
  assertEquals(watch(probe, 100_000), 10_040);
  assertEquals(probe.longestMs, 10_040);
  assertEquals(probe.span, { fromMs: 5000, durationMs: 10_040 });
});

Deno.test("GopProbe does not wait for pictures that do not come", () => {
  const probe = new GopProbe(2000);
  let time = 0;
  while (!probe.add(message(MediaKind.Audio, time), PLAIN)) time += 20;
  assertEquals([time, probe.longestMs, probe.kept.length], [1520, 0, 77]);
});

Deno.test("GopProbe keeps a bounded number of bytes and messages, whatever their times say", () => {
  for (const [bytes, kept] of [[2 ** 20, 33], [0, 4001]] as const) {
    const probe = new GopProbe(2000);
    let count = 0;
    while (!probe.add(message(MediaKind.Video, 7, bytes), PLAIN)) count++;
    assertEquals(probe.kept.length, kept);
    assert(count < kept);
  }
});
