/** When FLV files are written: what a crash would lose, and how many writes that costs. */
import { FlvPackager } from "../../../stream/record/flv_packager.ts";
import { FileBuffers } from "../../../stream/record/file_buffers.ts";
import { MediaKind, readTag } from "../../../stream/media/mod.ts";
import { assertEquals } from "../../support/assert.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";

const FRAME_MS = 40;

/** Frames from 0 on, a key frame each `gopFrames`; `flush` is called each second. Returns when there were writes. */
function writesOf(frames: number, gopFrames: number): number[] {
  const writes: number[] = [];
  let timeMs = 0;
  const packager = new FlvPackager(
    {
      buffers: new FileBuffers(),
      open: () => {},
      write: () => writes.push(timeMs),
      close: () => {},
      refused: () => {},
    },
    { maxFileMs: Infinity, waitKeyFrame: true },
  );
  const take = (payload: Uint8Array<ArrayBuffer>): void => {
    packager.take({ typeId: MediaKind.Video, time: timeMs, payload }, readTag(MediaKind.Video, payload));
  };
  take(avcSequenceHeader());
  for (let frame = 0; frame < frames; frame++) {
    timeMs = frame * FRAME_MS;
    if (timeMs % 1000 === 0) packager.flush();
    const place = frame % gopFrames;
    take(place === 0 ? avcKeyFrame() : avcInterFrame(place));
  }
  return writes;
}

Deno.test("FLV is written up to each key frame: a crash loses at most a GOP", () => {
  assertEquals(writesOf(51, 10), [400, 800, 1200, 1600, 2000]);
  assertEquals(writesOf(126, 25), [1000, 2000, 3000, 4000, 5000]);
});

Deno.test("FLV is written at most two seconds late, however long a GOP is", () => {
  assertEquals(writesOf(101, 1000), [1000, 2000, 3000, 4000]);
  // A key frame right after a call keeps the next one from writing.
  assertEquals(writesOf(101, 32), [1000, 1280, 2560, 3840]);
});

Deno.test("FLV is written at most four times a second, however often key frames come", () => {
  assertEquals(writesOf(26, 1).length, 3);
});
