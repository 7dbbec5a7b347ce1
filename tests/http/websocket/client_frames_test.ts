/**
 * Frames of WebSocket clients, byte by byte. RFC 6455 §5.
 *
 * @module
 */
import fc from "fast-check";
import { type ClientFrame, ClientFrameReader } from "../../../http/websocket/client_frames.ts";
import { closeFrame, PING_FRAME, pongFrame } from "../../../http/websocket/server_frames.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { maskedFrame } from "../../support/http/web_socket_client.ts";

const MASK = [0x37, 0xfa, 0x21, 0x3d];

interface Golden {
  readonly name: string;
  readonly bytes: readonly number[];
  readonly frames: readonly unknown[];
}

const GOLDEN: readonly Golden[] = [
  // §5.7: a single-frame masked text message, "Hello"
  { name: "a text", bytes: [0x81, 0x85, ...MASK, 0x7f, 0x9f, 0x4d, 0x51, 0x58], frames: [] },
  {
    name: "a ping with Hello",
    bytes: [0x89, 0x85, ...MASK, 0x7f, 0x9f, 0x4d, 0x51, 0x58],
    frames: [{ kind: "ping", payload: new TextEncoder().encode("Hello") }],
  },
  {
    name: "an empty ping",
    bytes: [0x89, 0x80, ...MASK],
    frames: [{ kind: "ping", payload: new Uint8Array(0) }],
  },
  { name: "a pong", bytes: [0x8a, 0x80, ...MASK], frames: [] },
  { name: "a close without a code", bytes: [0x88, 0x80, ...MASK], frames: [{ kind: "close", code: 1005 }] },
  {
    name: "a close with 1000",
    bytes: [0x88, 0x82, ...MASK, 0x03 ^ 0x37, 0xe8 ^ 0xfa],
    frames: [{ kind: "close", code: 1000 }],
  },
  {
    name: "a ping between the pieces of a message",
    bytes: [0x01, 0x81, ...MASK, 0, 0x89, 0x80, ...MASK, 0x80, 0x81, ...MASK, 0],
    frames: [{ kind: "ping", payload: new Uint8Array(0) }],
  },
];

const FAULTS: readonly (readonly [name: string, code: number, bytes: readonly number[]])[] = [
  ["a frame that is not masked", 1002, [0x81, 0x05]],
  ["a reserved bit", 1002, [0xc1]],
  ["an unknown opcode", 1002, [0x83]],
  ["an unknown control opcode", 1002, [0x8b]],
  ["a ping in pieces", 1002, [0x09]],
  ["a ping of 126 bytes", 1002, [0x89, 0xfe]],
  ["a continuation of nothing", 1002, [0x80]],
  ["a message within a message", 1002, [0x01, 0x80, ...MASK, 0x81]],
  ["a length of 125 in 16 bits", 1002, [0x82, 0xfe, 0, 125, ...MASK]],
  ["a length of 16 bits in 64", 1002, [0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...MASK]],
  ["a frame of more than 64 KiB", 1009, [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, ...MASK]],
  ["a frame of 2^63 bytes", 1009, [0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, ...MASK]],
  ["a close with half of a code", 1002, [0x88, 0x81, ...MASK, 0]],
  ["a close with 1005", 1002, [0x88, 0x82, ...MASK, 0x03 ^ 0x37, 0xed ^ 0xfa]],
  ["a close whose reason is not UTF-8", 1007, [0x88, 0x83, ...MASK, 0x03 ^ 0x37, 0xe8 ^ 0xfa, 0xff ^ 0x21]],
];

function receiveIn(bytes: readonly number[], size: number): ClientFrame[] {
  const reader = new ClientFrameReader();
  const frames: ClientFrame[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    frames.push(...reader.receive(Uint8Array.from(bytes.slice(at, at + size))));
  }
  return frames;
}

for (const { name, bytes, frames } of GOLDEN) {
  Deno.test(`ClientFrameReader reads ${name}, whole and byte by byte`, () => {
    assertEquals(receiveIn(bytes, bytes.length), frames);
    assertEquals(receiveIn(bytes, 1), frames);
  });
}

for (const [name, code, bytes] of FAULTS) {
  Deno.test(`ClientFrameReader refuses ${name} with ${code}, and reads nothing that follows`, () => {
    const ping = [0x89, 0x80, ...MASK];
    for (const size of [1, 1000]) {
      const frames = receiveIn([...bytes, ...ping], size);
      assertEquals(frames.map((frame) => frame.kind === "fault" ? frame.code : frame.kind), [code]);
    }
  });
}

Deno.test("ClientFrameReader reads nothing behind a close", () => {
  assertEquals(receiveIn([0x88, 0x80, ...MASK, 0x89, 0x80, ...MASK], 1000).length, 1);
});

Deno.test("ClientFrameReader gives the same frames however they are cut", () => {
  const frame = fc.record({
    opcode: fc.constantFrom(1, 2, 9, 10),
    payload: fc.uint8Array({ maxLength: 125 }),
    mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  });
  fc.assert(fc.property(fc.array(frame, { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), (sent, size) => {
    const bytes = sent.flatMap(({ opcode, payload, mask }) => [...maskedFrame(opcode, payload, mask)]);
    const pings = sent.filter(({ opcode }) => opcode === 9).map(({ payload }) => [...payload]);
    const read = receiveIn(bytes, size).map((one) => one.kind === "ping" ? [...one.payload] : one);
    assertEquals(read, pings);
  }));
});

Deno.test("ClientFrameReader takes any bytes, and ends at the first fault", () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), (pieces) => {
    const reader = new ClientFrameReader();
    const frames = pieces.flatMap((piece) => reader.receive(piece));
    const last = frames.findIndex(({ kind }) => kind !== "ping");
    assert(last === -1 || last === frames.length - 1);
  }));
});

Deno.test("closeFrame(), pongFrame() and PING_FRAME are what §5.5 says", () => {
  assertEquals([...closeFrame(1000, "ok")], [0x88, 4, 0x03, 0xe8, 0x6f, 0x6b]);
  assertEquals([...pongFrame(Uint8Array.of(1, 2))], [0x8a, 2, 1, 2]);
  assertEquals([...PING_FRAME], [0x89, 0]);
  const long = closeFrame(1008, "ä".repeat(100));
  assertEquals([long.length, long[1]], [2 + 124, 124], "122 bytes of whole characters and the code");
});
