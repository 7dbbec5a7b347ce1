import {
  basicHeaderSize,
  basicHeaderSizeOf,
  readChunkStreamId,
  writeBasicHeader,
} from "../../../rtmp/wire/basic_header.ts";
import { assertEquals } from "../../support/assert.ts";

/** RTMP 1.0 §5.3.1.1 */
const GOLDEN = [
  //                                    fmt(2) id(6)
  { name: "lowest 1-byte id", bytes: [0b00_000010], fmt: 0, id: 2 },
  { name: "highest 1-byte id", bytes: [0b10_111111], fmt: 2, id: 63 },
  //                                    fmt(2) 0        id - 64
  { name: "lowest 2-byte id", bytes: [0b00_000000, 0x00], fmt: 0, id: 64 },
  { name: "highest 2-byte id", bytes: [0b01_000000, 0xff], fmt: 1, id: 319 },
  //                                    fmt(2) 1        id - 64, little-endian
  { name: "lowest 3-byte id in use", bytes: [0b11_000001, 0x00, 0x01], fmt: 3, id: 320 },
  { name: "specification's example", bytes: [0b11_000001, 0x2d, 0x01], fmt: 3, id: 365 },
  { name: "highest 3-byte id", bytes: [0b11_000001, 0xff, 0xff], fmt: 3, id: 65_599 },
];

for (const { name, bytes, fmt, id } of GOLDEN) {
  Deno.test(`readChunkStreamId() reads the ${name}, wherever it stands`, () => {
    for (const before of [0, 1, 7]) {
      const view = new DataView(
        Uint8Array.from([...Array<number>(before).fill(0xaa), ...bytes, 0xff]).buffer,
      );
      const first = view.getUint8(before);
      assertEquals([first >> 6, basicHeaderSize(first), readChunkStreamId(view, before)], [
        fmt,
        bytes.length,
        id,
      ]);
    }
  });

  Deno.test(`writeBasicHeader() writes the ${name}`, () => {
    const target = new Uint8Array(8);
    assertEquals(writeBasicHeader(target, 2, fmt, id), 2 + bytes.length);
    assertEquals(basicHeaderSizeOf(id), bytes.length);
    assertEquals([...target], [0, 0, ...bytes, ...Array<number>(6 - bytes.length).fill(0)]);
  });
}

Deno.test("readChunkStreamId() reads a small id in the 3-byte form", () => {
  const view = new DataView(Uint8Array.of(0b00_000001, 0x00, 0x00).buffer);
  assertEquals(readChunkStreamId(view, 0), 64);
});
