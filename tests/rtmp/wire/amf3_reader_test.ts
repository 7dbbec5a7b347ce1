import {
  Amf0Date,
  Amf0EcmaArray,
  Amf0Object,
  Amf0TypedObject,
  Amf0Unsupported,
  type Amf0Value,
  Amf0Xml,
  decodeAmf0,
} from "../../../rtmp/wire/amf0.ts";
import { decodeCommand } from "../../../rtmp/wire/command.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { bytes } from "../../support/bytes.ts";

const AVM_PLUS = 0x11;

/** AMF3 §1.3 and §3, each behind AMF0's AVM+ marker. Lengths and counts stand shifted left, with a low bit of 1. */
const GOLDEN: readonly { name: string; wire: readonly (number | string)[]; value: Amf0Value }[] = [
  { name: "undefined", wire: [0x00], value: undefined },
  { name: "null", wire: [0x01], value: null },
  { name: "false", wire: [0x02], value: false },
  { name: "true", wire: [0x03], value: true },
  { name: "integer of 1 byte", wire: [0x04, 0x7f], value: 127 },
  { name: "integer of 2 bytes", wire: [0x04, 0x81, 0x00], value: 128 },
  { name: "integer of 3 bytes", wire: [0x04, 0xff, 0xff, 0x7f], value: 0x1fffff },
  { name: "highest integer", wire: [0x04, 0xbf, 0xff, 0xff, 0xff], value: 0x0fffffff },
  { name: "lowest integer", wire: [0x04, 0xc0, 0x80, 0x80, 0x00], value: -0x10000000 },
  { name: "integer -1", wire: [0x04, 0xff, 0xff, 0xff, 0xff], value: -1 },
  { name: "double", wire: [0x05, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], value: 1.5 },
  { name: "string", wire: [0x06, 0x09, "live"], value: "live" },
  { name: "empty string", wire: [0x06, 0x01], value: "" },
  { name: "XML document", wire: [0x07, 0x09, "<a/>"], value: new Amf0Xml("<a/>") },
  { name: "XML", wire: [0x0b, 0x09, "<b/>"], value: new Amf0Xml("<b/>") },
  {
    name: "date",
    wire: [0x08, 0x01, 0x41, 0x94, 0x99, 0x70, 0, 0, 0, 0],
    value: new Amf0Date(86_400_000),
  },
  { name: "byte array", wire: [0x0c, 0x05, 0xaa, 0xbb], value: new Amf0Unsupported() },
  { name: "array", wire: [0x09, 0x05, 0x01, 0x04, 0x01, 0x04, 0x02], value: [1, 2] },
  {
    name: "array with names",
    wire: [0x09, 0x03, 0x03, "a", 0x04, 0x07, 0x01, 0x04, 0x08],
    value: Amf0EcmaArray.of({ a: 7, "0": 8 }),
  },
  {
    name: "dynamic object",
    //     object, traits: 0 names, dynamic; no class; "a": 1; end
    wire: [0x0a, 0x0b, 0x01, 0x03, "a", 0x04, 0x01, 0x01],
    value: Amf0Object.of({ a: 1 }),
  },
  {
    name: "object of a class with a sealed member",
    wire: [0x0a, 0x13, 0x03, "C", 0x03, "a", 0x04, 0x01],
    value: new Amf0TypedObject("C", [["a", 1]]),
  },
  {
    name: "array whose strings, traits and objects are referred to",
    wire: [
      ...[0x09, 0x0b, 0x01], // five values
      ...[0x0a, 0x13, 0x01, 0x03, "a", 0x06, 0x03, "x"], // {a: "x"}; texts: "a", "x"; traits: 0; object: 1
      ...[0x0a, 0x01, 0x06, 0x00], // traits 0, {a: text 0}
      ...[0x06, 0x02], // text 1
      ...[0x0a, 0x02], // object 1
      ...[0x09, 0x04], // object 2, an array's marker notwithstanding
    ],
    value: [
      Amf0Object.of({ a: "x" }),
      Amf0Object.of({ a: "a" }),
      "x",
      Amf0Object.of({ a: "x" }),
      Amf0Object.of({ a: "a" }),
    ],
  },
  {
    name: "date that is referred to",
    wire: [0x09, 0x05, 0x01, 0x08, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x02],
    value: [new Amf0Date(0), new Amf0Date(0)],
  },
];

