/**
 * A stream's output without its further tracks: from its first player until after its last, on any thread.
 *
 * @module
 */
import type { Source } from "../../../stream/live/source.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { hasMedia } from "../../../stream/live/played_tracks.ts";
import { MediaKind } from "../../../stream/media/media_message.ts";
import { assert, assertEquals, assertStrictEquals } from "../../support/assert.ts";
import { JoinedThreads } from "../../support/stream/joined_threads.ts";
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

const KEY = 0x90;
const INTER = 0xa0;
const SEQUENCE_START = 0;
const CODED_FRAMES_X = 3;
const MULTITRACK = 6;

/** One video track in a message of its own. */
function track(label: string, timestamp: number, id: number, frame: number, packetType: number): RtmpMessage {
  const text = new TextEncoder().encode(label);
  const payload = Uint8Array.from([frame | MULTITRACK, packetType, 0x61, 0x76, 0x63, 0x31, id, ...text]);
  return { typeId: MessageType.Video, timestamp, streamId: 1, chunkStreamId: 7, payload };
}

/** What ffmpeg sends next to AAC that tells no channels: MultichannelConfig. */
function channels(timestamp: number): RtmpMessage {
  const payload = Uint8Array.from([0x94, 0x6d, 0x70, 0x34, 0x61, 1, 6, 0, 0, 0, 0x3f]);
  return { typeId: MessageType.Audio, timestamp, streamId: 1, chunkStreamId: 6, payload };
}

function first(source: Source): TestPlayer {
  return new TestPlayer(source, undefined, "first");
}

/** H.264 and AAC with a second track of pictures and the layout of the channels. */
function publishHeaders(source: Source, at: number): void {
  receiveAll(source, metadataMessage("m"), soundHeader("s", at), channels(at), videoHeader("v", at));
  receiveAll(source, track("v2", at, 1, KEY, SEQUENCE_START));
}

function publishGop(source: Source, name: string, at: number): void {
  receiveAll(
    source,
    keyFrame(`${name}k`, at),
    track(`${name}K`, at, 1, KEY, CODED_FRAMES_X),
    sound(`${name}a`, at),
  );
  receiveAll(source, interFrame(`${name}p`, at + 40), track(`${name}P`, at + 40, 1, INTER, CODED_FRAMES_X));
}

Deno.test("An output of the first tracks is one for all players, without what is further", () => {
  const source = liveSource();
  publishHeaders(source, 5000);
  publishGop(source, "1", 5000);
  publishGop(source, "2", 6000);
  const player = first(source);
  assertStrictEquals(first(source).consumer.output, player.consumer.output);
  assertEquals(player.read(), ["m@0", "s@0", "v@0", "2k@6000", "2a@6000", "2p@6040"]);
  publishGop(source, "3", 7000);
  assertEquals(player.read(), ["3k@7000", "3a@7000", "3p@7040"]);
  assertEquals(first(source).read(), ["m@0", "s@0", "v@0", "3k@7000", "3a@7000", "3p@7040"]);
  assertEquals(new TestPlayer(source).read().length, 10);
});

Deno.test("An output of the first tracks unwraps a first track that has a number", () => {
  const source = liveSource();
  receiveAll(source, track("h0", 0, 0, KEY, SEQUENCE_START), track("h1", 0, 1, KEY, SEQUENCE_START));
  receiveAll(source, track("k1", 40, 1, KEY, CODED_FRAMES_X), track("k0", 40, 0, KEY, CODED_FRAMES_X));
  const player = first(source);
  receiveAll(source, track("p0", 80, 0, INTER, CODED_FRAMES_X), track("p1", 80, 1, INTER, CODED_FRAMES_X));
  assertEquals(player.read(), ["h0@0", "k0@40", "p0@80"]);
});

Deno.test("An output of the first tracks waits for a publisher, and stays over a republish", () => {
  const source = newSource({ timeJitter: "full" });
  const player = first(source);
  assertEquals(player.read(), []);
  const times = [["m@0", "s@0", "v@0", "1k@0", "1a@0", "1p@40"], [
    "m@0",
    "s@50",
    "v@50",
    "1k@50",
    "1a@50",
    "1p@90",
  ]];
  for (const expected of times) {
    const publisher = holder();
    source.reserve(publisher);
    source.begin();
    publishHeaders(source, 9000);
    publishGop(source, "1", 9000);
    source.release(publisher);
    assertEquals(player.read(), expected);
  }
  assertEquals(first(source).read(), [], "nothing of a publish that is over");
});

