/** How long the frames of an FLV file last. */
import { FlvExtent } from "../../../stream/record/flv_extent.ts";
import { MediaKind } from "../../../stream/media/mod.ts";
import { assertEquals } from "../../support/assert.ts";
import { bytes } from "../../support/bytes.ts";
import { aacFrame } from "../../support/stream/media.ts";

/** A frame of AVC that is shown so much later than it is decoded. */
function picture(delayMs: number): Uint8Array<ArrayBuffer> {
  return bytes(0x27, 1, delayMs >> 16, delayMs >> 8 & 0xff, delayMs & 0xff, 9);
}

Deno.test("FlvExtent counts to the end of the frame that is shown last", () => {
  const extent = new FlvExtent();
  assertEquals([extent.hasAudio, extent.hasVideo, extent.durationMs], [false, false, 0]);
  const delaysMs = [80, 160, 0, 40];
  delaysMs.forEach((delayMs, i) => extent.add(MediaKind.Video, 40 * i, picture(delayMs)));
  // The second frame is shown last, at 200, for 40.
  assertEquals([extent.hasAudio, extent.hasVideo, extent.durationMs], [false, true, 240]);
  for (const timeMs of [0, 250]) extent.add(MediaKind.Audio, timeMs, aacFrame());
  assertEquals([extent.hasAudio, extent.durationMs], [true, 500]);
});

Deno.test("FlvExtent takes no gap for a frame, and no delay that no encoder has", () => {
  const extent = new FlvExtent();
  for (const timeMs of [0, 5000]) extent.add(MediaKind.Video, timeMs, picture(0));
  assertEquals(extent.durationMs, 6000);
  extent.add(MediaKind.Video, 5040, picture(0x7f_ffff));
  assertEquals(extent.durationMs, 6000);
});

Deno.test("FlvExtent reads the delay of FourCC codecs that have one", () => {
  const extent = new FlvExtent();
  extent.add(MediaKind.Video, 0, bytes(0xa1, "hvc1", 0, 0, 80, 9));
  assertEquals(extent.durationMs, 80);
  extent.add(MediaKind.Video, 40, bytes(0xa3, "hvc1", 9, 9, 9, 9));
  assertEquals(extent.durationMs, 80);
});
