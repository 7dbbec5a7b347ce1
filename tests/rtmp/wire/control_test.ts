import { type Control, decodeControl, encodeControl, isControl } from "../../../rtmp/wire/control.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { bytes } from "../../support/bytes.ts";

/** RTMP 1.0 §5.4.1 to §5.4.5 and §7.1.7 */
const GOLDEN: readonly { typeId: number; body: readonly number[]; control: Control }[] = [
  { typeId: 1, body: [0x00, 0x00, 0x10, 0x00], control: { kind: "setChunkSize", chunkSize: 4096 } },
  { typeId: 1, body: [0x00, 0x00, 0x00, 0x80], control: { kind: "setChunkSize", chunkSize: 128 } },
  { typeId: 1, body: [0x00, 0xff, 0xff, 0xff], control: { kind: "setChunkSize", chunkSize: 0xffffff } },
  { typeId: 2, body: [0x00, 0x00, 0x00, 0x06], control: { kind: "abort", chunkStreamId: 6 } },
  {
    typeId: 3,
    body: [0xff, 0xff, 0xff, 0xff],
    control: { kind: "acknowledgement", sequenceNumber: 0xffffffff },
  },
  {
    typeId: 5,
    body: [0x00, 0x26, 0x25, 0xa0],
    control: { kind: "windowAcknowledgementSize", windowSize: 2_500_000 },
  },
  {
    typeId: 6,
    body: [0x00, 0x26, 0x25, 0xa0, 0x00],
    control: { kind: "setPeerBandwidth", windowSize: 2_500_000, limit: "hard" },
  },
  {
    typeId: 6,
    body: [0x00, 0x00, 0x00, 0x01, 0x01],
    control: { kind: "setPeerBandwidth", windowSize: 1, limit: "soft" },
  },
  {
    typeId: 6,
    body: [0x00, 0x00, 0x00, 0x01, 0x02],
    control: { kind: "setPeerBandwidth", windowSize: 1, limit: "dynamic" },
  },
  { typeId: 4, body: [0, 0, 0, 0, 0, 1], control: { kind: "streamBegin", streamId: 1 } },
  { typeId: 4, body: [0, 1, 0, 0, 0, 1], control: { kind: "streamEof", streamId: 1 } },
  { typeId: 4, body: [0, 2, 0, 0, 0, 1], control: { kind: "streamDry", streamId: 1 } },
  {
    typeId: 4,
    body: [0, 3, 0, 0, 0, 1, 0, 0, 0x75, 0x30],
    control: { kind: "setBufferLength", streamId: 1, bufferMs: 30_000 },
  },
  { typeId: 4, body: [0, 4, 0, 0, 0, 1], control: { kind: "streamIsRecorded", streamId: 1 } },
  { typeId: 4, body: [0, 6, 0x80, 0, 0, 0], control: { kind: "pingRequest", timestamp: 0x80000000 } },
  { typeId: 4, body: [0, 7, 0, 0, 0, 9], control: { kind: "pingResponse", timestamp: 9 } },
  {
    typeId: 4,
    body: [0, 0x1a, 0x0a], // SWF verification, one byte
    control: { kind: "unknownUserControl", eventType: 26, data: bytes(0x0a) },
  },
  { typeId: 4, body: [0, 31], control: { kind: "unknownUserControl", eventType: 31, data: bytes() } },
];

function message(typeId: number, body: Iterable<number>): RtmpMessage {
  return { typeId, timestamp: 0, streamId: 0, chunkStreamId: 2, payload: bytes(body) };
}

for (const { typeId, body, control } of GOLDEN) {
  const name = `${control.kind} [${body.join(" ")}]`;

  Deno.test(`decodeControl() reads ${name}`, () => {
    assertEquals(decodeControl(message(typeId, body)), control);
  });

  Deno.test(`encodeControl() writes ${name}`, () => {
    assertEquals(encodeControl(control), message(typeId, body));
  });

  if (control.kind === "unknownUserControl") continue;

  Deno.test(`decodeControl() passes over what stands behind ${name}`, () => {
    assertEquals(decodeControl(message(typeId, [...body, 0xff])), control);
  });

  Deno.test(`decodeControl() refuses ${name} cut short`, () => {
    const needed = typeId === 6 ? 4 : body.length;
    for (let length = 0; length < needed; length++) {
      const error = assertThrows(() => decodeControl(message(typeId, body.slice(0, length))), ProtocolError);
      assertEquals(error.code, ProtocolErrorCode.Control);
    }
  });
}

Deno.test("decodeControl() clamps chunk sizes that no message can fill", () => {
  assertEquals(decodeControl(message(1, [0x7f, 0xff, 0xff, 0xff])), {
    kind: "setChunkSize",
    chunkSize: 0xffffff,
  });
});

Deno.test("decodeControl() refuses chunk sizes out of range", () => {
  for (const body of [[0, 0, 0, 0], [0, 0, 0, 127], [0x80, 0, 0, 0], [0xff, 0xff, 0xff, 0xff]]) {
    const error = assertThrows(
      () => decodeControl(message(1, body)),
      ProtocolError,
      "Cannot set the chunk size",
    );
    assertEquals(error.code, ProtocolErrorCode.ChunkSize);
    // Only a size that the specification allows is past a limit of ours.
    assertEquals(error.limit, body[3] === 127 ? "min_chunk_size" : undefined);
  }
  const limits = { ...DEFAULT_WIRE_LIMITS, minChunkSize: 1 };
  assertEquals(decodeControl(message(1, [0, 0, 0, 1]), limits), { kind: "setChunkSize", chunkSize: 1 });
});

Deno.test("decodeControl() takes a bandwidth without a known limit type for dynamic", () => {
  const expected: Control = { kind: "setPeerBandwidth", windowSize: 5, limit: "dynamic" };
  assertEquals(decodeControl(message(6, [0, 0, 0, 5])), expected);
  assertEquals(decodeControl(message(6, [0, 0, 0, 5, 9])), expected);
});

Deno.test("decodeControl() refuses other messages as a caller's mistake", () => {
  for (const typeId of [0, 7, 8, 20]) {
    assert(!isControl(typeId));
    assertThrows(() => decodeControl(message(typeId, [0, 0, 0, 0])), RangeError, `message type ${typeId}`);
  }
});

Deno.test("decodeControl() gives unknown data that is its own", () => {
  const source = message(4, [0, 99, 1, 2, 3]);
  const control = decodeControl(source);
  source.payload.fill(0);
  assertEquals(control, { kind: "unknownUserControl", eventType: 99, data: bytes(1, 2, 3) });
});