Deno.test("An output of the first tracks is dropped after its last player, and made again", () => {
  const source = liveSource();
  publishHeaders(source, 0);
  publishGop(source, "1", 0);
  const player = first(source);
  const output = player.consumer.output;
  assert(source.watched && output.log.heldBytes > 0);
  source.releaseIdleMemory();
  assert(source.outputs.list.includes(output), "it has a player");
  assertEquals([source.playerCount, source.threadCount], [1, 0]);
  player.leave();
  source.releaseIdleMemory();
  assert(!source.outputs.list.includes(output));
  assertEquals([source.playerCount, source.watched, output.log.heldBytes], [0, false, 0]);
  publishGop(source, "2", 1000);
  assertEquals(first(source).read(), ["m@0", "s@0", "v@0", "2k@1000", "2a@1000", "2p@1040"]);
});

Deno.test("An output of the first tracks keeps no memory of a source that nobody publishes to", () => {
  const source = newSource();
  const publisher = holder();
  source.reserve(publisher);
  source.begin();
  publishGop(source, "1", 0);
  source.release(publisher);
  first(source);
  source.releaseIdleMemory();
  assertEquals(outputOf(source).log.heldBytes, 0);
});

Deno.test("An output of the first tracks has a lag of its own", () => {
  const source = liveSource({ queueLengthMs: 1000 });
  const player = first(source);
  publishHeaders(source, 0);
  for (let i = 0; i < 10; i++) publishGop(source, `${i}`, i * 1000);
  assertEquals(player.read()[0], "m@0");
  assertEquals(player.consumer.jumps, 1);
  publishGop(source, "x", 10_000);
  assertEquals(player.read(), ["xk@10000", "xa@10000", "xp@10040"]);
});

for (const chunkSize of [128, 60_000]) {
  Deno.test(`An output of the first tracks takes large messages in chunks of ${chunkSize}, beyond 2^24 ms`, () => {
    const source = liveSource({ chunkSize });
    const player = new TestPlayer(source, chunkSize, "first");
    const at = 0x0fff_ffff;
    receiveAll(source, videoHeader("v", at), keyFrame("k", at, 300_000), interFrame("p", at + 40, 70_000));
    receiveAll(source, track("x", at + 40, 1, KEY, CODED_FRAMES_X), sound("a", at + 50, 400));
    assertEquals(player.read(), [`v@${at}`, `k@${at}`, `p@${at + 40}`, `a@${at + 50}`]);
  });
}

Deno.test("An output of the first tracks is the same on a thread that follows the stream", () => {
  const house = new JoinedThreads(2);
  const publish = house.thread(0).publish();
  publishHeaders(publish.source, 0);
  publishGop(publish.source, "1", 0);
  const there = house.thread(1).acquire();
  const waiting = first(there);
  house.settle();
  publishGop(publish.source, "2", 1000);
  house.settle();
  const here = first(publish.source);
  const joined = first(there);
  assertEquals(waiting.read(), [
    "m@0",
    "s@0",
    "v@0",
    "1k@0",
    "1a@0",
    "1p@40",
    "2k@1000",
    "2a@1000",
    "2p@1040",
  ]);
  assertEquals(joined.read(), ["m@0", "s@0", "v@0", "2k@1000", "2a@1000", "2p@1040"]);
  assertEquals(here.read(), ["m@0", "s@0", "v@0", "2k@1000", "2a@1000", "2p@1040"]);
});

Deno.test("An output of the first tracks goes on at the newest key frame where the log has let go of what is next", () => {
  const source = liveSource({ maxLagBytes: 200_000 });
  const player = first(source);
  receiveAll(source, videoHeader("v"), keyFrame("k0", 0));
  assertEquals(player.read(), ["v@0", "k0@0"]);
  for (let i = 1; i <= 40; i++) source.receive(interFrame(`p${i}`, i * 40, 70_000), i * 40);
  source.receive(keyFrame("k1", 1640, 1000), 1640);
  assert(outputOf(source).log.tail > 0);
  source.flush();
  assertEquals(player.read(), ["k1@1640"]);
});

Deno.test("hasMedia() leaves out what is not played, and never data", () => {
  const kinds = [MediaKind.Audio, MediaKind.Video, MediaKind.Data];
  const played = (["both", "audio", "video"] as const).map((media) =>
    kinds.map((kind) => hasMedia(media, kind))
  );
  assertEquals(played, [[true, true, true], [true, false, true], [false, true, true]]);
});