for (const { name, wire, value } of GOLDEN) {
  Deno.test(`decodeAmf0() reads the AMF3 ${name} and goes on in AMF0`, () => {
    assertEquals(decodeAmf0(bytes(AVM_PLUS, ...wire, 0x05)), [value, null]);
  });

  Deno.test(`decodeAmf0() refuses every cut of the AMF3 ${name}`, () => {
    const whole = bytes(AVM_PLUS, ...wire);
    for (let length = 1; length < whole.length; length++) {
      const error = assertThrows(() => decodeAmf0(whole.subarray(0, length)), ProtocolError);
      assertEquals(error.code, ProtocolErrorCode.Amf0);
    }
  });
}

const REFUSED = [
  { name: "vector", wire: [0x0d, 0x01, 0x00], says: "0x0d is not supported" },
  { name: "dictionary", wire: [0x11, 0x01, 0x00], says: "0x11 is not supported" },
  { name: "object that writes itself", wire: [0x0a, 0x07, 0x03, 0x43], says: "writes itself" },
  { name: "text from nowhere", wire: [0x06, 0x00], says: "string reference 0" },
  { name: "object from nowhere", wire: [0x0a, 0x08], says: "reference 4" },
  { name: "traits from nowhere", wire: [0x0a, 0x05], says: "traits reference 1" },
  { name: "circle", wire: [0x09, 0x03, 0x01, 0x09, 0x00], says: "no finished object" },
  { name: "array that cannot fit", wire: [0x09, 0xff, 0xff, 0xff, 0xff, 0x01], says: "cannot fit" },
  { name: "names that cannot fit", wire: [0x0a, 0xff, 0xff, 0xff, 0xfb, 0x01], says: "cannot fit" },
];

for (const { name, wire, says } of REFUSED) {
  Deno.test(`decodeAmf0() refuses an AMF3 ${name}`, () => {
    const error = assertThrows(() => decodeAmf0(bytes(AVM_PLUS, wire)), ProtocolError, says);
    assertEquals(error.code, ProtocolErrorCode.Amf0);
  });
}

Deno.test("decodeAmf0() counts AMF3 values and levels with those of AMF0", () => {
  const nest = [0x0a, 0, 0, 0, 1, AVM_PLUS, 0x09, 0x03, 0x01, 0x09, 0x01, 0x01]; // [[[]]]
  assertEquals(decodeAmf0(bytes(nest), { ...DEFAULT_WIRE_LIMITS, maxAmfDepth: 3, maxAmfNodes: 3 }), [[[[]]]]);
  for (const limits of [{ maxAmfDepth: 2 }, { maxAmfNodes: 2 }]) {
    const error = assertThrows(
      () => decodeAmf0(bytes(nest), { ...DEFAULT_WIRE_LIMITS, ...limits }),
      ProtocolError,
    );
    assertEquals(error.code, ProtocolErrorCode.Limit);
  }
});

Deno.test("decodeAmf0() refuses AMF3 traits with more names than values may follow, before it reads them", () => {
  // 5,000 sealed names, each of them empty: (5000 << 4 | 3) in seven bits a byte.
  const wire = bytes(AVM_PLUS, 0x0a, 0x84, 0xf1, 0x03, 0x01, new Uint8Array(5000).fill(0x01));
  const error = assertThrows(() => decodeAmf0(wire), ProtocolError);
  assertEquals([error.code, error.limit], [ProtocolErrorCode.Limit, "max_amf_nodes"]);
  // One value less than there may be: the names are read, and their values are missing.
  const few = assertThrows(
    () => decodeAmf0(wire, { ...DEFAULT_WIRE_LIMITS, maxAmfNodes: 5001 }),
    ProtocolError,
  );
  assertEquals(few.code, ProtocolErrorCode.Amf0);
});

Deno.test("decodeCommand() reads an AMF3 command with an AMF3 object", () => {
  const payload = bytes(
    ...[0x00, 0x02, 0, 4, "call", 0x00, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x05],
    ...[AVM_PLUS, 0x0a, 0x0b, 0x01, 0x03, "a", 0x03, 0x01],
  );
  const message = { typeId: MessageType.CommandAmf3, timestamp: 0, streamId: 0, chunkStreamId: 3, payload };
  assertEquals(decodeCommand(message), {
    name: "call",
    transactionId: 2,
    args: [null, Amf0Object.of({ a: true })],
  });
});
