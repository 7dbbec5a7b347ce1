/**
 * Data messages: unwrapped, named, and understood as far as a log line needs.
 *
 * @module
 */
import fc from "fast-check";
import { readDataMessage, readMetadataFacts } from "../../../stream/media/data_message.ts";
import { Amf0EcmaArray, Amf0Object, type Amf0Value, encodeAmf0 } from "../../../rtmp/wire/amf0.ts";
import { toMediaMessage } from "../../../rtmp/server/rtmp_format.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals } from "../../support/assert.ts";

function dataMessage(payload: Uint8Array<ArrayBuffer>, typeId: number = MessageType.DataAmf0) {
  return toMediaMessage({ typeId, timestamp: 0, streamId: 1, chunkStreamId: 4, payload }).payload;
}

function read(...values: Amf0Value[]) {
  return readDataMessage(dataMessage(encodeAmf0(values)));
}

const VALUES = Amf0Object.of({ width: 1280 });
const BARE = { name: "onMetaData", payload: encodeAmf0(["onMetaData", VALUES]) };

Deno.test("readDataMessage() takes the publisher's wrapper off", () => {
  assertEquals(read("@setDataFrame", "onMetaData", VALUES), BARE);
});

Deno.test("readDataMessage() passes bare metadata as it is", () => {
  assertEquals(read("onMetaData", VALUES), BARE);
});

Deno.test("readDataMessage() takes AMF3's format byte off", () => {
  const amf0 = encodeAmf0(["@setDataFrame", "onMetaData", VALUES]);
  const amf3 = new Uint8Array(amf0.length + 1);
  amf3.set(amf0, 1);
  const data = readDataMessage(dataMessage(amf3, MessageType.DataAmf3));
  assertEquals({ ...data, payload: data?.payload.slice() }, BARE);
});

Deno.test("readDataMessage() takes AMF3 data without its format byte", () => {
  const payload = encodeAmf0(["@setDataFrame", "onMetaData", VALUES]);
  const data = readDataMessage(dataMessage(payload, MessageType.DataAmf3));
  assertEquals({ ...data, payload: data?.payload.slice() }, BARE);
});

Deno.test("readDataMessage() names other data, wrapped or not", () => {
  assertEquals(read("onTextData", VALUES)?.name, "onTextData");
  assertEquals(read("@setDataFrame", "onCuePoint", VALUES)?.name, "onCuePoint");
});

Deno.test("readDataMessage() leaves nothing of an empty body, an empty wrapper and @clearDataFrame", () => {
  assertEquals(readDataMessage(dataMessage(new Uint8Array(0))), undefined);
  assertEquals(readDataMessage(dataMessage(new Uint8Array(1), MessageType.DataAmf3)), undefined);
  assertEquals(read("@setDataFrame"), undefined);
  assertEquals(read("@clearDataFrame", "onMetaData"), undefined);
});

Deno.test("readDataMessage() passes on what begins with no name", () => {
  const payload = encodeAmf0([VALUES]);
  assertEquals(readDataMessage(dataMessage(payload)), { name: "", payload });
  const cut = Uint8Array.of(2, 0, 9, 0x6f);
  assertEquals(readDataMessage(dataMessage(cut)), { name: "", payload: cut });
  assertEquals(read("@setDataFrame", VALUES), { name: "", payload });
});

Deno.test("readDataMessage() passes over values before the publisher's wrapper that are not strings", () => {
  const most = new Array<number>(8).fill(0);
  for (const before of [[0, 0], [null], [undefined, true, VALUES], [[1, 2]], most] satisfies Amf0Value[][]) {
    assertEquals(read(...before, "@setDataFrame", "onMetaData", VALUES), BARE);
    assertEquals(read(...before, "@clearDataFrame", "onMetaData"), undefined);
  }
});

Deno.test("readDataMessage() keeps values before any other name, and more of them than anybody sends", () => {
  for (const values of [[0, "onTextData"], [0, 0], [...new Array<number>(9).fill(0), "@setDataFrame", "x"]]) {
    const payload = encodeAmf0(values);
    assertEquals(readDataMessage(dataMessage(payload)), { name: "", payload });
  }
});

Deno.test("readDataMessage() repairs metadata and nothing else", () => {
  const broken = Amf0EcmaArray.of({ width: 1280, level: undefined });
  const repaired = {
    name: "onMetaData",
    payload: encodeAmf0(["onMetaData", Amf0EcmaArray.of({ width: 1280 })]),
  };
  assertEquals(read("@setDataFrame", "onMetaData", broken), repaired);
  assertEquals(read("onMetaData", broken), repaired);
  assertEquals(read("onCuePoint", broken)?.payload, encodeAmf0(["onCuePoint", broken]));
});

Deno.test("readDataMessage() takes any bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (bytes, isAmf3) => {
    const typeId = isAmf3 ? MessageType.DataAmf3 : MessageType.DataAmf0;
    const data = readDataMessage(dataMessage(Uint8Array.from([2, 0, ...bytes]), typeId));
    assert(data === undefined || data.payload.length <= bytes.length + 2);
  }));
});

const FACTS: readonly { name: string; values: Amf0Value[]; facts: ReturnType<typeof readMetadataFacts> }[] = [
  {
    name: "an object",
    values: [Amf0Object.of({ width: 1280, height: 720, framerate: 29.97002997, encoder: "obs" })],
    facts: { width: 1280, height: 720, fps: 29.97, encoder: "obs" },
  },
  {
    name: "an ECMA array",
    values: [Amf0EcmaArray.of({ width: 64, height: 48 })],
    facts: { width: 64, height: 48 },
  },
  {
    name: "another name of the frame rate",
    values: [Amf0Object.of({ videoframerate: 25 })],
    facts: { fps: 25 },
  },
  {
    name: "values of wrong types",
    values: [Amf0Object.of({ width: "1280", height: true, encoder: 5 })],
    facts: {},
  },
  {
    name: "numbers without meaning",
    values: [Amf0Object.of({ width: NaN, height: -1, framerate: 0 })],
    facts: {},
  },
  {
    name: "an endless encoder",
    values: [Amf0Object.of({ encoder: "x".repeat(500) })],
    facts: { encoder: "x".repeat(100) },
  },
  { name: "no object", values: [null], facts: {} },
];
for (const { name, values, facts } of FACTS) {
  Deno.test(`readMetadataFacts() reads ${name}`, () => {
    assertEquals(readMetadataFacts(encodeAmf0(["onMetaData", ...values])), facts);
  });
}

Deno.test("readMetadataFacts() reads metadata with a text in Latin-1", () => {
  const payload = encodeAmf0(["onMetaData", Amf0Object.of({ title: "Gr?n", width: 1280, encoder: "x" })]);
  payload[payload.indexOf("?".charCodeAt(0))] = 0xfc;
  assertEquals(readMetadataFacts(payload), { width: 1280, encoder: "x" });
});

Deno.test("readMetadataFacts() finds nothing in what cannot be decoded", () => {
  assertEquals(readMetadataFacts(Uint8Array.of(2, 0, 200, 1)), {});
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    readMetadataFacts(bytes);
  }));
});
