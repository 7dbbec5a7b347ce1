/**
 * MPEG-TS as an output: a PES packet for each message, tables before each key frame and every 0.4 s, so that a player can
 * start at any key frame without anything before it. A packet for each frame of sound costs about 100 bytes more than
 * packets of many frames, and no time. Pure.
 *
 * Nothing is written until all tracks are known, or a moment has passed without the other one: the first program map
 * names them all.
 *
 * @module
 */
import { LearnedTracks } from "../codecs/learned_tracks.ts";
import { MISSING_TRACK_MS } from "../known_tracks.ts";
import type { EncoderContext, LogEncoder, LogFormat } from "../log_format.ts";
import type { StreamMessage } from "../media_message.ts";
import { AudioSampler } from "../samples/audio_sampler.ts";
import { type MediaPacket, readMediaPacket } from "../samples/media_packet.ts";
import { PictureClock, type PictureTimes } from "../samples/picture_clock.ts";
import type { Sample } from "../samples/sample.ts";
import { SAMPLE_VIEWS } from "../samples/sample_store.ts";
import { continuesPicture } from "../samples/slices.ts";
import { TABLE_VERSIONS } from "./tables.ts";
import { TsWriter } from "./ts_writer.ts";

/** Time that goes back further than this begins again, milliseconds. */
const BACK_MS = 1000;
/** Frames that wait for the other track; with more of them, or more bytes, nothing waits any longer. */
const MAX_WAITING = 512;
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** MPEG-TS. Headers are nothing: the tables are in the log. */
export const TS_FORMAT: LogFormat = {
  name: "ts",
  length: () => 0,
  write: (_target, offset) => offset,
  encoder: (context) => new TsEncoder(context),
};

/** A frame and its stream time. */
interface TimedFrame {
  readonly packet: MediaPacket;
  readonly timeMs: number;
}

/** Encodes one log. */
class TsEncoder implements LogEncoder {
  readonly #context: EncoderContext;
  #tracks = new LearnedTracks();
  /** Of all publishes, so that its counters go on. */
  #writer: TsWriter | undefined;
  #hasNewTracks = true;
  /** Until the tracks of the publish are known; its own copies. */
  #waiting: TimedFrame[] | undefined = [];
  #waitingBytes = 0;
  #clock = new PictureClock();
  #picture: { readonly timeMs: number; readonly times: PictureTimes } | undefined;
  #audio: AudioSampler | undefined;
  #newestMs = 0;
  /** What {@link TsEncoder.length} has measured. */
  #next: TimedSample | Uint8Array<ArrayBuffer> | undefined;

  constructor(context: EncoderContext) {
    this.#context = context;
  }

  begin(known: readonly StreamMessage[]): void {
    this.#tracks = new LearnedTracks();
    this.#hasNewTracks = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#restartClocks();
    for (const { typeId, payload } of known) {
      const packet = readMediaPacket(typeId, payload);
      if (packet !== undefined && this.#tracks[packet.track] === undefined) this.#tracks.learn(packet);
    }
  }

  length({ typeId, time, payload }: StreamMessage): number {
    this.#next = undefined;
    const packet = readMediaPacket(typeId, payload);
    if (packet === undefined) return 0;
    if (this.#tracks.learn(packet)) this.#tracksChanged(packet);
    if (!this.#tracks.isFrameOfKnown(packet)) return 0;
    const waiting = this.#waiting;
    if (waiting === undefined) return this.#measure({ packet, timeMs: time });
    waiting.push({ packet: { ...packet, data: packet.data.slice() }, timeMs: time });
    this.#waitingBytes += packet.data.length;
    if (!this.#isReady(waiting)) return 0;
    this.#waiting = undefined;
    const [first] = waiting;
    return first === undefined || waiting.length === 1
      ? this.#measure({ packet, timeMs: time })
      : this.#encodeAll(waiting);
  }

  write(target: Uint8Array<ArrayBufferLike>, offset: number): number {
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined || this.#writer === undefined) return offset;
    if (!(next instanceof Uint8Array)) return this.#writer.write(target, offset, next.track, [next.sample]);
    target.set(next, offset);
    return offset + next.length;
  }

  /** Measure the next frame; it is written right after. */
  #measure(frame: TimedFrame): number {
    const writer = this.#writerAt(frame.timeMs);
    const sample = this.#sampleOf(frame);
    const { track } = frame.packet;
    const bytes = sample === undefined ? 0 : writer.bytes(track, [sample]);
    this.#next = sample === undefined || bytes === 0 ? undefined : { track, sample };
    return bytes;
  }

  /** The first moment of a publish at once. */
  #encodeAll(frames: readonly TimedFrame[]): number {
    const packets: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    for (const frame of frames) {
      const packet = new Uint8Array(this.#measure(frame));
      bytes += this.write(packet, 0);
      packets.push(packet);
    }
    const all = new Uint8Array(bytes);
    let at = 0;
    for (const packet of packets) {
      all.set(packet, at);
      at += packet.length;
    }
    this.#next = all;
    return bytes;
  }

  #isReady({ length }: readonly TimedFrame[]): boolean {
    const { hasAudio, hasVideo, tracks } = this.#context;
    const { audio, video } = this.#tracks;
    if ((audio !== undefined || !hasAudio) && (video !== undefined || !hasVideo)) return true;
    return tracks().spanMs >= MISSING_TRACK_MS || length > MAX_WAITING ||
      this.#waitingBytes > MAX_WAITING_BYTES;
  }

  /** The writer for the tracks that are known now. */
  #writerAt(timeMs: number): TsWriter {
    const { video, audio } = this.#tracks;
    const tracks = { ...(video && { video }), ...(audio && { audio }) };
    if (this.#writer === undefined) {
      // Another thread may have written what a player got before, most likely with another version.
      const version = Math.floor(Math.abs(timeMs) / 1000) % TABLE_VERSIONS;
      this.#writer = new TsWriter(tracks, { version, discontinuity: true });
    } else if (this.#hasNewTracks) this.#writer.change(tracks);
    this.#hasNewTracks = false;
    return this.#writer;
  }

  #sampleOf({ packet, timeMs }: TimedFrame): Sample | undefined {
    if (timeMs < this.#newestMs - BACK_MS) this.#restartClocks();
    this.#newestMs = Math.max(this.#newestMs, timeMs);
    if (packet.track === "video") return this.#pictureOf(packet, timeMs);
    const { audio } = this.#tracks;
    if (audio === undefined) return undefined;
    this.#audio ??= new AudioSampler(audio, SAMPLE_VIEWS);
    return this.#audio.add(packet.data, timeMs);
  }

  /** Slices of one picture that come one by one have its times. */
  #pictureOf({ data, keyFrame, compositionTime }: MediaPacket, timeMs: number): Sample {
    const last = this.#picture;
    const { video } = this.#tracks;
    const continues = last?.timeMs === timeMs && video !== undefined && continuesPicture(video, data);
    const times = continues ? last.times : this.#clock.place(timeMs, compositionTime);
    this.#picture = { timeMs, times };
    return { data, ...times, duration: 1, keyFrame: keyFrame && !continues, continues };
  }

  #tracksChanged({ track }: MediaPacket): void {
    this.#hasNewTracks = true;
    if (track === "audio") this.#audio = undefined;
  }

  #restartClocks(): void {
    this.#clock = new PictureClock();
    this.#picture = undefined;
    this.#audio = undefined;
    this.#newestMs = 0;
  }
}

/** A frame that is written next. */
interface TimedSample {
  readonly track: MediaPacket["track"];
  readonly sample: Sample;
}
