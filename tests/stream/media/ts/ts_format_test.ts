/**
 * MPEG-TS as an output of a source: what players get that wait, join, and stay over a republish.
 *
 * @module
 */
import type { Source } from "../../../../stream/live/source.ts";
import { MediaKind } from "../../../../stream/media/media_message.ts";
import { TS_FORMAT } from "../../../../stream/media/ts/ts_format.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { EncodedPlayer } from "../../../support/stream/encoded_player.ts";
import { bareSource, holder } from "../../../support/stream/live_stream.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../../../support/stream/media.ts";
import { demuxTs, type TsContent } from "../../../support/stream/ts_demuxer.ts";

const VIDEO_PID = 0x100;
const AUDIO_PID = 0x101;
const DELAY = 63_000;
const MP3_FRAME = Uint8Array.of(0x2f, 0xff, 0xfb, 0x90, 0x64, 1, 2, 3);

function video(source: Source, payload: Uint8Array<ArrayBuffer>, timestamp: number): void {
  source.receive({ typeId: MediaKind.Video, timestamp, payload }, timestamp);
}

function audio(source: Source, payload: Uint8Array<ArrayBuffer>, timestamp: number): void {
  source.receive({ typeId: MediaKind.Audio, timestamp, payload }, timestamp);
}

/** A source of which nothing has been published. */
function emptySource(): Source {
  return bareSource({ timeJitter: "full" });
}

/** Both configurations, a key frame, sound, an inter frame. */
function publishBoth(source: Source): void {
  source.begin();
  video(source, avcSequenceHeader(), 0);
  audio(source, aacSequenceHeader(), 0);
  video(source, avcKeyFrame(), 0);
  audio(source, aacFrame(), 20);
  video(source, avcInterFrame(1), 40);
  source.flush();
}

function contentOf(player: EncodedPlayer): TsContent {
  return demuxTs(player.read());
}

/** Stream types of each program map, by its version. */
function mapsOf({ sections }: TsContent): string[] {
  const maps = sections.filter(([tableId]) => tableId === 2).map((section) => {
    const types: number[] = [];
    for (let at = 12; at < section.length - 4;) {
      types.push(section[at] ?? 0);
      at += 5 + (((section[at + 3] ?? 0) & 0xf) << 8 | (section[at + 4] ?? 0));
    }
    return `${(section[5] ?? 0) >> 1 & 31}: ${types.join()}`;
  });
  return [...new Set(maps)];
}

function pidsOf({ pes }: TsContent): number[] {
  return pes.map(({ pid }) => pid);
}

Deno.test("TS_FORMAT names both tracks before the first frame, and gives each message its own times", () => {
  const source = emptySource();
  const player = new EncodedPlayer(source, TS_FORMAT);
  publishBoth(source);
  const content = contentOf(player);
  assertEquals(mapsOf(content), ["0: 27,15"]);
  assertEquals(pidsOf(content), [VIDEO_PID, AUDIO_PID, VIDEO_PID]);
  assertEquals(content.pes.map(({ dts }) => dts - DELAY), [0, 1800, 3600]);
  assertEquals(content.pes.map(({ randomAccess }) => randomAccess), [true, false, false]);
});

Deno.test("TS_FORMAT lets a player start at the newest key frame, whether the output was there or not", () => {
  for (const wasThere of [true, false]) {
    const source = emptySource();
    if (wasThere) new EncodedPlayer(source, TS_FORMAT);
    publishBoth(source);
    video(source, avcKeyFrame(), 80);
    audio(source, aacFrame(), 90);
    source.flush();
    const bytes = new EncodedPlayer(source, TS_FORMAT).read();
    assertEquals(bytes.subarray(0, 3), Uint8Array.of(0x47, 0x40, 0), "tables come first");
    const content = demuxTs(bytes);
    assertEquals([mapsOf(content), pidsOf(content)], [["0: 27,15"], [VIDEO_PID, AUDIO_PID]]);
    assertEquals(content.pes[0]?.dts, 80 * 90 + DELAY);
  }
});

Deno.test("TS_FORMAT waits half a second of stream for a second track, once for all players", () => {
  const source = emptySource();
  const first = new EncodedPlayer(source, TS_FORMAT);
  source.begin();
  audio(source, aacSequenceHeader(), 0);
  for (let time = 0; time < 500; time += 20) audio(source, aacFrame(), time);
  source.flush();
  assertEquals(first.read().length, 0);
  audio(source, aacFrame(), 500);
  source.flush();
  const content = contentOf(first);
  assertEquals(mapsOf(content), ["0: 15"]);
  assertEquals(content.pes.length, 26, "what waited is not lost");
  assertEquals(content.pes[0]?.pcr, 0);
  const second = new EncodedPlayer(source, TS_FORMAT);
  audio(source, aacFrame(), 520);
  source.flush();
  assertEquals(pidsOf(contentOf(second)), [AUDIO_PID], "sound starts at once");
});

