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
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "../../support/assert.ts";
import { bytes } from "../../support/bytes.ts";

const END = [0x00, 0x00, 0x09]; // empty name, object end marker
const LONG = "é".repeat(40_000); // 80,000 bytes of UTF-8

/** AMF0 1.0 §2.2 to §2.18, each written and read. */
const GOLDEN: readonly { name: string; bytes: Uint8Array<ArrayBuffer>; value: Amf0Value }[] = [
  { name: "number 1", bytes: bytes(0x00, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0), value: 1 },
  { name: "number NaN", bytes: bytes(0x00, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0), value: NaN },
  { name: "boolean true", bytes: bytes(0x01, 0x01), value: true },
  { name: "boolean false", bytes: bytes(0x01, 0x00), value: false },
  { name: "string", bytes: bytes(0x02, 0x00, 0x04, "live"), value: "live" },
  { name: "empty string", bytes: bytes(0x02, 0x00, 0x00), value: "" },
  { name: "string beyond ASCII", bytes: bytes(0x02, 0x00, 0x03, 0x61, 0xc3, 0xa9), value: "aé" },
  {
    name: "string of 300 bytes",
    bytes: bytes(0x02, 0x01, 0x2c, "x".repeat(300)),
    value: "x".repeat(300),
  },
  {
    name: "string whose length only UTF-8 tells",
    bytes: bytes(0x02, 0x75, 0x30, "x".repeat(30_000)),
    value: "x".repeat(30_000),
  },
  {
    name: "long string",
    bytes: bytes(0x0c, 0x00, 0x01, 0x38, 0x80, new TextEncoder().encode(LONG)),
    value: LONG,
  },
  { name: "null", bytes: bytes(0x05), value: null },
  { name: "undefined", bytes: bytes(0x06), value: undefined },
  { name: "unsupported", bytes: bytes(0x0d), value: new Amf0Unsupported() },
  {
    name: "object",
    bytes: bytes(0x03, 0x00, 0x01, "a", 0x05, 0x00, 0x02, "bc", 0x01, 0x01, END),
    value: Amf0Object.of({ a: null, bc: true }),
  },
  { name: "empty object", bytes: bytes(0x03, END), value: new Amf0Object() },
  {
    name: "object with an empty name",
    bytes: bytes(0x03, 0x00, 0x00, 0x05, END),
    value: Amf0Object.of({ "": null }),
  },
  {
    name: "object with JavaScript's own names",
    bytes: bytes(0x03, 0x00, 0x09, "__proto__", 0x05, END),
    value: new Amf0Object([["__proto__", null]]),
  },
  {
    name: "ECMA array",
    bytes: bytes(0x08, 0, 0, 0, 1, 0x00, 0x01, "a", 0x06, END),
    value: Amf0EcmaArray.of({ a: undefined }),
  },
  {
    name: "strict array",
    bytes: bytes(0x0a, 0, 0, 0, 2, 0x05, 0x0a, 0, 0, 0, 0),
    value: [null, []],
  },
  {
    name: "date",
    // 86,400,000 ms as a double, time zone -60
    bytes: bytes(0x0b, 0x41, 0x94, 0x99, 0x70, 0, 0, 0, 0, 0xff, 0xc4),
    value: new Amf0Date(86_400_000, -60),
  },
  { name: "XML document", bytes: bytes(0x0f, 0, 0, 0, 4, "<a/>"), value: new Amf0Xml("<a/>") },
  {
    name: "typed object",
    bytes: bytes(0x10, 0x00, 0x01, "C", 0x00, 0x01, "a", 0x05, END),
    value: new Amf0TypedObject("C", [["a", null]]),
  },
];

for (const { name, bytes: golden, value } of GOLDEN) {
  Deno.test(`decodeAmf0() reads the ${name}, alone and in front of another`, () => {
    assertEquals(decodeAmf0(golden), [value]);
    assertEquals(decodeAmf0(bytes(golden, 0x05)), [value, null]);
  });

  Deno.test(`encodeAmf0() writes the ${name}`, () => {
    assertEquals(encodeAmf0([value]), golden);
    assertEquals(encodeAmf0([null, value]), bytes(0x05, golden));
  });

  Deno.test(`decodeAmf0() refuses every cut of the ${name}`, () => {
    const step = Math.max(1, Math.floor(golden.length / 50));
    for (let length = 1; length < golden.length; length += step) {
      if (value instanceof Amf0EcmaArray && length === golden.length - END.length) continue; // tested below
      const error = assertThrows(() => decodeAmf0(golden.subarray(0, length)), ProtocolError);
      assertEquals(error.code, ProtocolErrorCode.Amf0);
    }
  });
}

