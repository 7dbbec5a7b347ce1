/**
 * FLV in HTTP chunks and WebSocket frames, byte by byte. RFC 9112 §7.1, RFC 6455 §5.2.
 *
 * @module
 */
import { CONTAINERS, FLV, remuxFormatNamed } from "../../../http/remux/container.ts";
import type { StreamFraming } from "../../../http/remux/stream_framing.ts";
import { FLV_FORMAT } from "../../../stream/media/flv_format.ts";
import { assertEquals } from "../../support/assert.ts";

const CRLF = [13, 10];
const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];

/** Prefix and suffix of a part of this length. */
const PARTS: readonly (readonly [
  StreamFraming,
  length: number,
  prefix: readonly number[],
  suffix: readonly number[],
])[] = [
  [FLV.framings.chunked, 1, [...ascii("1"), ...CRLF], CRLF],
  [FLV.framings.chunked, 15, [...ascii("f"), ...CRLF], CRLF],
  [FLV.framings.chunked, 16, [...ascii("10"), ...CRLF], CRLF],
  [FLV.framings.chunked, 0xabcd, [...ascii("abcd"), ...CRLF], CRLF],
  [FLV.framings.chunked, 0x10_0000, [...ascii("100000"), ...CRLF], CRLF],
  [FLV.framings.frames, 125, [0x82, 125], []],
  [FLV.framings.frames, 126, [0x82, 126, 0, 126], []],
  [FLV.framings.frames, 0xffff, [0x82, 126, 0xff, 0xff], []],
  [FLV.framings.frames, 0x1_0000, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0], []],
  [FLV.framings.plain, 99, [], []],
];

for (const [framing, length, prefix, suffix] of PARTS) {
  const { format } = framing;
  Deno.test(`${format.name} wraps ${length} bytes`, () => {
    const body = new Uint8Array(length).fill(7);
    assertEquals([...framing.wrap(body)], [...prefix, ...body, ...suffix]);
  });
  const payload = new Uint8Array(Math.max(0, length - 15)).fill(9);
  const message = { typeId: 9, time: 1234, payload };
  if (length >= 15) {
    Deno.test(`${format.name} encodes a tag of ${length} bytes between others`, () => {
      const tag = new Uint8Array(FLV_FORMAT.length(message));
      FLV_FORMAT.write(tag, 0, message);
      const target = new Uint8Array(3 + format.length(message) + 3);
      assertEquals(format.write(target, 3, message), target.length - 3);
      assertEquals([...target], [0, 0, 0, ...prefix, ...tag, ...suffix, 0, 0, 0]);
    });
  }
}

Deno.test("remuxFormatNamed() finds the formats that threads send each other, and no other", () => {
  const names = new Set<string>();
  for (const { framings: { plain, chunked, frames } } of CONTAINERS) {
    for (const { format } of [plain, chunked, frames]) {
      assertEquals(remuxFormatNamed(format.name), format);
      names.add(format.name);
    }
  }
  assertEquals(names.size, 12, "each has a name of its own");
  assertEquals(remuxFormatNamed("rtmp/60000"), undefined);
});
