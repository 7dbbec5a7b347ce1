/** When files are written: what a crash would lose, and how many writes that costs. */
import { FlvPackager } from "../../../stream/record/flv_packager.ts";
import { FileBuffers } from "../../../stream/record/file_buffers.ts";
import { Mp4Packager } from "../../../stream/record/mp4_packager.ts";
import type { PackagerHost } from "../../../stream/record/packager.ts";
import { WritePace } from "../../../stream/record/write_pace.ts";
import { MediaKind, readTag } from "../../../stream/media/mod.ts";
import { assert, assertEquals, assertLessOrEqual } from "../../support/assert.ts";
import {
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../../support/stream/media.ts";

const FRAME_MS = 40;
const PACKAGERS = { flv: FlvPackager, mp4: Mp4Packager } as const;

/** A stream and how its publisher's socket is read. */
interface Trial {
  /** Frames between two key frames; `undefined`: sound alone. */
  readonly gopFrames: number | undefined;
  /** Frames that a read brings. */
  readonly readFrames: number;
  readonly frames?: number;
}

/** What a trial showed. */
interface Written {
  /** When there were writes, in frames. */
  readonly at: readonly number[];
  /** The most frames that a crash would have lost, once the first GOP was over: those not read, and those held back. */
  readonly mostLost: number;
}

/** Record a stream, whose file has a picture of 1,000 bytes for each frame, and count what the bytes handed over hold. */
function record(format: "flv" | "mp4", { gopFrames, readFrames, frames = 250 }: Trial): Written {
  const at: number[] = [];
  let now = 0;
  let written = 0;
  const host: PackagerHost = {
    buffers: new FileBuffers(),
    open: () => {},
    write: (bytes) => {
      at.push(now);
      written += framesIn(bytes);
    },
    close: () => {},
    refused: () => {},
  };
  const packager = new PACKAGERS[format](host, { maxFileMs: Infinity, waitKeyFrame: true });
  const take = (typeId: number, payload: Uint8Array<ArrayBuffer>): void => {
    packager.take({ typeId, time: now * FRAME_MS, payload }, readTag(typeId, payload));
  };
  if (gopFrames === undefined) take(MediaKind.Audio, aacSequenceHeader());
  else take(MediaKind.Video, avcSequenceHeader());
  let mostLost = 0;
  for (; now < frames; now++) {
    if (now * FRAME_MS % 1000 === 0) packager.sweep();
    // What is sent of this moment and has not been written yet.
    if (now > 2 * (gopFrames ?? 50)) mostLost = Math.max(mostLost, now - written);
    if (gopFrames === undefined) {
      take(MediaKind.Audio, marked(Uint8Array.of(0xaf, 0x01, 0x21, 0x10, ...MARK)));
    } else {
      const place = now % gopFrames;
      const size = 300;
      take(MediaKind.Video, marked(place === 0 ? avcKeyFrame({ size }) : avcInterFrame(place, { size })));
    }
    if ((now + 1) % readFrames === 0) packager.readEnded();
  }
  return { at, mostLost };
}

const MARK = [0xde, 0xad, 0xbe, 0xef];

/** The payload with a mark at its end, by which its frame is found in a file. */
function marked(payload: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  payload.set(MARK, payload.length - MARK.length);
  return payload;
}

function framesIn(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i + MARK.length <= bytes.length; i++) {
    if (MARK.every((byte, j) => bytes[i + j] === byte)) count++;
  }
  return count;
}

