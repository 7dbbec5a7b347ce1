/** How many files a publisher can make of a recording. */
import { MediaKind, type StreamMessage } from "../../../stream/media/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { startRecording } from "../../support/record/recorded_stream.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const FRAME_MS = 40;

function video(time: number, payload: Uint8Array<ArrayBuffer>): StreamMessage {
  return { typeId: MediaKind.Video, time, payload };
}

/** A GOP of 15 frames from `startMs` on. */
function gop(startMs: number): StreamMessage[] {
  return Array.from({ length: 15 }, (_, i) => {
    return video(startMs + i * FRAME_MS, i === 0 ? avcKeyFrame() : avcInterFrame(i));
  });
}

const HEADER = video(0, avcSequenceHeader());
/** Another level. */
const OTHER_HEADER = video(0, avcSequenceHeader().map((byte, i) => i === 8 ? 11 : byte));

for (const format of ["flv", "mp4"] as const) {
  Deno.test(`tracks that change with each frame make 31 short ${format} files, then a pause`, async () => {
    await using directory = await temporaryDirectory();
    const { closed, recorder, take, troubles } = startRecording(`${directory.path}/[stream].${format}`);
    const changes = (count: number, startMs: number) =>
      Array.from({ length: count }, (_, i) => [
        i % 2 === 0 ? HEADER : OTHER_HEADER,
        video(startMs + i * FRAME_MS, avcKeyFrame()),
      ]).flat();
    recorder.sweep(0);
    take(changes(100, 0));
    recorder.sweep(1000);
    take(changes(100, 4000));
    assertEquals(troubles.map((trouble) => trouble.split(":")[0]), ["Recording pauses"]);
    recorder.sweep(11_000);
    take([HEADER, ...gop(12_000)]);
    await recorder.stop("client");
    // The one that had begun, and one after the pause.
    assertEquals(closed.length, 33);
  });

  for (const openMs of [40, 500]) {
    const isFast = openMs < 500;
    Deno.test(`${format} files of 2 s of stream in ${openMs} ms ${isFast ? "make a pause" : "are all made"}`, async () => {
      await using directory = await temporaryDirectory();
      const { closed, recorder, take, troubles, clock } = startRecording(
        `${directory.path}/[stream].${format}`,
        { maxFileMs: 2000 },
      );
      recorder.sweep(0);
      take([HEADER]);
      for (let i = 0; i < 200; i++) {
        take([video(i * 1000, avcKeyFrame())]);
        clock.wallMs += openMs / 2;
      }
      await recorder.stop("client");
      assertEquals(troubles.length, isFast ? 1 : 0);
      // The last but one of an MP4 file is known with the last.
      assert(isFast ? closed.length <= 33 : closed.length >= 99, `${closed.length} files`);
    });
  }
}