Deno.test("TS_FORMAT learns of MP3 by its first frame, which may be in the GOP that an output begins with", () => {
  for (const wasThere of [true, false]) {
    const source = emptySource();
    const waiting = wasThere ? new EncodedPlayer(source, TS_FORMAT) : undefined;
    source.begin();
    video(source, avcSequenceHeader(), 0);
    video(source, avcKeyFrame(), 0);
    audio(source, MP3_FRAME, 10);
    video(source, avcInterFrame(1), 40);
    source.flush();
    const content = contentOf(waiting ?? new EncodedPlayer(source, TS_FORMAT));
    assertEquals([mapsOf(content), pidsOf(content)], [["0: 27,3"], [VIDEO_PID, AUDIO_PID, VIDEO_PID]]);
  }
});

Deno.test("TS_FORMAT goes on over a republish: counters and times continue, and a new map says what there is", () => {
  const source = emptySource();
  const player = new EncodedPlayer(source, TS_FORMAT);
  const publisher = holder();
  source.reserve(publisher);
  publishBoth(source);
  source.release(publisher);
  source.reserve(publisher);
  source.begin();
  video(source, avcSequenceHeader(), 0);
  video(source, avcKeyFrame(), 0);
  video(source, avcInterFrame(1), 520);
  source.flush();
  source.release(publisher);
  publishBoth(source);
  const content = contentOf(player);
  assertEquals(mapsOf(content), ["0: 27,15", "1: 27", "2: 27,15"]);
  const times = content.pes.map(({ dts }) => dts);
  assertEquals(times, times.toSorted((a, b) => a - b));
  assert((times[3] ?? 0) > (times[2] ?? 0), "time goes on");
  const both = [VIDEO_PID, AUDIO_PID, VIDEO_PID];
  assertEquals(pidsOf(content), [...both, VIDEO_PID, VIDEO_PID, ...both]);
});

Deno.test("TS_FORMAT says it when a track comes late, and leaves out one that it cannot carry", () => {
  const source = emptySource();
  const player = new EncodedPlayer(source, TS_FORMAT);
  source.begin();
  video(source, avcSequenceHeader(), 0);
  for (let time = 0; time <= 520; time += 40) video(source, avcKeyFrame(), time);
  audio(source, aacSequenceHeader(), 530);
  audio(source, aacFrame(), 530);
  audio(source, Uint8Array.of(0xb2, 1, 2, 3), 550);
  source.flush();
  const content = contentOf(player);
  assertEquals(mapsOf(content), ["0: 27", "1: 27,15"]);
  assertEquals(pidsOf(content).filter((pid) => pid === AUDIO_PID).length, 1);
});

Deno.test("TS_FORMAT makes one picture of slices that come one by one", () => {
  const source = emptySource();
  const player = new EncodedPlayer(source, TS_FORMAT, "video");
  source.begin();
  video(source, avcSequenceHeader(), 0);
  video(source, avcKeyFrame(), 0);
  // The same slice with first_mb_in_slice 1: its first bit is 0.
  const second = Uint8Array.of(0x17, 1, 0, 0, 0, 0, 0, 0, 3, 0x65, 0x48, 0x84);
  video(source, second, 0);
  video(source, avcInterFrame(1), 40);
  source.flush();
  const { pes } = contentOf(player);
  assertEquals(pes.map(({ dts }) => dts - DELAY), [0, 0, 3600]);
  assertEquals(pes[1]?.payload, Uint8Array.of(0, 0, 0, 1, 0x65, 0x48, 0x84), "no delimiter in its middle");
});

Deno.test("TS_FORMAT begins its clocks again where time is set back", () => {
  const source = bareSource();
  const player = new EncodedPlayer(source, TS_FORMAT, "video");
  source.begin();
  video(source, avcSequenceHeader(), 60_000);
  video(source, avcKeyFrame(), 60_000);
  video(source, avcKeyFrame(), 1000);
  source.flush();
  assertEquals(contentOf(player).pes.map(({ dts }) => (dts - DELAY) / 90), [60_000, 1000]);
});
