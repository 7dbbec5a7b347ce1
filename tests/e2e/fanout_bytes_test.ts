/**
 * What a player receives is what was published, message by message, for all settings and numbers of threads.
 *
 * @module
 */
import { MessageType, type RtmpMessage } from "../../rtmp/wire/message.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../support/assert.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
  metadata,
  VIDEO_FRAME_MS,
} from "../support/stream/media.ts";
import { type HarnessOptions, RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { ThreadedHarness } from "../support/rtmp/threaded_harness.ts";

const GOPS = 4;
const FRAMES_PER_GOP = 12;
const THREADS = [1, 2, 3];

/** How a vhost is set, and where the publisher's time begins. */
interface Setting {
  readonly name: string;
  readonly options: Pick<HarnessOptions, "vhost" | "play">;
  readonly fromMs?: number;
}

/** Everything that is not said is the default. */
const SETTINGS: readonly Setting[] = [
  { name: "default", options: {} },
  { name: "mw_latency 100", options: { play: { mwLatencyMs: 100 } } },
  { name: "min_latency", options: { vhost: { minLatency: true } } },
  { name: "chunk_size 128", options: { vhost: { chunkSize: 128, minLatency: false } } },
  { name: "chunk_size 4096", options: { vhost: { chunkSize: 4096, minLatency: false } } },
  { name: "chunk_size 60000", options: { vhost: { chunkSize: 60_000, minLatency: false } } },
  { name: "chunk_size 65536", options: { vhost: { chunkSize: 65_536, minLatency: false } } },
  { name: "gop_cache off", options: { play: { gopCache: false } } },
  { name: "time_jitter off", options: { play: { timeJitter: "off" } }, fromMs: 5000 },
  // Extended timestamps begin in the middle of the stream.
  {
    name: "time_jitter off, beyond 2^24",
    options: { play: { timeJitter: "off" } },
    fromMs: 0xff_ffff - 1000,
  },
];

/** A message as both sides see it. */
interface Seen {
  readonly typeId: number;
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

/** What the bytes are checked with: a server and its clients, on one thread or more. */
interface Harness extends AsyncDisposable {
  /** One client of the vhost on each thread. */
  clients(vhost: string): Promise<RtmpTestClient[]>;
}

/** The vhost of the setting with this index. */
function vhostName(setting: number): string {
  return `setting${setting}.test`;
}

/** A server with a vhost for each setting: threads take long to start. */
async function startHarness(threads: number): Promise<Harness> {
  const otherVhosts = new Map(
    SETTINGS.map(({ options }, i) => [
      vhostName(i),
      { ...options, vhost: { minLatency: false, ...options.vhost } },
    ]),
  );
  const at = (vhost: string) => ({ tcUrl: `rtmp://${vhost}/live` });
  if (threads > 1) {
    const harness = await ThreadedHarness.start({ threads, hooked: false, otherVhosts });
    return {
      clients: (vhost) => harness.clientsOnAll(at(vhost)),
      [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose](),
    };
  }
  const harness = RtmpHarness.start({ otherVhosts });
  return {
    clients: async (vhost) => [await harness.client(at(vhost))],
    [Symbol.asyncDispose]: () => harness[Symbol.asyncDispose](),
  };
}

/** Frames of sizes around and far beyond all chunk sizes, with sound in between; every picture is its own. */
function* frames(gop: number, fromMs: number): Generator<Seen> {
  const sizes = [70_000, 127, 128, 129, 4096, 4097, 59_999, 60_001, 65_536, 300, 20_000, 131_073];
  for (let i = 0; i < FRAMES_PER_GOP; i++) {
    const timestamp = fromMs + (gop * FRAMES_PER_GOP + i) * VIDEO_FRAME_MS;
    const options = { size: sizes[i] ?? 500, fill: 1 + (gop * FRAMES_PER_GOP + i) % 255 };
    const payload = i === 0 ? avcKeyFrame(options) : avcInterFrame(i, options);
    yield { typeId: MessageType.Video, timestamp, payload };
    yield { typeId: MessageType.Audio, timestamp: timestamp + 7, payload: aacFrame() };
  }
}

function headers(timestamp: number): Seen[] {
  return [
    { typeId: MessageType.Audio, timestamp, payload: aacSequenceHeader() },
    { typeId: MessageType.Video, timestamp, payload: avcSequenceHeader() },
  ];
}

async function send(publisher: RtmpTestClient, messages: readonly Seen[]): Promise<void> {
  for (const { typeId, timestamp, payload } of messages) {
    const bytes = Uint8Array.from(payload);
    await (typeId === MessageType.Video
      ? publisher.sendVideo(bytes, timestamp)
      : publisher.sendAudio(bytes, timestamp));
  }
}

/** Audio and video up to the picture that is like `last`. */
async function receive(player: RtmpTestClient, last: Seen): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (let isOver = false; !isOver;) {
    const { typeId, timestamp, payload } = await player.waitFor(isMedia, "audio or video");
    seen.push({ typeId, timestamp, payload });
    isOver = typeId === MessageType.Video && isEqual(payload, last.payload);
  }
  return seen;
}

function isMedia({ typeId }: RtmpMessage): boolean {
  return typeId === MessageType.Video || typeId === MessageType.Audio;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Compare without printing megabytes. */
function assertSame(actual: readonly Seen[], expected: readonly Seen[], who: string): void {
  const outline = (messages: readonly Seen[]): string[] =>
    messages.map(({ typeId, timestamp, payload }) => `${typeId}@${timestamp}: ${payload.length}`);
  assertEquals(outline(actual), outline(expected), who);
  for (const [i, message] of actual.entries()) {
    const other = expected[i];
    assert(
      other !== undefined && isEqual(message.payload, other.payload),
      `${who}: the bytes of message ${i}`,
    );
  }
}

/** Publish to a vhost, play from before and from the middle, and compare. */
async function checkSetting(
  harness: Harness,
  vhost: string,
  { options, fromMs = 0 }: Setting,
): Promise<void> {
  const [publisher] = await harness.clients(vhost);
  assert(publisher !== undefined);
  const early = await harness.clients(vhost);
  for (const player of early) await player.play("livestream");
  await publisher.sendControl({ kind: "setChunkSize", chunkSize: 10_000 });
  await publisher.publish("livestream");

  const media = Array.from({ length: GOPS }, (_, gop) => [...frames(gop, fromMs)]);
  const published = [...headers(fromMs), ...media.flat()];
  const half = published.length / 2;
  const last = published.findLast(({ typeId }) => typeId === MessageType.Video);
  assert(last !== undefined);
  await publisher.sendMetadata(metadata(), fromMs);
  await send(publisher, published.slice(0, half));
  // Answered behind all that was sent before: the first half is in.
  await publisher.command("_checkbw");
  const late = await harness.clients(vhost);
  for (const player of late) await player.play("livestream");
  await send(publisher, published.slice(half));

  const isUpToLast = (message: Seen): boolean => published.indexOf(message) <= published.indexOf(last);
  const expected = published.filter(isUpToLast);
  for (const [i, player] of early.entries()) {
    assertSame(await receive(player, last), expected, `early player ${i}`);
  }
  for (const [i, player] of late.entries()) {
    const seen = await receive(player, last);
    const who = `late player ${i}`;
    const media = seen.slice(2);
    assertGreaterOrEqual(media.length, half / 2, who);
    assertSame(media, expected.slice(-media.length), who);
    const headerTime = seen[0]?.timestamp ?? NaN;
    assertSame(seen.slice(0, 2), headers(headerTime), who);
    assertLessOrEqual(headerTime, media[0]?.timestamp ?? NaN, who);
    const gopCache = options.play?.gopCache ?? true;
    if (gopCache) assertEquals(media[0]?.payload[0], 0x17, `${who} begins with a key frame`);
  }

  await Promise.all([publisher, ...early, ...late].map((client) => client.close()));
}

for (const threads of THREADS) {
  Deno.test(`players get what was published, message by message, workers ${threads}`, async (t) => {
    await using harness = await startHarness(threads);
    for (const [i, setting] of SETTINGS.entries()) {
      await t.step(setting.name, () => checkSetting(harness, vhostName(i), setting));
    }
  });
}