Deno.test("decodeAmf0() keeps the class name of a typed object", () => {
  const [value] = decodeAmf0(bytes(0x10, 0x00, 0x01, "C", END));
  assertInstanceOf(value, Amf0TypedObject);
  assertEquals(value.className, "C");
});

Deno.test("decodeAmf0() reads nothing from nothing", () => {
  assertEquals(decodeAmf0(new Uint8Array()), []);
});

Deno.test("decodeAmf0() takes any non-zero byte for true", () => {
  assertEquals(decodeAmf0(bytes(0x01, 0xff)), [true]);
});

Deno.test("decodeAmf0() does not believe the count of an ECMA array", () => {
  const member = [0x00, 0x01, 0x61, 0x05];
  assertEquals(decodeAmf0(bytes(0x08, 0, 0, 0, 0, member, END)), [Amf0EcmaArray.of({ a: null })]);
  assertEquals(decodeAmf0(bytes(0x08, 0xff, 0xff, 0xff, 0xff, member, END)), [
    Amf0EcmaArray.of({ a: null }),
  ]);
});

Deno.test("decodeAmf0() lets an ECMA array end with the body once its count is reached", () => {
  const member = [0x00, 0x01, 0x61, 0x05];
  assertEquals(decodeAmf0(bytes(0x08, 0, 0, 0, 1, member)), [Amf0EcmaArray.of({ a: null })]);
  assertThrows(() => decodeAmf0(bytes(0x08, 0, 0, 0, 2, member)), ProtocolError, "string length");
});

Deno.test("decodeAmf0() resolves references in the order in which objects began", () => {
  // [ {a: []}, ref 0 -> the outer array is unfinished; ref 1 -> the object; ref 2 -> the inner array ]
  const object = [0x03, 0x00, 0x01, 0x61, 0x0a, 0, 0, 0, 0, ...END];
  const inner = Amf0Object.of({ a: [] });
  assertEquals(decodeAmf0(bytes(0x0a, 0, 0, 0, 3, object, 0x07, 0, 1, 0x07, 0, 2)), [[inner, inner, []]]);
  assertEquals(decodeAmf0(bytes(object, 0x07, 0, 0)), [inner, inner]);
});

Deno.test("decodeAmf0() refuses references to nothing and to what is unfinished", () => {
  assertThrows(() => decodeAmf0(bytes(0x07, 0, 0)), ProtocolError, "reference 0");
  assertThrows(() => decodeAmf0(bytes(0x0a, 0, 0, 0, 1, 0x07, 0, 0)), ProtocolError, "reference 0");
});

Deno.test("decodeAmf0() refuses types that nobody may send", () => {
  for (const marker of [0x04, 0x0e, 0x09, 0x12, 0xff]) {
    const error = assertThrows(
      () => decodeAmf0(bytes(marker, 0, 0, 0, 0)),
      ProtocolError,
      "is not supported",
    );
    assertEquals(error.code, ProtocolErrorCode.Amf0);
  }
});

Deno.test("decodeAmf0() refuses a strict array that cannot fit before it makes room", () => {
  assertThrows(() => decodeAmf0(bytes(0x0a, 0xff, 0xff, 0xff, 0xff, 0x05)), ProtocolError, "cannot fit");
});

Deno.test("decodeAmf0() refuses strings that are no UTF-8, or reads them as Latin-1", () => {
  for (const text of ["caf\xe9", "a much longer text with one caf\xe9 in it"]) {
    const encoded = bytes(0x02, 0x00, text.length, text);
    const error = assertThrows(() => decodeAmf0(encoded), ProtocolError, "is not UTF-8");
    assertEquals(error.code, ProtocolErrorCode.Amf0);
    assertEquals(decodeAmf0(encoded, DEFAULT_WIRE_LIMITS, { text: "latin1" }), [text]);
  }
});

Deno.test("decodeAmf0() keeps a byte order mark and NUL", () => {
  assertEquals(decodeAmf0(bytes(0x02, 0, 4, 0xef, 0xbb, 0xbf, 0)), ["\ufeff\0"]);
});

Deno.test("decodeAmf0() nests to maxAmfDepth and no deeper", () => {
  const nest = (levels: number) => bytes(...Array.from({ length: levels }, () => [0x0a, 0, 0, 0, 1]), 0x05);
  const limits = { ...DEFAULT_WIRE_LIMITS, maxAmfDepth: 3 };
  assertEquals(decodeAmf0(nest(3), limits), [[[[null]]]]);
  const error = assertThrows(() => decodeAmf0(nest(4), limits), ProtocolError, "deeper than 3 levels");
  assertEquals(error.code, ProtocolErrorCode.Limit);
  assertThrows(() => decodeAmf0(nest(10_000)), ProtocolError, "deeper than");
});

