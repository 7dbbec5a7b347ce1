/**
 * A source in several formats: made for their first players, shared, dropped, and fed alike.
 *
 * @module
 */
import { FLV_FORMAT } from "../../../stream/media/flv_format.ts";
import type { StreamMessage } from "../../../stream/media/media_message.ts";
import { assert, assertEquals, assertStrictEquals } from "../../support/assert.ts";
import { FlvTestPlayer } from "../../support/stream/flv_test_player.ts";
import { JoinedThreads } from "../../support/stream/joined_threads.ts";
import {
  bareSource,
  holder,
  interFrame,
  keyFrame,
  metadataMessage,
  receiveAll,
  rtmpOutput,
  sound,
  soundHeader,
  TestPlayer,
  videoHeader,
} from "../../support/stream/live_stream.ts";

const HEADERS = [metadataMessage("m"), soundHeader("s"), videoHeader("v")];

Deno.test("StreamOutputs.acquire() gives one output for each format and tracks", () => {
  const source = bareSource();
  const rtmp = source.outputs.acquire(rtmpOutput(4096));
  assertStrictEquals(source.outputs.acquire(rtmpOutput(4096)), rtmp);
  assertEquals(rtmp.refCount, 2);
  const others = [rtmpOutput(128), rtmpOutput(4096, "first"), { format: FLV_FORMAT, tracks: "all" as const }];
  for (const kind of others) source.outputs.acquire(kind);
  assertEquals(source.outputs.list.map(({ format, tracks }) => `${format.name} ${tracks}`), [
    ...["rtmp/4096 all", "rtmp/128 all", "rtmp/4096 first", "flv all"],
  ]);
});

Deno.test("A source without players encodes nothing, and its first player starts at the newest key frame", () => {
  const source = bareSource();
  source.begin();
  receiveAll(source, ...HEADERS, keyFrame("k1", 0), interFrame("p1", 40), keyFrame("k2", 80), sound("a", 90));
  assertEquals(source.outputs.list, []);
  const player = new TestPlayer(source);
  assertEquals(player.read(), ["m@0", "s@0", "v@0", "k2@80", "a@90"]);
  receiveAll(source, interFrame("p2", 120));
  assertEquals(player.read(), ["p2@120"]);
});

Deno.test("An output that begins within a publish has the headers of its key frame, and those that changed after it", () => {
  const source = bareSource();
  source.begin();
  receiveAll(source, videoHeader("v1"), keyFrame("k", 0), videoHeader("v2", 20), interFrame("p", 40));
  assertEquals(new TestPlayer(source).read(), ["v1@0", "k@0", "v2@20", "p@40"]);
});

Deno.test("An output that begins within a publish starts at the head without a GOP cache", () => {
  for (
    const options of [{ gopCache: false }, { gopCacheMaxFrames: 1 }, { queueLengthMs: 30 }, {
      maxLagBytes: 8,
    }]
  ) {
    const source = bareSource(options);
    source.begin();
    receiveAll(source, videoHeader("v"), keyFrame("k", 0), interFrame("p1", 40));
    const player = new TestPlayer(source);
    assertEquals(player.read(), ["v@0"], JSON.stringify(options));
    receiveAll(source, interFrame("p2", 80));
    assertEquals(player.read(), ["p2@80"]);
  }
});

Deno.test("Outputs are dropped by the sweep after their last player, one by one", () => {
  const source = bareSource();
  source.begin();
  receiveAll(source, ...HEADERS, keyFrame("k", 0));
  const rtmp = new TestPlayer(source);
  const flv = new FlvTestPlayer(source);
  assertEquals([source.playerCount, source.watched], [2, true]);
  flv.leave();
  assertEquals(source.outputs.list.length, 2, "a player that comes back at once finds its output");
  source.releaseIdleMemory();
  assertEquals(source.outputs.list, [rtmp.consumer.output]);
  assertEquals(flv.consumer.output.log.heldBytes, 0);
  rtmp.leave();
  source.releaseIdleMemory();
  assertEquals([source.outputs.list.length, source.watched], [0, false]);
});

Deno.test("A source in FLV: the same messages as in RTMP", () => {
  const source = bareSource();
  const waiting = new FlvTestPlayer(source);
  assertEquals(waiting.read(), []);
  source.begin();
  receiveAll(source, ...HEADERS, keyFrame("k1", 0), interFrame("p1", 40), sound("a1", 50));
  assertEquals(waiting.read(), ["m@0", "s@0", "v@0", "k1@0", "p1@40", "a1@50"]);
  receiveAll(source, keyFrame("k2", 80), interFrame("p2", 120));
  const joined = new FlvTestPlayer(source);
  const rtmp = new TestPlayer(source);
  assertEquals(joined.read(), ["m@0", "s@0", "v@0", "k2@80", "p2@120"]);
  assertEquals(rtmp.read(), ["m@0", "s@0", "v@0", "k2@80", "p2@120"]);
  assertEquals(waiting.read(), ["k2@80", "p2@120"]);
});

