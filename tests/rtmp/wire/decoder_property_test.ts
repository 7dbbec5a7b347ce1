/** What must hold for the decoders besides chunks and AMF0: any value comes back from its bytes, however it is cut. */
import fc from "fast-check";
import { splitAggregate } from "../../../rtmp/wire/aggregate.ts";
import { Amf0Object, type Amf0Value, decodeAmf0 } from "../../../rtmp/wire/amf0.ts";
import {
  basicHeaderSize,
  basicHeaderSizeOf,
  readChunkStreamId,
  writeBasicHeader,
} from "../../../rtmp/wire/basic_header.ts";
import { ClientHandshake } from "../../../rtmp/wire/client_handshake.ts";
import { decodeCommand, decodeData, encodeCommand, encodeData } from "../../../rtmp/wire/command.ts";
import { type Control, decodeControl, encodeControl } from "../../../rtmp/wire/control.ts";
import type { WireEnvironment } from "../../../rtmp/wire/environment.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { ServerHandshake } from "../../../rtmp/wire/server_handshake.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { bytes, cut } from "../../support/bytes.ts";
import { fixedWireEnvironment } from "../../support/rtmp/wire_environment.ts";

const uint32 = fc.oneof(
  fc.constantFrom(0, 1, 0xffffff, 0x1000000, 0x7fffffff, 0x80000000, 0xffffffff),
  fc.nat(0xffff_ffff),
);
const cuts = fc.array(fc.integer({ min: 1, max: 3200 }), { maxLength: 12 });

/** Bytes from the most significant one on. */
function bigEndian(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)) % 256);
}

Deno.test("any handshake form is done on both sides after any cuts, and leaves what is behind it", () => {
  const forms = fc.constantFrom("simple", "digest0", "digest1");
  fc.assert(
    fc.property(forms, fc.nat(0xffff), cuts, cuts, fc.nat(40), (form, chance, there, back, behind) => {
      let seed = chance;
      const environment: WireEnvironment = {
        ...fixedWireEnvironment(chance),
        random: (length) => Uint8Array.from({ length }, () => seed = (seed * 75 + 74) % 65_537 & 255),
      };
      const client = new ClientHandshake(environment, { form });
      const server = new ServerHandshake(environment);
      for (const piece of cut(client.takeOutput() ?? bytes(), there)) {
        assertEquals(server.receive(piece), piece.length);
      }
      for (const piece of cut(server.takeOutput() ?? bytes(), back)) {
        assertEquals(client.receive(piece), piece.length);
      }
      assert(client.done && !server.done);
      const rest = client.takeOutput() ?? bytes();
      assertEquals(server.receive(bytes(rest, new Uint8Array(behind))), rest.length);
      assert(server.done);
      assertEquals(server.receive(new Uint8Array(behind)), 0);
    }),
    { numRuns: 150 },
  );
});

Deno.test("any fmt and chunk stream id come back from their shortest basic header", () => {
  const ids = fc.oneof(fc.constantFrom(2, 63, 64, 319, 320, 65_599), fc.integer({ min: 2, max: 65_599 }));
  fc.assert(fc.property(fc.nat(3), ids, fc.nat(5), (fmt, id, at) => {
    const target = new Uint8Array(at + 3);
    const end = writeBasicHeader(target, at, fmt, id);
    const first = target[at] ?? 0;
    assertEquals(end - at, basicHeaderSizeOf(id));
    assertEquals([first >> 6, basicHeaderSize(first)], [fmt, end - at]);
    assertEquals(readChunkStreamId(new DataView(target.buffer), at), id);
  }));
});

const controls: fc.Arbitrary<Control> = fc.oneof(
  fc.record({
    kind: fc.constant("setChunkSize" as const),
    chunkSize: fc.integer({ min: 128, max: 0xffffff }),
  }),
  fc.record({ kind: fc.constant("abort" as const), chunkStreamId: uint32 }),
  fc.record({ kind: fc.constant("acknowledgement" as const), sequenceNumber: uint32 }),
  fc.record({ kind: fc.constant("windowAcknowledgementSize" as const), windowSize: uint32 }),
  fc.record({
    kind: fc.constant("setPeerBandwidth" as const),
    windowSize: uint32,
    limit: fc.constantFrom("hard" as const, "soft" as const, "dynamic" as const),
  }),
  fc.record({
    kind: fc.constantFrom("streamBegin", "streamEof", "streamDry", "streamIsRecorded"),
    streamId: uint32,
  }),
  fc.record({ kind: fc.constant("setBufferLength" as const), streamId: uint32, bufferMs: uint32 }),
  fc.record({ kind: fc.constantFrom("pingRequest" as const, "pingResponse" as const), timestamp: uint32 }),
  fc.record({
    kind: fc.constant("unknownUserControl" as const),
    eventType: fc.integer({ min: 8, max: 0xffff }),
    data: fc.uint8Array({ maxLength: 20 }).map((data) => Uint8Array.from(data)),
  }),
);

Deno.test("any control message comes back from its bytes", () => {
  fc.assert(
    fc.property(controls, (control) => assertEquals(decodeControl(encodeControl(control)), control)),
    { numRuns: 500 },
  );
});

