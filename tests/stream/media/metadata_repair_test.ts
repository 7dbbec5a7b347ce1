/**
 * Metadata in a form that ffmpeg can read; what it can read already is left alone.
 *
 * @module
 */
import fc from "fast-check";
import { repairMetadata } from "../../../stream/media/metadata_repair.ts";
import { Amf0Date, Amf0EcmaArray, Amf0Object, decodeAmf0, encodeAmf0 } from "../../../rtmp/wire/amf0.ts";
import { assert, assertEquals, assertStrictEquals } from "../../support/assert.ts";

/** onMetaData as a string: marker, length, text. */
const NAME = [2, 0, 10, ...new TextEncoder().encode("onMetaData")];
/** An ECMA array that announces two members. */
const ECMA = [8, 0, 0, 0, 2];
const OBJECT = [3];
/** w: 320 */
const WIDTH = [0, 1, 0x77, 0, 0x40, 0x74, 0, 0, 0, 0, 0, 0];
/** The name b; its value follows. */
const B = [0, 1, 0x62];
const END = [0, 0, 9];

const REPAIRED = encodeAmf0(["onMetaData", Amf0EcmaArray.of({ w: 320 })]);

const BROKEN: readonly { readonly name: string; readonly bytes: readonly number[] }[] = [
  { name: "an undefined value", bytes: [...ECMA, ...WIDTH, ...B, 6, ...END] },
  { name: "an unsupported value", bytes: [...ECMA, ...WIDTH, ...B, 13, ...END] },
  { name: "a reference", bytes: [...ECMA, ...WIDTH, ...B, 7, 0, 0, ...END] },
  { name: "a value in AMF3", bytes: [...ECMA, ...WIDTH, ...B, 0x11, 4, 5, ...END] },
  { name: "a movie clip, which nobody can skip", bytes: [...ECMA, ...WIDTH, ...B, 4, ...END] },
  { name: "no end marker", bytes: [...ECMA, ...WIDTH] },
  { name: "no end marker after all announced members", bytes: [8, 0, 0, 0, 1, ...WIDTH] },
  { name: "an end inside of a number", bytes: [...ECMA, ...WIDTH, ...B, 0, 0x40] },
  { name: "an end inside of a name", bytes: [...ECMA, ...WIDTH, 0, 9, 0x62] },
  { name: "a value after the array", bytes: [...ECMA, ...WIDTH, ...END, 6] },
  { name: "bytes after the array", bytes: [...ECMA, ...WIDTH, ...END, 0x99, 1, 2] },
];
for (const { name, bytes } of BROKEN) {
  Deno.test(`repairMetadata() keeps what can be read where there is ${name}`, () => {
    assertEquals(repairMetadata(Uint8Array.from([...NAME, ...bytes])), REPAIRED);
  });
}

Deno.test("repairMetadata() keeps an object without its end an object", () => {
  const payload = repairMetadata(Uint8Array.from([...NAME, ...OBJECT, ...WIDTH, ...B, 6]));
  assertEquals(payload, encodeAmf0(["onMetaData", Amf0Object.of({ w: 320 })]));
});

Deno.test("repairMetadata() repairs what is nested, and keeps the places in an array", () => {
  const inner = Amf0Object.of({ a: undefined, c: 1, list: [1, undefined, 3] });
  const payload = repairMetadata(encodeAmf0(["onMetaData", Amf0EcmaArray.of({ inner })]));
  const repaired = Amf0Object.of({ c: 1, list: [1, null, 3] });
  assertEquals(decodeAmf0(payload), ["onMetaData", Amf0EcmaArray.of({ inner: repaired })]);
});

Deno.test("repairMetadata() makes plain values of typed objects and XML", () => {
  // typed object: class name, members; XML document: length in four bytes
  const typed = [0x10, 0, 1, 0x78, ...WIDTH, ...END];
  const xml = [0x0f, 0, 0, 0, 2, 0x3c, 0x61];
  const bytes = Uint8Array.from([...NAME, ...ECMA, ...B, ...typed, 0, 1, 0x78, ...xml, ...END]);
  const members = Amf0EcmaArray.of({ b: Amf0Object.of({ w: 320 }), x: "<a" });
  assertEquals(decodeAmf0(repairMetadata(bytes)), ["onMetaData", members]);
});

Deno.test("repairMetadata() returns what is right as it is, byte for byte", () => {
  const every = { n: 1, yes: true, text: "x", long: "x".repeat(70_000), none: null, list: [1, "a"] };
  const nested = { ...every, when: new Amf0Date(0), inner: Amf0Object.of(every) };
  for (const values of [Amf0Object.of(nested), Amf0EcmaArray.of(nested), "text", 5]) {
    const payload = encodeAmf0(["onMetaData", values]);
    assertStrictEquals(repairMetadata(payload), payload);
  }
  // a text in Latin-1, and an array that announces fewer members than it has
  const latin1 = Uint8Array.from([...NAME, 8, 0, 0, 0, 0, 0, 1, 0xfc, 2, 0, 1, 0xfc, ...END]);
  assertStrictEquals(repairMetadata(latin1), latin1);
});

Deno.test("repairMetadata() leaves alone what is larger than what is decoded, and what has no value", () => {
  const many = encodeAmf0([
    "onMetaData",
    Amf0EcmaArray.of({ list: new Array<undefined>(5000).fill(undefined) }),
  ]);
  assertStrictEquals(repairMetadata(many), many);
  const empty = encodeAmf0(["onMetaData"]);
  assertStrictEquals(repairMetadata(empty), empty);
});

Deno.test("repairMetadata() leaves alone what would not fit: a name that is longer in UTF-8", () => {
  const name = new Uint8Array(40_000).fill(0xfc);
  const bytes = Uint8Array.from([
    ...NAME,
    ...ECMA,
    name.length >> 8,
    name.length & 0xff,
    ...name,
    6,
    ...WIDTH,
  ]);
  assert(repairMetadata(bytes).length > 0);
  const kept = Uint8Array.from([...NAME, ...ECMA, name.length >> 8, name.length & 0xff, ...name, 5, ...B, 6]);
  assertStrictEquals(repairMetadata(kept), kept);
});

Deno.test("repairMetadata() makes no more of a body than a few times its size, whatever refers to what", () => {
  const text = [0, 1, 0x74, 12, 0, 0, 0x40, 0, ...new Array<number>(0x4000).fill(0x61)];
  const references = Array.from({ length: 2000 }, (_, i) => [0, 2, i >> 8, i & 0xff, 7, 0, 0]).flat();
  const bytes = Uint8Array.from([...NAME, ...ECMA, ...text, ...references, ...END]);
  assert(repairMetadata(bytes).length <= bytes.length);
});

Deno.test("repairMetadata() gives what needs no repair, whatever it is given", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(ECMA, OBJECT), (rest, start) => {
    const repaired = repairMetadata(Uint8Array.from([...NAME, ...start, ...WIDTH, ...rest]));
    assertStrictEquals(repairMetadata(repaired), repaired);
  }));
});