for (const format of ["flv", "mp4"] as const) {
  // A sample of an MP4 file waits for the next one, which says how long it lasts.
  const late = format === "mp4" ? 1 : 0;
  for (
    const [gopFrames, readFrames] of [[10, 9], [10, 3], [25, 9], [25, 1], [50, 9], [50, 3], [300, 9]] as const
  ) {
    const gopMs = Math.min(2000, gopFrames * FRAME_MS);
    Deno.test(`${format}: a crash loses at most ${gopMs} ms, with a read each ${readFrames * FRAME_MS} ms`, () => {
      const { at, mostLost } = record(format, { gopFrames, readFrames });
      assertLessOrEqual(mostLost, Math.min(50, gopFrames) + late);
      assertLessOrEqual(at.length, 4 * 10);
    });
  }

  Deno.test(`${format}: sound alone is written two seconds late at most`, () => {
    const { at, mostLost } = record(format, { gopFrames: undefined, readFrames: 9 });
    assertLessOrEqual(mostLost, 50);
    assert(at.length > 0);
    assertLessOrEqual(at.length, 10);
  });

  Deno.test(`${format}: as seldom as that permits, and at most four times a second`, () => {
    const writes = (gopFrames: number, readFrames: number) =>
      record(format, { gopFrames, readFrames }).at.length;
    // Ten seconds, a read each 360 ms: after each of them, each second one, and each fifth one.
    assertLessOrEqual(writes(10, 9), 28);
    assertLessOrEqual(writes(25, 9), 14);
    assertLessOrEqual(writes(50, 9), 6);
    assertLessOrEqual(writes(1, 1), 40);
    assertLessOrEqual(writes(5, 1), 40);
  });

  Deno.test(`${format}: what a publisher that falls silent has sent is written at the third sweep`, () => {
    const at: number[] = [];
    let sweeps = 0;
    const packager = new PACKAGERS[format](
      {
        buffers: new FileBuffers(),
        open: () => {},
        write: () => at.push(sweeps),
        close: () => {},
        refused: () => {},
      },
      { maxFileMs: Infinity, waitKeyFrame: true },
    );
    const take = (time: number, payload: Uint8Array<ArrayBuffer>): void => {
      packager.take({ typeId: MediaKind.Video, time, payload }, readTag(MediaKind.Video, payload));
      packager.readEnded();
    };
    take(0, avcSequenceHeader());
    for (let frame = 0; frame < 20; frame++) {
      take(frame * FRAME_MS, frame === 0 ? avcKeyFrame() : avcInterFrame(frame));
    }
    for (sweeps = 1; sweeps < 6; sweeps++) packager.sweep();
    assertEquals(at, [3]);
  });
}

/** A file of which the first picture has been written, and what is handed over of what follows. */
class OpenFlv {
  readonly written: number[] = [];
  readonly packager = new FlvPackager({
    buffers: new FileBuffers(),
    open: () => {},
    write: (bytes) => this.written.push(bytes.length),
    close: () => {},
    refused: () => {},
  }, { maxFileMs: Infinity, waitKeyFrame: true });

  constructor() {
    this.take(MediaKind.Video, 0, avcSequenceHeader());
    this.take(MediaKind.Video, 0, avcKeyFrame());
    this.sweepThrice();
    assertEquals(this.written.length, 1);
  }

  take(typeId: number, time: number, payload: Uint8Array<ArrayBuffer>): void {
    this.packager.take({ typeId, time, payload }, readTag(typeId, payload));
    this.packager.readEnded();
  }

  sweepThrice(): void {
    for (let sweeps = 0; sweeps < 3; sweeps++) this.packager.sweep();
  }
}

Deno.test("flv: metadata and cues without frames are written at the third sweep", () => {
  const file = new OpenFlv();
  file.take(MediaKind.Data, 0, Uint8Array.of(2, 0, 1, 0x61, 5));
  file.sweepThrice();
  assertEquals(file.written.length, 2);
});

Deno.test("flv: a publisher that sends no frames any more makes no more than a megabyte be held back", () => {
  const file = new OpenFlv();
  const hdr = (count: number): Uint8Array<ArrayBuffer> => {
    // Metadata of a track (Enhanced RTMP): a header that changes each time.
    const payload = new Uint8Array(1000);
    payload.set([0x94, ...new TextEncoder().encode("hvc1"), count & 0xff, count >> 8]);
    return payload;
  };
  for (let count = 0; count < 3000; count++) {
    file.take(MediaKind.Data, 0, new Uint8Array(1000).fill(5));
    file.take(MediaKind.Video, 0, hdr(count));
  }
  assertLessOrEqual(6_000_000 - 1024 * 1024, file.written.reduce((sum, bytes) => sum + bytes, 0));
  assertLessOrEqual(file.written.length, 1 + 6);
});

Deno.test("a stream that goes back in time is written as seldom as before", () => {
  const record = (backAt: number): number => {
    let writes = 0;
    const pace = new WritePace();
    for (let frame = 0; frame < 500; frame++) {
      const time = (frame < backAt ? 1_000_000 : 0) + frame * FRAME_MS;
      pace.hold(time, { keyFrame: frame % 50 === 0 });
      if (!pace.isDue()) continue;
      pace.written();
      writes++;
    }
    return writes;
  };
  assertLessOrEqual(record(255), record(Infinity) + 2);
});
