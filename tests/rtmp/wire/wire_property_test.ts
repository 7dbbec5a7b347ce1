/** What must hold for any bytes and any messages. */
import fc from "fast-check";
import { splitAggregate } from "../../../rtmp/wire/aggregate.ts";
import {
  Amf0Date,
  Amf0EcmaArray,
  Amf0Object,
  Amf0TypedObject,
  Amf0Unsupported,
  type Amf0Value,
  Amf0Xml,
  decodeAmf0,
  encodeAmf0,
} from "../../../rtmp/wire/amf0.ts";
import { writeBasicHeader } from "../../../rtmp/wire/basic_header.ts";
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { decodeCommand, decodeData } from "../../../rtmp/wire/command.ts";
import { decodeControl, encodeControl } from "../../../rtmp/wire/control.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import { MessageDecoder } from "../../../rtmp/wire/message_decoder.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError } from "../../../rtmp/wire/protocol_error.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { bytes, cut, pattern } from "../../support/bytes.ts";
import { fixedWireEnvironment } from "../../support/rtmp/wire_environment.ts";

const chunkStreamIds = fc.constantFrom(2, 3, 6, 63, 64, 319, 320, 65_599);
const timestamps = fc.oneof(
  fc.constantFrom(0, 0xfffffe, 0xffffff, 0x1000000, 0xfffffffe, 0xffffffff),
  fc.integer({ min: 0, max: 0xffffffff }),
);
const sizes = fc.oneof(fc.constantFrom(0, 1, 127, 128, 129, 256, 300), fc.integer({ min: 0, max: 3000 }));
const cuts = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 40 });

const messages: fc.Arbitrary<RtmpMessage> = fc.record({
  typeId: fc.constantFrom(
    MessageType.Audio,
    MessageType.Video,
    MessageType.DataAmf0,
    MessageType.CommandAmf0,
  ),
  timestamp: timestamps,
  streamId: fc.constantFrom(0, 1, 0xffffffff),
  chunkStreamId: chunkStreamIds,
  payload: fc.tuple(sizes, fc.nat(255)).map(([size, seed]) => pattern(size, seed)),
});

const chunkSizes = fc.constantFrom(128, 129, 1000, 60_000);

Deno.test("any messages come back from their chunks, cut anywhere", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(messages, chunkSizes), { maxLength: 12 }), cuts, (steps, positions) => {
      const encoder = new ChunkEncoder();
      for (const [message, chunkSize] of steps) {
        encoder.write(encodeControl({ kind: "setChunkSize", chunkSize }));
        encoder.write(message);
      }
      const decoder = new ChunkDecoder();
      const decoded: RtmpMessage[] = [];
      for (const piece of cut(encoder.takeOutput() ?? bytes(), positions)) decoder.decode(piece, decoded);
      assertEquals(decoded, steps.map(([message]) => message));
      assertEquals(decoder.partialBytes, 0);
    }),
  );
});

/**
 * A sender that chooses headers as freely as the specification lets it. Its messages are not empty: whether a fmt 3
 * header without payload has an extended timestamp or another header follows cannot be known.
 */
interface FreeMessage {
  readonly fmt: number;
  readonly field: number;
  readonly size: number;
  readonly repeatsExtended: boolean;
}

const freeMessages: fc.Arbitrary<FreeMessage> = fc.record({
  fmt: fc.integer({ min: 0, max: 3 }),
  field: timestamps,
  size: sizes.map((size) => Math.max(1, size)),
  repeatsExtended: fc.boolean(),
});

/** Chunks of 128 bytes on one chunk stream, and the messages that they mean. */
function sendFreely(id: number, plan: readonly FreeMessage[]): { wire: number[]; expected: RtmpMessage[] } {
  const wire: number[] = [];
  const expected: RtmpMessage[] = [];
  let [timestamp, delta, size, extended] = [0, 0, 0, false];
  const header = (fmt: number) => {
    const target = new Uint8Array(3);
    wire.push(...target.subarray(0, writeBasicHeader(target, 0, fmt, id)));
  };
  const uint32 = (value: number) => [value >>> 24, value >> 16 & 255, value >> 8 & 255, value & 255];
  plan.forEach((step, i) => {
    const fmt = i === 0 ? 0 : step.fmt;
    header(fmt);
    if (fmt < 3) {
      delta = step.field;
      extended = delta >= 0xffffff;
      wire.push(...uint32(extended ? 0xffffff : delta).slice(1));
    }
    if (fmt < 2) {
      size = step.size;
      wire.push(...uint32(size).slice(1), MessageType.Video);
    }
    if (fmt === 0) wire.push(1, 0, 0, 0);
    if (extended && (fmt < 3 || step.repeatsExtended)) wire.push(...uint32(delta));
    timestamp = fmt === 0 ? delta : (timestamp + delta) >>> 0;
    // Payload that never begins like a timestamp, which nobody could tell apart.
    const payload = pattern(size, i + 1).map((byte, at) => at % 128 === 0 ? extendedUnlike(delta) : byte);
    for (let at = 0; at < size; at += 128) {
      if (at > 0) {
        header(3);
        if (extended && step.repeatsExtended) wire.push(...uint32(delta));
      }
      wire.push(...payload.subarray(at, at + 128));
    }
    expected.push({ typeId: MessageType.Video, timestamp, streamId: 1, chunkStreamId: id, payload });
  });
  return { wire, expected };
}

/** A byte that differs from the first of an extended timestamp. */
function extendedUnlike(value: number): number {
  return (value >>> 24) ^ 0xff;
}