const text = fc.string({ unit: "grapheme", maxLength: 20 });
const plainValue = fc.oneof(fc.double(), fc.boolean(), text, fc.constant(null), fc.constant(undefined));

Deno.test("any command and any data message come back from their bytes, in AMF3's wrapper too", () => {
  const values = fc.array(plainValue, { maxLength: 6 });
  const address = fc.record({ streamId: fc.nat(3), chunkStreamId: fc.integer({ min: 2, max: 65_599 }) });
  fc.assert(
    fc.property(text, fc.double({ noNaN: true }), values, address, (name, transactionId, args, to) => {
      const command = encodeCommand({ name, transactionId, args }, to);
      assertEquals(decodeCommand(command), { name, transactionId, args });
      const wrapped = { ...command, typeId: MessageType.CommandAmf3, payload: bytes(0, command.payload) };
      assertEquals(decodeCommand(wrapped), { name, transactionId, args });
      assertEquals(decodeData(encodeData({ name, values: args }, to)), { name, values: args });
    }),
  );
});

/** AMF3's integer of 29 bits: seven bits a byte, eight in a fourth. */
function uint29(value: number): number[] {
  if (value < 0x80) return [value];
  if (value < 0x4000) return [value >> 7 | 0x80, value & 0x7f];
  if (value < 0x200000) return [value >> 14 | 0x80, value >> 7 & 0x7f | 0x80, value & 0x7f];
  return [value >> 22 | 0x80, value >> 15 & 0x7f | 0x80, value >> 8 & 0x7f | 0x80, value & 0xff];
}

function amf3Text(value: string): number[] {
  const utf8 = new TextEncoder().encode(value);
  return [...uint29(utf8.length << 1 | 1), ...utf8];
}

/** A value as AMF3 §3 writes it, without references. */
function amf3(value: Amf0Value): number[] {
  if (value === undefined) return [0x00];
  if (value === null) return [0x01];
  if (typeof value === "boolean") return [value ? 0x03 : 0x02];
  if (typeof value === "string") return [0x06, ...amf3Text(value)];
  if (typeof value === "number") {
    if (Number.isInteger(value) && Math.abs(value) < 0x10000000 && !Object.is(value, -0)) {
      return [0x04, ...uint29(value & 0x1fffffff)];
    }
    const double = new Uint8Array(8);
    new DataView(double.buffer).setFloat64(0, value);
    return [0x05, ...double];
  }
  if (Array.isArray(value)) return [0x09, ...uint29(value.length << 1 | 1), 0x01, ...value.flatMap(amf3)];
  if (!(value instanceof Amf0Object)) throw new TypeError("Cannot write this value");
  const members = [...value].flatMap(([name, member]) => [...amf3Text(name), ...amf3(member)]);
  return [0x0a, 0x0b, 0x01, ...members, 0x01];
}

const integers = fc.oneof(
  fc.constantFrom(0, 127, 128, 0x3fff, 0x4000, 0x1fffff, 0x200000, 0x0fffffff, -1, -0x0fffffff),
  fc.integer({ min: -0x0fffffff, max: 0x0fffffff }),
);
const amf3Values = fc.letrec<{ value: Amf0Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    plainValue,
    integers,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 5 }), tie("value")), {
      maxLength: 4,
      selector: ([name]) => name,
    }).map((members) => new Amf0Object(members)),
  ),
})).value;

Deno.test("any AMF3 values behind AVM+ markers are what AMF0 has for them", () => {
  const limits = { ...DEFAULT_WIRE_LIMITS, maxAmfNodes: 100_000 };
  fc.assert(
    fc.property(fc.array(amf3Values, { maxLength: 4 }), (values) => {
      assertEquals(decodeAmf0(bytes(...values.map((value) => [0x11, ...amf3(value)])), limits), values);
    }),
    { numRuns: 300 },
  );
});

Deno.test("any parts of an aggregate come back, on the aggregate's own time line", () => {
  const part = fc.record({
    typeId: fc.constantFrom(MessageType.Audio, MessageType.Video, MessageType.DataAmf0, MessageType.DataAmf3),
    payload: fc.uint8Array({ minLength: 1, maxLength: 300 }).map((payload) => Uint8Array.from(payload)),
    timestamp: uint32,
  });
  const parts = fc.array(part, { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(parts, uint32, fc.boolean(), (sent, timestamp, endsWithPointer) => {
    const body = sent.flatMap(({ typeId, payload, timestamp: at }, i) => [
      ...[
        typeId,
        ...bigEndian(payload.length, 3),
        ...bigEndian(at % 0x1000000, 3),
        Math.floor(at / 0x1000000),
      ],
      ...[0, 0, 0, ...payload],
      ...(endsWithPointer || i < sent.length - 1 ? bigEndian(payload.length + 11, 4) : []),
    ]);
    const aggregate = { typeId: MessageType.Aggregate, timestamp, streamId: 1, chunkStreamId: 6 };
    const first = sent[0]?.timestamp ?? 0;
    assertEquals(
      splitAggregate({ ...aggregate, payload: Uint8Array.from(body) }),
      sent.map(({ typeId, payload, timestamp: at }) => ({
        typeId,
        timestamp: (timestamp + at - first) >>> 0,
        streamId: 1,
        chunkStreamId: 6,
        payload,
      })),
    );
  }));
});
