/**
 * A source over its publishers: names, headers, GOP cache, time, data.
 *
 * @module
 */
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { encodeData } from "../../../rtmp/wire/command.ts";
import { toMediaMessage } from "../../../rtmp/server/rtmp_format.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals, assertStrictEquals } from "../../support/assert.ts";
import {
  holder,
  interFrame,
  keyFrame,
  liveSource,
  metadataMessage,
  newSource,
  outputOf,
  receiveAll,
  sound,
  soundHeader,
  TestPlayer,
  videoHeader,
} from "../../support/stream/live_stream.ts";

Deno.test("Source.reserve() gives the name to one holder until it is released", () => {
  const source = newSource();
  const first = holder();
  const second = holder();
  assert(source.reserve(first));
  assert(!source.reserve(second));
  assertStrictEquals(source.holder, first);
  source.release(second);
  assertStrictEquals(source.holder, first, "only the holder can release it");
  source.release(first);
  assertEquals(source.holder, undefined);
  assert(source.reserve(second));
});

Deno.test("Source is live from begin() to release(), with no headers of another publish", () => {
  const source = newSource();
  const first = holder();
  source.reserve(first);
  assert(!source.live);
  source.begin();
  assert(source.live);
  receiveAll(source, metadataMessage("m1"), videoHeader("h1"), keyFrame("k1", 0));
  source.release(first);
  assert(!source.live);
  source.reserve(first);
  source.begin();
  assertEquals(new TestPlayer(source).read(), []);
  assertEquals([outputOf(source).cachedGop, outputOf(source).newestGop], [undefined, undefined]);
});

Deno.test("Source keeps its players over a republish: new headers in the stream, time goes on", () => {
  const source = newSource({ timeJitter: "full" });
  const player = new TestPlayer(source);
  const first = holder();
  source.reserve(first);
  source.begin();
  receiveAll(source, metadataMessage("m1"), videoHeader("h1", 0), keyFrame("k1", 0), interFrame("p1", 40));
  source.release(first);
  assertEquals(player.read(), ["m1@0", "h1@0", "k1@0", "p1@40"]);
  source.reserve(holder());
  source.begin();
  receiveAll(
    source,
    metadataMessage("m2"),
    videoHeader("h2", 9000),
    keyFrame("k2", 9000),
    interFrame("p2", 9040),
  );
  assertEquals(player.read(), ["m2@0", "h2@50", "k2@50", "p2@90"]);
});

Deno.test("Source writes times beyond 2^32 modulo 2^32", () => {
  const source = liveSource({ timeJitter: "off" });
  receiveAll(source, sound("a1", 0xffff_fff0), sound("a2", 8));
  const player = new TestPlayer(source);
  receiveAll(source, sound("a3", 31));
  assertEquals(player.read(), ["a3@31"]);
});

Deno.test("Source passes a repeated header on, unless reduceSequenceHeader says otherwise", () => {
  const messages = [
    videoHeader("h1"),
    soundHeader("s1"),
    keyFrame("k1", 0),
    videoHeader("h1", 40),
    soundHeader("s1", 40),
  ];
  const all = liveSource();
  const player = new TestPlayer(all);
  receiveAll(all, ...messages);
  assertEquals(player.read(), ["h1@0", "s1@0", "k1@0", "h1@40", "s1@40"]);

  const reduced = liveSource({ reduceSequenceHeader: true });
  const reducedPlayer = new TestPlayer(reduced);
  receiveAll(reduced, ...messages, videoHeader("h2", 80), soundHeader("s2", 80));
  assertEquals(reducedPlayer.read(), ["h1@0", "s1@0", "k1@0", "h2@80", "s2@80"]);
});

Deno.test("Source passes the header of the next publish on although it is the same", () => {
  const source = newSource({ reduceSequenceHeader: true });
  const player = new TestPlayer(source);
  for (let i = 0; i < 2; i++) {
    source.begin();
    receiveAll(source, videoHeader("h1"));
  }
  assertEquals(player.read(), ["h1@0", "h1@0"]);
});

