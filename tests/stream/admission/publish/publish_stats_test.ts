/**
 * What the log reports of a publish, and what it warns of.
 *
 * @module
 */
import { PublishStats, type WatchedSource } from "../../../../stream/admission/publish/publish_stats.ts";
import { Source } from "../../../../stream/live/source.ts";
import { MessageType, type RtmpMessage } from "../../../../rtmp/wire/message.ts";
import { load } from "../../../config/support.ts";
import { assertEquals } from "../../../support/assert.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../../../support/stream/media.ts";
import { RtmpHarness } from "../../../support/rtmp/rtmp_harness.ts";

const INTERVAL_MS = 60_000;
const SOURCE_OPTIONS = {
  chunkSize: 60_000,
  gopCache: true,
  gopCacheMaxFrames: 0,
  queueLengthMs: 30_000,
  maxLagBytes: 1 << 26,
  timeJitter: "full",
  reduceSequenceHeader: false,
} as const;

/** A publish whose clock is that of its timestamps. */
class Stream {
  readonly stats: PublishStats;
  readonly source = new Source("v/live/cam", "vid-0000000", SOURCE_OPTIONS);

  constructor(intervalMs = INTERVAL_MS) {
    this.stats = new PublishStats(intervalMs);
    this.stats.begin(0);
    this.source.begin();
  }

  video(payload: Uint8Array<ArrayBuffer>, timestamp: number): void {
    this.#take({ typeId: MessageType.Video, timestamp, streamId: 1, chunkStreamId: 6, payload });
  }

  audio(payload: Uint8Array<ArrayBuffer>, timestamp: number): void {
    this.#take({ typeId: MessageType.Audio, timestamp, streamId: 1, chunkStreamId: 4, payload });
  }

  look(nowMs: number): readonly string[] {
    const source: WatchedSource = this.source;
    return this.stats.look(nowMs, source).map(({ level, message, fields }) =>
      [level, message, ...Object.values(fields)].join(" ").trim()
    );
  }

  #take(message: RtmpMessage): void {
    this.stats.take(message);
    this.source.receive(message, message.timestamp);
  }
}

Deno.test("PublishStats.look() has a line every interval: kbit/s, frames, key frame interval, players, time", () => {
  const stream = new Stream();
  stream.video(avcSequenceHeader(), 0);
  for (let i = 0; i < 600; i++) {
    stream.video(i % 20 === 0 ? avcKeyFrame({ size: 1000 }) : avcInterFrame(1, { size: 1000 }), i * 100);
  }
  const kbps = Math.round(stream.stats.mediaBytes * 8 / INTERVAL_MS);
  assertEquals(stream.look(INTERVAL_MS - 1), []);
  assertEquals(stream.look(INTERVAL_MS), [`trace Publish stats ${kbps} 10 2000 0  0 0`]);
  stream.video(avcInterFrame(1), 62_000);
  stream.video(avcInterFrame(1), 61_000);
  stream.video(avcInterFrame(1), 61_000);
  // The bitrate has fallen too, which is another test.
  assertEquals(stream.look(2 * INTERVAL_MS).at(-1), "trace Publish stats 0 0 2000 0  1 1");
});

Deno.test("PublishStats.look() says nothing where the interval is 0", () => {
  const stream = new Stream(0);
  for (let i = 0; i < 30; i++) stream.video(avcInterFrame(1), i * 1000);
  assertEquals(stream.look(1e9), []);
});

Deno.test("PublishStats.look() warns once of media without a sequence header", () => {
  const stream = new Stream();
  for (let i = 0; i < 12; i++) {
    stream.video(avcInterFrame(1), i * 40);
    stream.audio(aacFrame(), i * 40);
  }
  assertEquals(stream.look(1000), [
    "warn Video without a sequence header: players show nothing H264",
    "warn Audio without a sequence header: players are silent AAC",
  ]);
  assertEquals(stream.look(2000), []);
  const good = new Stream();
  good.video(avcSequenceHeader(), 0);
  good.audio(aacSequenceHeader(), 0);
  for (let i = 0; i < 12; i++) {
    good.video(avcInterFrame(1), i * 40);
    good.audio(aacFrame(), i * 40);
  }
  assertEquals(good.look(1000), []);
});

for (
  const { name, wrap } of [{ name: "", wrap: 0 }, {
    name: " over a wrap of its timestamps",
    wrap: 2 ** 32 - 5000,
  }]
) {
  Deno.test(`PublishStats.look() warns once of a GOP longer than 10 s${name}`, () => {
    const stream = new Stream();
    stream.video(avcSequenceHeader(), wrap);
    stream.video(avcKeyFrame(), wrap);
    stream.video(avcInterFrame(1), (wrap + 10_000) % 2 ** 32);
    assertEquals(stream.look(10_000), []);
    stream.video(avcInterFrame(1), (wrap + 10_040) % 2 ** 32);
    assertEquals(stream.look(11_000), [
      "warn GOP longer than 10 s: players that join wait for it, or start late 10040",
    ]);
    stream.video(avcKeyFrame(), (wrap + 12_000) % 2 ** 32);
    assertEquals(stream.look(12_000), []);
  });
}

Deno.test("PublishStats.look() warns each time that the bitrate falls below a tenth of its average for 10 s", () => {
  const stream = new Stream();
  const seen: string[] = [];
  const run = (from: number, to: number, size: number): void => {
    for (let second = from; second < to; second++) {
      stream.audio(new Uint8Array(size).fill(0x2f), second * 1000);
      seen.push(
        ...stream.look((second + 1) * 1000).filter((line) => line.startsWith("warn")).map((line) =>
          `${second} ${line}`
        ),
      );
    }
  };
  run(0, 30, 100_000);
  run(30, 38, 100);
  run(38, 60, 100_000);
  assertEquals(seen, [], "eight seconds are no reason");
  run(60, 90, 1000);
  assertEquals(seen.length, 1, `${seen}`);
  run(90, 120, 200_000);
  run(120, 140, 1000);
  assertEquals(seen.length, 2, `${seen}`);
});

Deno.test("A publish without sequence headers is warned of in the log, with its stream and address", async () => {
  await using harness = RtmpHarness.start();
  const publisher = await harness.client();
  await publisher.publish("cam");
  for (let i = 0; i < 12; i++) await publisher.sendVideo(avcInterFrame(1), i * 40);
  const { fields } = await harness.logged("Video without a sequence header: players show nothing");
  assertEquals([fields.url, fields.ip, fields.codec], ["/live/cam", "127.0.0.1", "H264"]);
});

Deno.test("log_stats_interval is a minute, ten seconds where the log is detailed, and what is set", () => {
  const interval = (toml: string): number => load(toml).config.rtmp.logStatsIntervalMs;
  assertEquals(interval(""), 60_000);
  assertEquals(interval('srs_log_level = "info"'), 10_000);
  assertEquals(interval('srs_log_level = "verbose"\nlog_stats_interval = 30'), 30_000);
  assertEquals(interval("log_stats_interval = 0"), 0);
});