Deno.test("any fmt with any timestamp habit means what the specification says, cut anywhere", () => {
  fc.assert(
    fc.property(chunkStreamIds, fc.array(freeMessages, { maxLength: 12 }), cuts, (id, plan, positions) => {
      const { wire, expected } = sendFreely(id, plan);
      const decoder = new ChunkDecoder();
      const decoded: RtmpMessage[] = [];
      for (const piece of cut(Uint8Array.from(wire), positions)) decoder.decode(piece, decoded);
      assertEquals(decoded, expected);
    }),
    { numRuns: 300 },
  );
});

const amf0Leaves: fc.Arbitrary<Amf0Value> = fc.oneof(
  fc.double(),
  fc.boolean(),
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.constantFrom(null, undefined),
  fc.tuple(fc.double(), fc.integer({ min: -32_768, max: 32_767 })).map(([ms, zone]) =>
    new Amf0Date(ms, zone)
  ),
  fc.string().map((text) => new Amf0Xml(text)),
  fc.constant(new Amf0Unsupported()),
);

const amf0Values = fc.letrec<{ value: Amf0Value; members: [string, Amf0Value][] }>((tie) => ({
  members: fc.array(fc.tuple(fc.string({ maxLength: 5 }), tie("value")), { maxLength: 5 }),
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    amf0Leaves,
    tie("members").map((members) => new Amf0Object(members)),
    tie("members").map((members) => new Amf0EcmaArray(members)),
    fc.tuple(fc.string({ maxLength: 5 }), tie("members")).map(([name, members]) =>
      new Amf0TypedObject(name, members)
    ),
    fc.array(tie("value"), { maxLength: 5 }),
  ),
})).value;

Deno.test("any AMF0 values come back from their bytes", () => {
  const limits = { ...DEFAULT_WIRE_LIMITS, maxAmfNodes: 1_000_000 };
  fc.assert(fc.property(fc.array(amf0Values, { maxLength: 5 }), (values) => {
    assertEquals(decodeAmf0(encodeAmf0(values), limits), values);
  }));
});

/** Whether it gave a value or the one error that a peer's bytes may raise. */
function survives(decode: () => unknown): boolean {
  try {
    decode();
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return true;
    throw error;
  }
}

/** Bytes that look like AMF0 more often than chance would have it. */
const amf0Noise = fc.array(
  fc.oneof(fc.constantFrom(0, 1, 2, 3, 5, 7, 8, 9, 10, 11, 12, 15, 16, 17), fc.nat(255)),
  { maxLength: 200 },
).map((all) => Uint8Array.from(all));

Deno.test("any body gives values or a ProtocolError", () => {
  fc.assert(
    fc.property(amf0Noise, fc.nat(255), (payload, typeId) => {
      const message: RtmpMessage = { typeId, timestamp: 0, streamId: 0, chunkStreamId: 3, payload };
      assert(survives(() => decodeAmf0(payload)));
      assert(survives(() => decodeCommand({ ...message, typeId: MessageType.CommandAmf0 })));
      assert(survives(() => decodeCommand({ ...message, typeId: MessageType.CommandAmf3 })));
      assert(survives(() => decodeData({ ...message, typeId: MessageType.DataAmf3 })));
      assert(survives(() => decodeControl({ ...message, typeId: 1 + typeId % 6 })));
      assert(survives(() => splitAggregate({ ...message, typeId: MessageType.Aggregate })));
    }),
    { numRuns: 2000 },
  );
});

/** Bytes that look like chunks more often than chance would have it. */
const chunkNoise = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 150 }).map((noise) => [...noise]),
    fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 2, max: 5 }), fc.nat(255), fc.nat(22)).map(
      ([fmt, id, length, typeId]) => {
        const fields = [0, 0, 1, 0, 0, length, typeId, 1, 0, 0, 0].slice(0, [11, 7, 3, 0][fmt]);
        return [fmt << 6 | id, ...fields, ...Array<number>(Math.min(length, 128)).fill(0xaa)];
      },
    ),
  ),
  { maxLength: 30 },
).map((parts) => Uint8Array.from(parts.flat()));

Deno.test("any bytes behind a handshake give messages or a ProtocolError, within limits", () => {
  const limits = {
    ...DEFAULT_WIRE_LIMITS,
    maxPartialBytes: 4096,
    maxChunkStreams: 8,
    maxMediaMessageBytes: 2048,
  };
  fc.assert(
    fc.property(chunkNoise, cuts, (noise, positions) => {
      const decoder = new MessageDecoder({ environment: fixedWireEnvironment(), limits });
      decoder.decode(bytes(3, new Uint8Array(2 * 1536)));
      let taken = 0;
      assert(survives(() => {
        for (const piece of cut(noise, positions)) {
          for (const message of decoder.decode(piece)) taken += message.payload.length;
          assert(decoder.partialBytes <= limits.maxPartialBytes);
        }
      }));
      assert(taken <= noise.length);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("any noise gives the same messages and the same end, whole or cut", () => {
  const run = (pieces: Iterable<Uint8Array>) => {
    const decoder = new ChunkDecoder();
    const decoded: RtmpMessage[] = [];
    let end = "";
    try {
      for (const piece of pieces) decoder.decode(piece, decoded);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      end = error.message;
    }
    return { decoded, end };
  };
  fc.assert(
    fc.property(chunkNoise, cuts, (noise, positions) => {
      assertEquals(run(cut(noise, positions)), run([noise]));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("any opening gives an answer or a ProtocolError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 4000 }), (opening) => {
      const decoder = new MessageDecoder({ environment: fixedWireEnvironment() });
      assert(survives(() => decoder.decode(opening)));
      assert(
        survives(() => new MessageDecoder({ environment: fixedWireEnvironment() }).decode(bytes(3, opening))),
      );
    }),
    { numRuns: 200 },
  );
});