Deno.test("Source keeps bare, wrapped and AMF3 metadata, and gives it unwrapped to players", () => {
  const address = { streamId: 1, chunkStreamId: 4 };
  const bare = (label: string) =>
    encodeData({ name: "onMetaData", values: [Amf0Object.of({ encoder: label })] }, address);
  const { payload } = metadataMessage("wrapped in AMF3");
  const amf3 = new Uint8Array(payload.length + 1);
  amf3.set(payload, 1);
  const source = liveSource();
  const player = new TestPlayer(source);
  for (
    const message of [
      metadataMessage("wrapped"),
      bare("bare"),
      toMediaMessage({ ...metadataMessage(""), typeId: MessageType.DataAmf3, payload: amf3 }),
    ]
  ) {
    receiveAll(source, message);
    assertEquals(new TestPlayer(source).read().length, 1);
  }
  assertEquals(player.read(), ["wrapped@0", "bare@0", "wrapped in AMF3@0"]);
  assertEquals(new TestPlayer(source).read(), ["wrapped in AMF3@0"]);
});

Deno.test("Source passes other data on without keeping it", () => {
  const source = liveSource();
  const player = new TestPlayer(source);
  const data = encodeData({ name: "onTextData", values: ["hello"] }, { streamId: 1, chunkStreamId: 4 });
  receiveAll(
    source,
    data,
    encodeData({ name: "@clearDataFrame", values: [] }, { streamId: 1, chunkStreamId: 4 }),
  );
  assertEquals(player.read(), ["onTextData@0"]);
  assertEquals(new TestPlayer(source).read(), []);
});

Deno.test("Source gives data the time of the media before it", () => {
  const source = liveSource();
  const player = new TestPlayer(source);
  const text = encodeData({ name: "onTextData", values: ["hello"] }, { streamId: 1, chunkStreamId: 4 });
  receiveAll(source, sound("a", 500), { ...text, timestamp: 7 });
  assertEquals(player.read(), ["a@500", "onTextData@500"]);
});

Deno.test("Source gives metadata the time 0, and its readers' lag goes on as if it had the stream's", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  const player = new TestPlayer(source);
  receiveAll(source, sound("a1", 60_000), metadataMessage("m1", 60_000), sound("a2", 60_020));
  assertEquals(player.read(), ["a1@60000", "m1@0", "a2@60020"]);
  receiveAll(source, metadataMessage("m2", 60_020));
  assertEquals([...outputOf(source).log.entriesSince(player.consumer.position, 0)].slice(1), [60_020]);
  assertEquals(outputOf(source).log.newestTime, 60_020);
  receiveAll(source, sound("a3", 60_040));
  assertEquals([player.read(), player.consumer.jumps], [["m2@0", "a3@60040"], 0]);
});

Deno.test("Source drops empty messages", () => {
  const source = liveSource();
  const player = new TestPlayer(source);
  const empty = new Uint8Array(0);
  receiveAll(source, { ...sound("", 0), payload: empty }, { ...keyFrame("", 0), payload: empty });
  assertEquals([player.read(), outputOf(source).log.head], [[], 0]);
});

Deno.test("Source.cachedGop is the newest key frame; none with gopCache off", () => {
  const source = liveSource();
  receiveAll(source, keyFrame("k1", 0), interFrame("p1", 40), keyFrame("k2", 80), interFrame("p2", 120));
  assertEquals(outputOf(source).cachedGop?.time, 80);
  assertEquals(new TestPlayer(source).read(), ["k2@80", "p2@120"]);

  const off = liveSource({ gopCache: false });
  receiveAll(off, keyFrame("k1", 0));
  assertEquals([outputOf(off).cachedGop, outputOf(off).newestGop?.time], [undefined, 0]);
});

Deno.test("Source.cachedGop is given up above gopCacheMaxFrames, until the next key frame", () => {
  const source = liveSource({ gopCacheMaxFrames: 3 });
  receiveAll(source, keyFrame("k1", 0), interFrame("p1", 40), sound("a1", 50));
  assertEquals(outputOf(source).cachedGop?.time, 0);
  receiveAll(source, interFrame("p2", 80));
  assertEquals(outputOf(source).cachedGop, undefined);
  receiveAll(source, keyFrame("k2", 120));
  assertEquals(outputOf(source).cachedGop?.time, 120);
  // Of one message only the key frame itself is kept.
  const shortest = liveSource({ gopCacheMaxFrames: 1 });
  receiveAll(shortest, keyFrame("k1", 0));
  assertEquals(outputOf(shortest).cachedGop?.time, 0);
  receiveAll(shortest, interFrame("p1", 40));
  assertEquals(outputOf(shortest).cachedGop, undefined);
});

