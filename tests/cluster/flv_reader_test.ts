import { FlvReader } from "../../cluster/pull/flv_reader.ts";
import { encodeFlvHeader, FLV_FORMAT } from "../../stream/media/flv_format.ts";
import type { StreamMessage } from "../../stream/media/media_message.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

const HEADER = encodeFlvHeader({ hasAudio: true, hasVideo: true });

function tag(message: StreamMessage): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FLV_FORMAT.length(message));
  FLV_FORMAT.write(bytes, 0, message);
  return bytes;
}

function file(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const MESSAGES: readonly StreamMessage[] = [
  { typeId: 18, time: 0, payload: Uint8Array.of(2, 0, 1, 65) },
  { typeId: 8, time: 0x7f_ffff, payload: Uint8Array.of(0xaf, 1, 9) },
  { typeId: 9, time: 0xff00_0001, payload: new Uint8Array(300).fill(7) },
  { typeId: 9, time: 0xff00_0002, payload: new Uint8Array(0) },
];
const FILE = file(HEADER, ...MESSAGES.map(tag));
const EXPECTED = MESSAGES.map(({ typeId, time, payload }) => ({ typeId, timestamp: time, payload }));

Deno.test("FlvReader gives the same messages however the bytes are cut", () => {
  for (let size = 1; size <= FILE.length; size++) {
    const reader = new FlvReader(1000);
    const messages = [];
    for (let at = 0; at < FILE.length; at += size) {
      messages.push(...reader.receive(FILE.subarray(at, at + size)));
    }
    assertEquals(messages, EXPECTED, `in pieces of ${size}`);
  }
});

Deno.test("FlvReader leaves out tags of other types, and takes a longer file header", () => {
  const longer = file(HEADER.subarray(0, 9), Uint8Array.of(1, 2, 3), new Uint8Array(4));
  longer[8] = 12;
  const reader = new FlvReader(1000);
  const other = tag({ typeId: 15, time: 0, payload: Uint8Array.of(1) });
  const last = { typeId: 8, time: 5, payload: Uint8Array.of(0xaf, 0) };
  assertEquals(reader.receive(file(longer, other, tag(last))), [{
    typeId: 8,
    timestamp: 5,
    payload: last.payload,
  }]);
});

Deno.test("FlvReader refuses what is not FLV at its first bytes, and a tag that is too long at its head", () => {
  assertThrows(() => new FlvReader(1000).receive(Uint8Array.of(0x3c)), Error, "something else than FLV");
  assertThrows(() => new FlvReader(1000).receive(new TextEncoder().encode("FLX")), Error, "else than FLV");
  const huge = HEADER.slice();
  huge.set([0xff, 0xff, 0xff, 0xff], 5);
  assertThrows(() => new FlvReader(1000).receive(huge), Error, "else than FLV");
  const reader = new FlvReader(1000);
  reader.receive(HEADER);
  const head = tag({ typeId: 9, time: 0, payload: new Uint8Array(1001) }).subarray(0, 11);
  assertThrows(() => reader.receive(head), Error, "A tag of 1001 bytes is longer than 1000");
});
