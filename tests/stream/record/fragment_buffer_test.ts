import fc from "fast-check";
import { findBoxes } from "../../../stream/media/mp4/read_box.ts";
import { SampleRows } from "../../../stream/media/mod.ts";
import { FileBuffers } from "../../../stream/record/file_buffers.ts";
import { FragmentBuffer } from "../../../stream/record/fragment_buffer.ts";
import { join } from "../../../core/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";

type Kind = "video" | "audio";

/** What a frame of one kind was kept with. */
interface Kept {
  readonly kind: Kind;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** A buffer, and the file that it writes. Memory that was handed over is spoilt at once. */
class Trial {
  file: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  readonly expected: Kept[][] = [];
  readonly #open: Kept[] = [];
  readonly #buffers = new FileBuffers();
  readonly buffer = new FragmentBuffer({
    buffers: this.#buffers,
    write: (bytes) => {
      this.file = join(this.file, bytes);
      bytes.fill(0xee);
      this.#buffers.give(bytes);
    },
  });
  #bytes = 0;

  keep(kind: Kind, length: number): void {
    const data = Uint8Array.from({ length }, (_, i) => this.#bytes + i);
    this.#bytes += 7;
    assertEquals(this.buffer.keep(kind, data), length);
    this.#open.push({ kind, data: data.slice() });
    data.fill(0xdd);
  }

  /** End a fragment: all that is open, less so many of the newest pictures, and so many of the oldest frames of sound. */
  add({ left = 0, skipped = 0, hasPictures = true } = {}): number {
    const video = this.#takeOpen("video", left);
    const audio = this.#takeOpen("audio", 0);
    const skippedBytes = audio.slice(0, skipped).reduce((sum, { data }) => sum + data.length, 0);
    const sound = audio.slice(skipped);
    this.expected.push([...video, ...sound]);
    const tracks = [
      ...hasPictures ? [{ id: 1, kind: "video", samples: rowsOf(video), skippedBytes: 0 } as const] : [],
      { id: 2, kind: "audio", samples: rowsOf(sound), skippedBytes } as const,
    ];
    return this.buffer.add(this.expected.length, tracks);
  }

  drop(): void {
    this.#open.length = 0;
    this.buffer.drop();
  }

  #takeOpen(kind: Kind, left: number): Kept[] {
    const all = this.#open.filter((kept) => kept.kind === kind);
    const taken = all.slice(0, all.length - left);
    for (const kept of taken) this.#open.splice(this.#open.indexOf(kept), 1);
    return taken;
  }

  /** The frames that the fragments of the file have, by their offsets. */
  check(headBytes: number): void {
    let at = headBytes;
    for (const frames of this.expected) {
      const view = new DataView(this.file.buffer, at);
      const moof = this.file.subarray(at, at + view.getUint32(0));
      const datas = findBoxes(moof, ["moof", "traf", "trun"]).flatMap(({ start }) => {
        const hasOffsets = (view.getUint32(start) & 0x800) !== 0;
        let dataAt = view.getUint32(start + 8);
        return Array.from({ length: view.getUint32(start + 4) }, (_, i) => {
          const length = view.getUint32(start + 12 + i * (hasOffsets ? 16 : 8) + 4);
          return this.file.slice(at + dataAt, at + (dataAt += length));
        });
      });
      assertEquals(datas, frames.map(({ data }) => data));
      const [first] = findBoxes(moof, ["moof", "traf", "trun"]);
      const dataAt = first === undefined ? 0 : view.getUint32(first.start + 8);
      assert(
        this.file.subarray(at + moof.length + 8, at + dataAt).every((byte) => byte === 0),
        "unused room",
      );
      at += moof.length + view.getUint32(moof.length);
    }
    assertEquals(at, this.file.length);
  }
}

function rowsOf(frames: readonly Kept[]): SampleRows {
  const rows = new SampleRows();
  frames.forEach(({ data }, i) => {
    rows.push({ data: data.length, time: i, duration: 1, compositionOffset: 0, keyFrame: i === 0 });
  });
  return rows;
}

const FRAME = fc.record({
  kind: fc.constantFrom<Kind>("video", "video", "audio"),
  length: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3000 })),
});
const FRAGMENT = fc.record({
  frames: fc.oneof(fc.array(FRAME, { maxLength: 8 }), fc.array(FRAME, { minLength: 50, maxLength: 120 })),
  left: fc.integer({ min: 0, max: 1 }),
  skipped: fc.integer({ min: 0, max: 1 }),
  handOver: fc.boolean(),
  drop: fc.boolean(),
});

Deno.test("FragmentBuffer hands over fragments with their own pictures and sound, whatever was kept in between", () => {
  fc.assert(fc.property(fc.array(FRAGMENT, { minLength: 1, maxLength: 10 }), (fragments) => {
    const trial = new Trial();
    fragments.forEach(({ frames, left, skipped, handOver, drop }, i) => {
      // One of them may be left for the next fragment.
      for (const length of [30, 20]) trial.keep("video", length);
      for (const { kind, length } of frames) trial.keep(kind, length);
      if (i === 0) trial.buffer.append(new Uint8Array(100));
      trial.add({ left, skipped });
      if (handOver) trial.buffer.handOver();
      if (drop) trial.drop();
    });
    trial.buffer.handOver();
    trial.check(100);
  }));
});

Deno.test("FragmentBuffer has no room in fragments of sound alone", () => {
  const trial = new Trial();
  for (let fragment = 0; fragment < 3; fragment++) {
    for (let i = 0; i < 50; i++) trial.keep("audio", 300);
    // moof with mfhd, traf with tfhd, tfdt and trun of 8 bytes a sample, header of mdat, data.
    assertEquals(trial.add({ hasPictures: false }), 24 + 64 + 50 * 8 + 8 + 50 * 300);
  }
  trial.buffer.handOver();
  trial.check(0);
});

Deno.test("FragmentBuffer leaves little of a file unused, and nothing of other streams in it", () => {
  const trial = new Trial();
  let whole = 0;
  let data = 0;
  for (let fragment = 0; fragment < 40; fragment++) {
    const frames = fragment % 2 === 0 ? 50 : 7;
    for (let i = 0; i < frames; i++) trial.keep("video", 500);
    whole += trial.add() - (24 + 64 + frames * 16 + 64 + 8);
    data += frames * 500;
    trial.buffer.handOver();
  }
  trial.check(0);
  assert(whole - data <= data / 32, `${whole - data} of ${data} bytes`);
});
