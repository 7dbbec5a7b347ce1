/** When the files of a recording began. */
import { MediaKind } from "../../../stream/media/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { RECORDED_AT, startRecording } from "../../support/record/recorded_stream.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const FRAME_MS = 40;
const FRAMES = 300;
/** Between key frames, frames. */
const GOP = 25;
const FIRST_MS = 200_000;

for (const format of ["flv", "mp4"]) {
  for (const jumpMs of [0, 30_000, -30_000]) {
    if (format === "flv" && jumpMs < 0) continue;
    Deno.test(`a file starts when its first frame came: ${format}, time jumps by ${jumpMs} ms`, async () => {
      await using directory = await temporaryDirectory();
      const path = `${directory.path}/[stream].[timestamp].${format}`;
      const { recorder, closed, clock, take } = startRecording(path, { maxFileMs: 3000 });
      take([{ typeId: MediaKind.Video, time: FIRST_MS, payload: avcSequenceHeader() }]);
      for (let frame = 0; frame < FRAMES; frame++) {
        const time = FIRST_MS + frame * FRAME_MS + (frame < FRAMES / 2 ? 0 : jumpMs);
        const payload = frame % GOP === 0 ? avcKeyFrame() : avcInterFrame(1);
        take([{ typeId: MediaKind.Video, time, payload }]);
        clock.wallMs += FRAME_MS;
      }
      await recorder.stop("client");
      const starts = closed.map(({ startMs }) => startMs - RECORDED_AT);
      // A key frame comes each second.
      assertEquals(starts.filter((startMs) => startMs % 1000 !== 0), [], starts.join(" "));
      assert(starts.length >= 4);
    });
  }
}
