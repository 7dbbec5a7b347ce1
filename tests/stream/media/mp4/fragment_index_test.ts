/** The index of a recorded MP4. */
import { FragmentIndex } from "../../../../stream/media/mp4/fragment_index.ts";
import {
  encodeRecordingHead,
  finishRecording,
  MAX_INDEX_ENTRIES,
} from "../../../../stream/media/mp4/recording_head.ts";
import { findBoxes } from "../../../../stream/media/mp4/read_box.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { readAacConfig } from "../../../../stream/media/codecs/aac_config.ts";
import { readH264Config } from "../../../../stream/media/codecs/h264_config.ts";
import { avcSequenceHeader } from "../../../support/stream/media.ts";

const TRACKS = [{ timeScale: 1000, firstOffset: 80 }, { timeScale: 48_000, firstOffset: 0 }];

/** A fragment of a second. */
function fragment(second: number): Parameters<FragmentIndex["add"]>[0] {
  return {
    bytes: 100 + second,
    keyFrame: true,
    startTimes: [second * 1000, second * 48_000 + 10],
    endTimes: [second * 1000 + 1000, second * 48_000 + 48_010],
  };
}

Deno.test("an entry goes from one key frame to the next, and lasts what decode times say", () => {
  const index = new FragmentIndex(10);
  index.add(fragment(0));
  index.add({ ...fragment(1), keyFrame: false });
  index.add(fragment(2));
  assertEquals(index.tracks(TRACKS), [
    {
      id: 1,
      timeScale: 1000,
      earliestTime: 80,
      entries: [{ bytes: 201, duration: 2000 }, { bytes: 102, duration: 1000 }],
    },
    {
      id: 2,
      timeScale: 48_000,
      earliestTime: 10,
      entries: [{ bytes: 201, duration: 96_000 }, { bytes: 102, duration: 48_000 }],
    },
  ]);
  assertEquals(index.durationMs(TRACKS), 3000 + 10 / 48);
});

Deno.test("a track that pauses has entries without a duration, and one without samples has none", () => {
  const index = new FragmentIndex(10);
  for (const second of [0, 1, 2]) {
    index.add({
      ...fragment(second),
      startTimes: [second * 1000, undefined],
      endTimes: [second * 1000 + 1000, undefined],
    });
  }
  assertEquals(index.tracks(TRACKS).map(({ id }) => id), [1]);
  index.add(fragment(3));
  assertEquals(index.tracks(TRACKS)[1]?.entries.map(({ duration }) => duration), [0, 0, 0, 48_000]);
});

Deno.test("a long recording has an index of bounded size that still covers all of it", () => {
  const index = new FragmentIndex(8);
  for (let second = 0; second < 1000; second++) index.add(fragment(second));
  const [video, audio] = index.tracks(TRACKS);
  assert(video !== undefined && audio !== undefined);
  assert(video.entries.length > 4 && video.entries.length <= 8, `${video.entries.length}`);
  assertEquals(video.entries.reduce((sum, { duration }) => sum + duration, 0), 1_000_000);
  assertEquals(video.entries.reduce((sum, { bytes }) => sum + bytes, 0), 1000 * 100 + 999 * 500);
  // Equal lengths but for the last one.
  assertEquals(new Set(video.entries.slice(0, -1).map(({ duration }) => duration)).size, 1);
  assertEquals(audio.entries.length, video.entries.length);
});

Deno.test("finishRecording() puts the largest index right before the first fragment", () => {
  const head = encodeRecordingHead([
    readH264Config(avcSequenceHeader().subarray(5)),
    readAacConfig(Uint8Array.of(0x12, 0x10)),
  ]);
  const index = new FragmentIndex(MAX_INDEX_ENTRIES);
  for (let second = 0; second < MAX_INDEX_ENTRIES; second++) index.add(fragment(second));
  const file = head.slice();
  for (const { at, bytes } of finishRecording(head, index.tracks(TRACKS), 12_345)) file.set(bytes, at);
  const view = new DataView(file.buffer);
  const indexes = findBoxes(file, ["sidx"]);
  assertEquals(indexes.map(({ start }) => view.getUint16(start + 30)), [
    MAX_INDEX_ENTRIES,
    MAX_INDEX_ENTRIES,
  ]);
  assertEquals(indexes.at(-1)?.end, file.length);
  // First offset: from the end of the box to the first fragment.
  assertEquals(indexes.map(({ start, end }) => end + view.getUint32(start + 24)), [file.length, file.length]);
  const [mvhd] = findBoxes(file, ["moov", "mvhd"]);
  const [mehd] = findBoxes(file, ["moov", "mvex", "mehd"]);
  assert(mvhd !== undefined && mehd !== undefined);
  assertEquals([view.getUint32(mvhd.start + 16), view.getUint32(mehd.start + 8)], [12_345, 12_345]);
});