Deno.test("Source gives up a GOP that is longer than the permitted lag, and its memory", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  receiveAll(source, videoHeader("h"), keyFrame("k", 0));
  for (let i = 1; i <= 300; i++) receiveAll(source, interFrame(`p${i}`, i * 40, 30_000));
  assertEquals(outputOf(source).cachedGop, undefined);
  assert(
    outputOf(source).log.heldBytes <= 3 * 1024 * 1024,
    `${outputOf(source).log.heldBytes} bytes are held`,
  );
  const player = new TestPlayer(source);
  assertEquals(player.read(), ["h@0"]);
  receiveAll(source, interFrame("p", 12_040));
  assertEquals([player.read(), player.consumer.jumps], [["p@12040"], 0]);
});

Deno.test("Source bounds its memory by maxLagBytes although a player reads nothing", () => {
  const source = liveSource({ maxLagBytes: 1_000_000 });
  const player = new TestPlayer(source);
  for (let i = 0; i < 1000; i++) {
    receiveAll(source, i % 50 === 0 ? keyFrame("k", i, 10_000) : interFrame("p", i, 10_000));
  }
  assert(
    outputOf(source).log.heldBytes <= 4 * 1024 * 1024,
    `${outputOf(source).log.heldBytes} bytes are held`,
  );
  assertEquals(player.read().at(0), "k@950");
});

Deno.test("Source begins GOPs at the key frames of the lowest track that has any", () => {
  const source = liveSource();
  const track = (id: number) => Uint8Array.of(0x96, 0x01, 0x68, 0x76, 0x63, 0x31, id, 0);
  const times = [[2, 0], [3, 20], [0, 40], [2, 60], [0, 80]].map(([id = 0, time = 0]) => {
    receiveAll(source, { ...keyFrame("", time), payload: track(id) });
    return outputOf(source).cachedGop?.time;
  });
  assertEquals(times, [0, 0, 0, 0, 80], "the first group begins with the first key frame of any track");
  source.begin();
  receiveAll(source, { ...keyFrame("", 100), payload: track(1) });
  assert(outputOf(source).cachedGop !== undefined, "the next publish has tracks of its own");
});

Deno.test("Source lets a player join at the first key frame of a group, so that each track begins with one", () => {
  const source = liveSource();
  const second = (label: string, time: number, isKey: boolean) => {
    const payload = Uint8Array.of(isKey ? 0x96 : 0xa6, 0x03, 0x61, 0x76, 0x63, 0x31, 1, 0);
    const text = new TextEncoder().encode(label);
    const message = keyFrame("", time, 13 + text.length);
    message.payload.set(payload);
    return message;
  };
  const seen = (player: TestPlayer) => player.read().map((label) => label.slice(label.indexOf("@") + 1));
  // The key frames of track 1 come two frames before those of track 0.
  for (let n = 0; n < 125; n++) {
    const time = n * 40;
    receiveAll(source, second("", time, n % 50 === 0));
    receiveAll(source, n % 50 === 2 ? keyFrame(`k${n}`, time) : interFrame(`p${n}`, time));
    if (n === 101) assertEquals(seen(new TestPlayer(source))[0], "2000", "of the next group one is missing");
  }
  assertEquals(outputOf(source).cachedGop?.time, 4000);
  assertEquals(seen(new TestPlayer(source)).length, 50);
});

Deno.test("Source begins no GOP in the middle of a picture whose slices come one by one", () => {
  const source = liveSource();
  receiveAll(source, keyFrame("k1a", 0), keyFrame("k1b", 0), interFrame("p1", 40));
  receiveAll(source, keyFrame("k2a", 80), sound("s", 80), keyFrame("k2b", 80), keyFrame("k2c", 80));
  assertEquals(new TestPlayer(source).read(), ["k2a@80", "s@80", "k2b@80", "k2c@80"]);
});

Deno.test("Source lets a slow player of Enhanced RTMP go on at the newest key frame, with what changed", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  const enhanced = (label: string, timestamp: number, first: number) => {
    const message = keyFrame(label, timestamp);
    message.payload.set([first, 0x68, 0x76, 0x63, 0x31]);
    return message;
  };
  receiveAll(source, enhanced("h1", 0, 0x90), enhanced("k1", 0, 0x93));
  const player = new TestPlayer(source);
  assertEquals(player.read(), ["h1@0", "k1@0"]);
  receiveAll(source, enhanced("p1", 400, 0xa3), enhanced("colours", 800, 0x94), enhanced("k2", 900, 0x93));
  receiveAll(source, enhanced("p2", 1800, 0xa3), enhanced("k3", 2500, 0x93), enhanced("p3", 2540, 0xa3));
  assertEquals(player.read(), ["h1@2500", "colours@2500", "k3@2500", "p3@2540"]);
  assertEquals(player.consumer.jumps, 1);
});
