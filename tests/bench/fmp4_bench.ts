/**
 * What fragmented MP4 costs, from RTMP payloads to bytes, next to mediabunny on the same packets. Ours ends a part every
 * 200 ms; mediabunny, which ends fragments at key frames only, has one every 2 s. Ours writes into memory of its caller,
 * who may use it again: the system needs longer to make large arrays than the writer to fill them.
 *
 *     deno run -A tests/bench/fmp4_bench.ts
 *
 * @module
 */
import process from "node:process";
import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  StreamTarget,
  type StreamTargetChunk,
} from "mediabunny";
import { readAacConfig } from "../../stream/media/codecs/aac_config.ts";
import { readH264Config } from "../../stream/media/codecs/h264_config.ts";
import type { StreamMessage } from "../../stream/media/media_message.ts";
import { partBytes, type PartTrack, writePart } from "../../stream/media/mp4/part.ts";
import { AudioSampler } from "../../stream/media/samples/audio_sampler.ts";
import { readMediaPacket } from "../../stream/media/samples/media_packet.ts";
import type { Sample } from "../../stream/media/samples/sample.ts";
import { VideoSampler } from "../../stream/media/samples/video_sampler.ts";
import { assert } from "../support/assert.ts";
import { aacSequenceHeader, avcSequenceHeader } from "../support/stream/media.ts";
import { AUDIO_RATE, AUDIO_SAMPLES, FRAME_MS, packetsOf } from "./fmp4_packets.ts";
import { SAMPLE_VIEWS } from "../../stream/media/samples/sample_store.ts";

const SECONDS = 10;
const ITERATIONS = 30;
const ROUNDS = 5;
const NAMES = ["memory used again", "fresh memory", "mediabunny"] as const;
const PART_MS = 200;
const SEGMENT_MS = 2_000;

const AVCC = avcSequenceHeader().subarray(5);
const ASC = aacSequenceHeader().subarray(2);
const VIDEO = readH264Config(AVCC);
const AUDIO = readAacConfig(ASC);

/** Segments of 2 s, each in one buffer; returns the bytes. */
function muxParts(
  messages: readonly StreamMessage[],
  allocate: (bytes: number) => Uint8Array<ArrayBuffer>,
): number {
  const video = new VideoSampler(VIDEO, SAMPLE_VIEWS);
  const audio = new AudioSampler(AUDIO, SAMPLE_VIEWS);
  let total = 0;
  let partEnd = PART_MS;
  let segmentEnd = SEGMENT_MS;
  let samples: { video: Sample[]; audio: Sample[] } = { video: [], audio: [] };
  let parts: PartTrack[][] = [];
  const endPart = (): void => {
    parts.push([
      { id: 1, kind: "video", samples: samples.video },
      { id: 2, kind: "audio", samples: samples.audio },
    ]);
    samples = { video: [], audio: [] };
  };
  const endSegment = (): void => {
    const segment = allocate(parts.reduce((sum, part) => sum + partBytes(part), 0));
    let at = 0;
    for (const part of parts) at = writePart(segment, at, 1, part);
    total += at;
    parts = [];
  };
  for (const { typeId, time, payload } of messages) {
    if (time >= partEnd) {
      endPart();
      partEnd += PART_MS;
    }
    if (time >= segmentEnd) {
      endSegment();
      segmentEnd += SEGMENT_MS;
    }
    const packet = readMediaPacket(typeId, payload);
    if (packet === undefined) continue;
    const sample = packet.track === "video" ? video.add(packet, time) : audio.add(packet.data, time);
    if (sample !== undefined) samples[packet.track].push(sample);
  }
  const last = video.flush();
  if (last !== undefined) samples.video.push(last);
  endPart();
  endSegment();
  return total;
}

/** The same packets by mediabunny; returns the bytes. */
async function muxFragments(messages: readonly StreamMessage[]): Promise<number> {
  let total = 0;
  const sink = new WritableStream<StreamTargetChunk>({ write: ({ data }) => void (total += data.length) });
  const format = new Mp4OutputFormat({ fastStart: "fragmented", minimumFragmentDuration: PART_MS / 1000 });
  const output = new Output({ format, target: new StreamTarget(sink) });
  const video = new EncodedVideoPacketSource("avc");
  const audio = new EncodedAudioPacketSource("aac");
  output.addVideoTrack(video);
  output.addAudioTrack(audio);
  await output.start();
  const configuration = {
    video: { codec: VIDEO.codecString, codedWidth: 64, codedHeight: 64, description: AVCC },
    audio: { codec: AUDIO.codecString, sampleRate: AUDIO_RATE, numberOfChannels: 2, description: ASC },
  };
  for (const { typeId, time, payload } of messages) {
    const packet = readMediaPacket(typeId, payload);
    if (packet === undefined) continue;
    const type = packet.keyFrame ? "key" : "delta";
    if (packet.track === "video") {
      const encoded = new EncodedPacket(packet.data, type, time / 1000, FRAME_MS / 1000);
      await video.add(encoded, { decoderConfig: configuration.video });
    } else {
      const encoded = new EncodedPacket(packet.data, type, time / 1000, AUDIO_SAMPLES / AUDIO_RATE);
      await audio.add(encoded, { decoderConfig: configuration.audio });
    }
  }
  await output.finalize();
  return total;
}

/** CPU of this process, all threads, milliseconds a second of stream. */
async function cost(mux: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < ITERATIONS; i++) await mux();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / ITERATIONS / SECONDS;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

say("CPU in ms per second of stream, and as a multiple of mediabunny's");
for (const megabits of [1, 5, 20]) {
  const messages = packetsOf(SECONDS, megabits * 1_000_000);
  const reused = new Uint8Array(megabits * 1_000_000 / 8 * SECONDS);
  const muxers = {
    "memory used again": () => muxParts(messages, () => reused),
    "fresh memory": () => muxParts(messages, (bytes) => new Uint8Array(bytes)),
    mediabunny: () => muxFragments(messages),
  };
  const leastBytes = messages.reduce((sum, { payload }) => sum + payload.length - 5, 0);
  for (const name of NAMES) assert(await muxers[name]() > leastBytes, `${name} lost frames`);
  const rounds: Record<keyof typeof muxers, number[]> = {
    "memory used again": [],
    "fresh memory": [],
    mediabunny: [],
  };
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of NAMES) {
      const ms = await cost(muxers[name]);
      if (round > 0) rounds[name].push(ms);
    }
  }
  for (const name of NAMES) {
    const ms = median(rounds[name]);
    say(`${megabits} Mbit/s, ${name}: ${ms.toFixed(3)}, ${(ms / median(rounds.mediabunny)).toFixed(2)}`);
  }
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