Deno.test("A slow player in FLV jumps to the newest key frame, with headers", () => {
  const source = bareSource({ queueLengthMs: 1000 });
  const slow = new FlvTestPlayer(source);
  source.begin();
  receiveAll(source, videoHeader("v1"), keyFrame("k1", 0));
  assertEquals(slow.read(), ["v1@0", "k1@0"]);
  receiveAll(
    source,
    videoHeader("v2", 400),
    interFrame("p1", 500),
    interFrame("p2", 1300),
    keyFrame("k2", 2000),
  );
  assertEquals(slow.read(), ["v2@2000", "k2@2000"]);
  assertEquals(slow.consumer.jumps, 1);
});

Deno.test("A stream in FLV and in RTMP on another thread: each in its own output, ended and begun again", () => {
  const house = new JoinedThreads(2);
  const there = house.thread(1).acquire();
  const flv = new FlvTestPlayer(there);
  const rtmp = new TestPlayer(there);
  house.settle();
  const publish = house.thread(0).publish();
  publish.send(...HEADERS, keyFrame("k", 0), interFrame("p", 40));
  house.settle();
  const expected = ["m@0", "s@0", "v@0", "k@0", "p@40"];
  assertEquals([flv.read(), rtmp.read()], [expected, expected]);
  assertEquals(publish.source.outputs.list.map(({ format }) => format.name), ["flv", "rtmp/60000"]);

  const joined = new FlvTestPlayer(there);
  assertEquals(joined.read(), expected);
  rtmp.leave();
  there.releaseIdleMemory();
  house.settle();
  publish.source.releaseIdleMemory();
  assertEquals(publish.source.outputs.list.map(({ format }) => format.name), ["flv"], "nobody plays RTMP");
  publish.end();
  house.settle();
  house.thread(0).publish().send(videoHeader("w", 0), keyFrame("l", 0));
  house.settle();
  assertEquals(flv.read(), ["w@50", "l@50"]);
});

Deno.test("An output of another thread that was left and is played again begins with the newest key frame", () => {
  const house = new JoinedThreads(2);
  const publish = house.thread(0).publish();
  publish.send(videoHeader("v"), keyFrame("k1", 0));
  const there = house.thread(1).acquire();
  const first = new TestPlayer(there);
  first.leave();
  there.releaseIdleMemory();
  const second = new TestPlayer(there);
  house.settle();
  publish.send(keyFrame("k2", 100));
  house.settle();
  assertEquals(second.read(), ["v@0", "k1@0", "k2@100"]);
});

Deno.test("Source.taps get every message with its tag, on the stream's time line", () => {
  const source = bareSource({ timeJitter: "full" });
  const seen: string[] = [];
  const tap = {
    urgent: false,
    patient: false,
    keepsPayloads: false,
    began: () => void seen.push("began"),
    take: ({ typeId, time }: StreamMessage, tag: { keyFrame: boolean; header: boolean }): void => {
      seen.push(`${typeId}@${time}${tag.keyFrame ? " key" : ""}${tag.header ? " header" : ""}`);
    },
    readEnded: () => void seen.push("read"),
    ended: () => void seen.push("ended"),
  };
  source.taps.add(tap);
  const publisher = holder();
  source.reserve(publisher);
  source.begin();
  receiveAll(source, ...HEADERS, keyFrame("k", 9000), interFrame("p", 9040), sound("a", 9050));
  assertEquals(seen, ["began", "18@0 header", "8@0 header", "9@0 header", "9@0 key", "9@40", "8@50"]);
  source.readEnded();
  assertEquals(seen.at(-1), "read");
  const { gop, headers } = source.running;
  assertEquals([headers.list.length, gop?.time, gop?.messages.length], [3, 0, 3]);
  assert(gop?.headers.list.length === 3);
  source.release(publisher);
  assertEquals(seen.at(-1), "ended");
  source.taps.delete(tap);
  source.reserve(publisher);
  source.begin();
  assertEquals(seen.at(-1), "ended");
});

Deno.test("Source.taps that keep payloads get copies, and all get copies of headers", () => {
  const source = bareSource({ timeJitter: "full" });
  const seen: string[] = [];
  const frame = keyFrame("k", 0);
  for (const keepsPayloads of [false, true]) {
    source.taps.add({
      urgent: false,
      patient: false,
      keepsPayloads,
      began: () => {},
      take({ payload }, { header }) {
        seen.push(`${keepsPayloads} ${header ? "header" : "frame"} ${payload === frame.payload}`);
      },
      readEnded: () => {},
      ended: () => {},
    });
  }
  source.reserve(holder());
  source.begin();
  const [header] = HEADERS;
  receiveAll(source, ...header === undefined ? [] : [header], frame);
  assertEquals(seen, ["false header false", "true header false", "false frame true", "true frame false"]);
});