Deno.test("decodeAmf0() counts the depth of what a reference points to", () => {
  const limits = { ...DEFAULT_WIRE_LIMITS, maxAmfDepth: 3 };
  // Two levels, then a reference to them from one level and from two.
  const two = [0x0a, 0, 0, 0, 1, 0x0a, 0, 0, 0, 0];
  const one = [0x0a, 0, 0, 0, 1];
  assertEquals(decodeAmf0(bytes(two, one, 0x07, 0, 0), limits), [[[]], [[[]]]]);
  assertThrows(() => decodeAmf0(bytes(two, one, one, 0x07, 0, 0), limits), ProtocolError, "deeper than");
});

Deno.test("decodeAmf0() counts values to maxAmfNodes, those behind references too", () => {
  const limits = { ...DEFAULT_WIRE_LIMITS, maxAmfNodes: 7 };
  const three = [0x0a, 0, 0, 0, 2, 0x05, 0x05];
  assertEquals(decodeAmf0(bytes(three, 0x07, 0, 0), limits).length, 2); // 3 + 1 + 3
  const error = assertThrows(
    () => decodeAmf0(bytes(three, 0x07, 0, 0, 0x05), limits),
    ProtocolError,
    "more than 7 values",
  );
  assertEquals(error.code, ProtocolErrorCode.Limit);
});

Deno.test("decodeAmf0() survives a bomb of references", () => {
  // Each array holds the one before twice: 2^20 values in 200 bytes.
  const bomb: number[] = [0x0a, 0, 0, 0, 0];
  for (let i = 0; i < 20; i++) bomb.push(0x0a, 0, 0, 0, 2, 0x07, 0, i, 0x07, 0, i);
  const limits = { ...DEFAULT_WIRE_LIMITS, maxAmfDepth: 100 };
  assertThrows(() => decodeAmf0(Uint8Array.from(bomb), limits), ProtocolError, "more than 4096 values");
});

Deno.test("decodeAmf0() keeps nothing of its input", () => {
  const input = bytes(0x02, 0, 1, "a");
  const values = decodeAmf0(input);
  input.fill(0xff);
  assertEquals(values, ["a"]);
});

Deno.test("encodeAmf0() grows across its first room at any boundary", () => {
  for (let length = 480; length < 530; length++) {
    const values = ["x".repeat(length), 1, true, null, Amf0Object.of({ key: [1, "ü"] }), new Amf0Date(1)];
    assertEquals(decodeAmf0(encodeAmf0(values)), values);
  }
});

Deno.test("decodeAmf0() bounds the bytes of one string, of a value as of a name", () => {
  const limits = { ...DEFAULT_WIRE_LIMITS, maxAmfStringBytes: 4 };
  assertEquals(decodeAmf0(encodeAmf0(["four", "four"]), limits), ["four", "four"]);
  for (const value of ["fives", "é".repeat(40_000), Amf0Object.of({ fives: 1 }), new Amf0Xml("<xml>")]) {
    const error = assertThrows(() => decodeAmf0(encodeAmf0([value]), limits), ProtocolError);
    assertEquals([error.code, error.limit], [ProtocolErrorCode.Limit, "max_amf_string"]);
  }
  // One that is announced and not there is broken, not too long.
  const cutOff = assertThrows(() => decodeAmf0(bytes(0x02, 0x00, 0x05, "five"), limits), ProtocolError);
  assertEquals(cutOff.code, ProtocolErrorCode.Amf0);
});

Deno.test("encodeAmf0() writes lone surrogates as the replacement character", () => {
  assertEquals(decodeAmf0(encodeAmf0(["\ud800"])), ["\ufffd"]);
});

Deno.test("encodeAmf0() chooses the short form by bytes, not by characters", () => {
  const longestShort = "é".repeat(32_767) + "x"; // 65,535 bytes
  assertEquals(encodeAmf0([longestShort])[0], 0x02);
  assertEquals(encodeAmf0([longestShort + "x"])[0], 0x0c);
  assertEquals(decodeAmf0(encodeAmf0([longestShort])), [longestShort]);
});

Deno.test("encodeAmf0() refuses circles and names that no length can announce", () => {
  const circle = new Amf0Object();
  circle.set("self", circle);
  assertThrows(() => encodeAmf0([circle]), RangeError, "holds itself");
  assertThrows(() => encodeAmf0([Amf0Object.of({ ["n".repeat(65_536)]: 1 })]), RangeError, "65536");
});

Deno.test("Amf0EcmaArray and Amf0TypedObject are Amf0Objects", () => {
  assert(Amf0EcmaArray.of({}) instanceof Amf0Object);
  assert(new Amf0TypedObject("C") instanceof Amf0Object);
});
