/**
 * ffmpeg publishes; ffprobe, another ffmpeg and a scripted player get the stream whole, in order and decodable.
 *
 * @module
 */
import { MessageType, type RtmpMessage } from "../../rtmp/wire/message.ts";
import { assert, assertEquals, assertLess, assertLessOrEqual } from "../support/assert.ts";
import { mediaTools } from "../support/process/ffmpeg.ts";
import { shown } from "../support/process/show.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import {
  decodeStream,
  FRAME_RATE,
  type Packet,
  probePackets,
  probeStreams,
  publishStream,
} from "../support/stream/test_stream.ts";

const SECONDS = shown(10, 5);
const GOP_SECONDS = 2;

/** The line that tells that a stream has begun and what it is. */
const STREAM_SEEN = /\[trace\]\[\d+\] Stream format url=\/live\/livestream video=H264/;

Deno.test(`ffmpeg publishes 720p H.264 and AAC; ffprobe and ffmpeg play ${SECONDS} s without a fault`, async () => {
  const tools = await mediaTools();
  await using server = await ServerProcess.start();
  await using _publisher = publishStream(tools, server.rtmpUrl(), { gopSeconds: GOP_SECONDS });
  await server.waitForLine(STREAM_SEEN);

  const [decoded, packets, streams] = await Promise.all([
    decodeStream(tools, server.rtmpUrl(), SECONDS),
    probePackets(tools, server.rtmpUrl(), SECONDS),
    probeStreams(tools, server.rtmpUrl()),
  ]);

  assertEquals(streams, ["aac,audio", "h264,video,1280,720"]);
  assertEquals({ code: decoded.code, stderr: decoded.stderr }, { code: 0, stderr: "" });
  // `stream, dts, pts, duration, size, hash`
  const frames = new TextDecoder().decode(decoded.stdout).split("\n").filter((line) => line.startsWith("0,"));
  assertFrameCount(frames.length);
  assertEquals(
    new Set(frames.map((line) => line.split(",").at(-1))).size,
    frames.length,
    "a frame came twice",
  );

  const video = packets.filter(({ kind }) => kind === "video");
  assertFrameCount(video.length);
  assert(video[0]?.keyFrame, "the first frame is not a key frame");
  assertMonotonic(video);
  const audio = packets.filter(({ kind }) => kind === "audio");
  assertMonotonic(audio);
  assertLess(longestStep(video), 1.5 / FRAME_RATE, "frames are missing");
  assertLess(longestStep(audio), 1.5 * 1024 / 44_100, "sound is missing");
  const lasts = (audio.at(-1)?.time ?? 0) - (audio[0]?.time ?? 0);
  assertLessOrEqual(Math.abs(lasts - SECONDS), GOP_SECONDS, `sound lasts ${lasts} s`);
});

Deno.test("a player that joins in the middle of a GOP gets its headers and key frame at once", async () => {
  const tools = await mediaTools();
  await using server = await ServerProcess.start();
  await using _publisher = publishStream(tools, server.rtmpUrl(), { gopSeconds: 60 });
  await server.waitForLine(STREAM_SEEN);

  const started = performance.now();
  await using player = await RtmpTestClient.connect({ port: server.port });
  await player.play("livestream");
  const isMedia = ({ typeId }: RtmpMessage) => typeId === MessageType.Video || typeId === MessageType.Audio;
  const first: RtmpMessage[] = [];
  while (first.length < 3) first.push(await player.waitFor(isMedia));
  const tookMs = performance.now() - started;
  // The next key frame is most of a minute away.
  assertLess(tookMs, 20_000, `the first frame came after ${tookMs} ms`);
  assertEquals(first.map(({ payload: [tag, packet] }) => [tag, packet]), [
    [0xaf, 0],
    [0x17, 0],
    [0x17, 1],
  ]);

  const decoded = await decodeStream(tools, server.rtmpUrl(), 1);
  assertEquals({ code: decoded.code, stderr: decoded.stderr }, { code: 0, stderr: "" });
});

Deno.test("a player stays over a republish and decodes both", async () => {
  const tools = await mediaTools();
  await using server = await ServerProcess.start();
  await using player = await RtmpTestClient.connect({ port: server.port });
  await player.play("livestream");
  let last = -1;
  for (let round = 0; round < 2; round++) {
    const from = server.lines.length;
    const publisher = publishStream(tools, server.rtmpUrl(), { gopSeconds: 1 });
    await server.waitForLine(STREAM_SEEN, { from });
    const isVideo = ({ typeId }: RtmpMessage) => typeId === MessageType.Video;
    const header = await player.waitFor(({ typeId, payload }) =>
      typeId === MessageType.Video && payload[1] === 0
    );
    assertEquals(header.payload[0], 0x17);
    for (let i = 0; i < FRAME_RATE; i++) {
      const { timestamp } = await player.waitFor(isVideo);
      assert(timestamp >= last, `time goes back from ${last} to ${timestamp}`);
      last = timestamp;
    }
    await publisher.stop();
    await server.waitForLine(/Publish ended/, { from });
    // What is left of this round, ahead of the next header.
    while (player.pending.some(isVideo)) ({ timestamp: last } = await player.waitFor(isVideo));
  }
});

/** Within the join's GOP: a player may get the whole GOP in whose middle it joined. */
function assertFrameCount(count: number): void {
  const expected = SECONDS * FRAME_RATE;
  assertLessOrEqual(Math.abs(count - expected), GOP_SECONDS * FRAME_RATE, `${count} frames in ${SECONDS} s`);
}

/** Seconds. */
function longestStep(packets: readonly Packet[]): number {
  return Math.max(...packets.slice(1).map(({ time }, i) => time - (packets[i]?.time ?? NaN)));
}

function assertMonotonic(packets: readonly Packet[]): void {
  const times = packets.map(({ time }) => time);
  assertEquals(times, times.toSorted((a, b) => a - b), "time goes back");
}
