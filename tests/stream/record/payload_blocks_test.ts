/** Memory that copies of payloads use again. */
import { PayloadBlocks } from "../../../stream/record/payload_blocks.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const PAYLOAD_BYTES = 16 * 1024;
const A_BLOCK = 4;

/** So many payloads of the same bytes. */
function keepBlocks(blocks: PayloadBlocks, count: number, byte: number): readonly Uint8Array<ArrayBuffer>[] {
  const payload = new Uint8Array(PAYLOAD_BYTES).fill(byte);
  return Array.from({ length: count * A_BLOCK }, () => blocks.keep(payload));
}

function buffersOf(payloads: readonly Uint8Array<ArrayBuffer>[]): ReadonlySet<ArrayBuffer> {
  return new Set(payloads.map(({ buffer }) => buffer));
}

Deno.test("PayloadBlocks uses blocks again once another fragment is written, and nothing before", () => {
  const blocks = new PayloadBlocks();
  const first = keepBlocks(blocks, 3, 1);
  blocks.fragmentWritten({ isAll: true });
  const second = keepBlocks(blocks, 3, 2);
  assert(buffersOf(first).isDisjointFrom(buffersOf(second)));
  assert(first.every((payload) => payload.every((byte) => byte === 1)));
  blocks.fragmentWritten({ isAll: true });
  const third = keepBlocks(blocks, 2, 3);
  assertEquals(buffersOf(third).intersection(buffersOf(first)).size, 2);
  assert(second.every((payload) => payload.every((byte) => byte === 2)));
});

Deno.test("PayloadBlocks leaves alone what may still have to be written", () => {
  const blocks = new PayloadBlocks();
  const first = keepBlocks(blocks, 3, 1);
  blocks.fragmentWritten({ isAll: false });
  keepBlocks(blocks, 3, 2);
  blocks.fragmentWritten({ isAll: false });
  keepBlocks(blocks, 3, 3);
  assert(first.every((payload) => payload.every((byte) => byte === 1)));
});

Deno.test("PayloadBlocks gives a large payload memory of its own", () => {
  const blocks = new PayloadBlocks();
  const large = blocks.keep(new Uint8Array(PAYLOAD_BYTES + 1).fill(7));
  assertEquals([large.byteOffset, large.buffer.byteLength], [0, PAYLOAD_BYTES + 1]);
});

Deno.test("PayloadBlocks keeps what follows several fragments that are written at once", () => {
  const blocks = new PayloadBlocks();
  const first = keepBlocks(blocks, 3, 1);
  for (let i = 0; i < 3; i++) blocks.fragmentWritten({ isAll: true });
  keepBlocks(blocks, 3, 2);
  assert(first.every((payload) => payload.every((byte) => byte === 1)));
});
