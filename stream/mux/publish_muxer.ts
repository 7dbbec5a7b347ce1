/**
 * One publish on its way into segments: its tracks as they come, change and go, on one time line.
 *
 * @module
 */
import {
  AudioSampler,
  isSameConfig,
  type MediaPacket,
  type MetadataFacts,
  type Sample,
  type TrackConfig,
  VideoSampler,
} from "../media/mod.ts";
import { EarlySound } from "./early_sound.ts";
import type { PublishHost, SegmentTracks } from "./publish_host.ts";
import { PublishTracks } from "./publish_tracks.ts";
import type { FrameList, PartFrames, SegmenterEvents, SegmenterPlans } from "./segmenter.ts";
import { Segmenter } from "./segmenter.ts";
import type { SegmentRules } from "./segment_plan.ts";
import { type ProbedTracks, TrackProbe } from "./track_probe.ts";

/** Time that goes back further than this begins again, milliseconds. */
const BACK_MS = 1000;
/** Packets that wait while tracks are probed; a publisher that sends more begins without an answer. */
const MAX_PROBED = 2000;
/**
 * The same in bytes, and what may be in a segment that is open: time ends one, but a publisher may let time stand still.
 */
const MAX_OPEN_BYTES = 64 * 1024 * 1024;

/** A packet and its time. */
interface TimedPacket {
  readonly packet: MediaPacket;
  readonly timeMs: number;
}

type Kind = MediaPacket["track"];

/** Muxes one publish. */
export class PublishMuxer<L extends FrameList<Sample<D>>, D = Uint8Array<ArrayBuffer>> {
  readonly #host: PublishHost<L, D>;
  /** Added to stream time. */
  #offsetMs: number;
  #probe: TrackProbe | undefined = new TrackProbe();
  #waiting: TimedPacket[] = [];
  /** Of packets that wait, then of those in the open segment. */
  #openBytes = 0;
  #plans: ((leading: Kind) => SegmenterPlans) | undefined;
  readonly #tracks: PublishTracks;
  /** Sound that no segment can have yet, all of one configuration. */
  readonly #early = new EarlySound<MediaPacket>();
  #earlyConfig: TrackConfig | undefined;
  #active: SegmentTracks = { video: undefined, audio: undefined };
  #video: VideoSampler<D> | undefined;
  #audio: AudioSampler<D> | undefined;
  #segmenter: Segmenter<Sample<D>, L> | undefined;
  #segments: SegmentRules | undefined;
  #leadingMs: number | undefined;
  #endMs = 0;

  /**
   * Nothing muxed yet.
   *
   * @param offsetMs Added to stream time: media time follows the wall clock over the gap between two publishes.
   */
  constructor(host: PublishHost<L, D>, offsetMs: number) {
    this.#host = host;
    this.#tracks = new PublishTracks(host);
    this.#offsetMs = offsetMs;
  }

  /** Where the newest frame ends, media time. */
  get endMs(): number {
    return this.#endMs;
  }

  /** The stream time of a media time, as it is since time last began again. */
  streamMs(mediaMs: number): number {
    return mediaMs - this.#offsetMs;
  }

  /** The publish has metadata. */
  describe(facts: MetadataFacts): void {
    this.#tracks.describe(facts);
    this.#probe?.describe(facts);
  }

  /** Take a packet at its stream time. Its data may be changed afterwards, as far as the store of the host permits it. */
  take(packet: MediaPacket, timeMs: number): void {
    const probe = this.#probe;
    if (probe === undefined) return this.#process(packet, timeMs);
    // It may wait for longer than the memory of a message is kept.
    this.#waiting.push({ packet: { ...packet, data: packet.data.slice() }, timeMs });
    this.#openBytes += packet.data.length;
    probe.add(packet, timeMs);
    const { found } = probe;
    if (found !== undefined) this.#start(found);
    else if (this.#waiting.length > MAX_PROBED || this.#openBytes > MAX_OPEN_BYTES) {
      this.#waiting = [];
      this.#openBytes = 0;
    }
  }

  /** End the open segment now, if it has `leastMs` to less than a frame. */
  cut(leastMs = 0): void {
    this.#segmenter?.cut(leastMs);
  }

  /** The publish is over: all that came is muxed. */
  finish(): void {
    const found = this.#probe?.soFar;
    if (found !== undefined) this.#start(found);
    this.#closeTracks();
    this.#finishSound();
  }

  #start(found: ProbedTracks): void {
    this.#probe = undefined;
    this.#plans = this.#host.plan(found);
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#tracks.begin(found, waiting[0]?.timeMs ?? 0);
    for (const { packet, timeMs } of waiting) this.#process(packet, timeMs);
  }

  #process(packet: MediaPacket, timeMs: number): void {
    const { track } = packet;
    const known = this.#tracks.see(packet, timeMs);
    if (known === undefined) return;
    if (this.#host.isFull) return this.#pause();
    if (this.#canSwitch(packet)) this.#switchTracks(timeMs);
    if (!isSameConfig(this.#active[track], known)) {
      if (track === "audio") this.#holdSound(packet, timeMs, known);
      return;
    }
    if (this.#leadingMs !== undefined) this.#openBytes += packet.data.length;
    if (this.#openBytes > MAX_OPEN_BYTES) this.#beginAgain();
    if (track === this.#leading) this.#addLeading(packet, timeMs);
    else if (this.#leadingMs !== undefined) this.#addSound(packet, timeMs);
  }

  get #leading(): Kind {
    return this.#active.video === undefined ? "audio" : "video";
  }

  /** The tracks that there should be are others, and this frame can begin a segment of them. */
  #canSwitch({ track, keyFrame }: MediaPacket): boolean {
    if (!this.#tracks.differ(this.#active)) return false;
    return this.#tracks.wanted.video === undefined ? track === "audio" : track === "video" && keyFrame;
  }

  #switchTracks(timeMs: number): void {
    this.#closeTracks();
    const tracks = this.#active = this.#tracks.wanted;
    this.#openTracks();
    this.#host.tracks(tracks);
    const isUsable = isSameConfig(this.#earlyConfig, tracks.audio);
    const early = tracks.video === undefined ? this.#early.takeAll() : this.#early.takeFor(timeMs);
    if (!isUsable || (tracks.video !== undefined && !this.#host.keepsEarlySound)) return;
    for (const { frame, timeMs } of early) {
      if (tracks.video === undefined) this.#addLeading(frame, timeMs);
      else this.#addSound(frame, timeMs);
    }
  }

  #holdSound(packet: MediaPacket, timeMs: number, config: TrackConfig): void {
    if (!isSameConfig(this.#earlyConfig, config)) this.#early.takeAll();
    this.#earlyConfig = config;
    // It may wait for longer than the memory of a message is kept.
    const frame = { ...packet, data: packet.data.slice() };
    this.#early.hold({ frame, timeMs, bytes: frame.data.length });
  }

  /** Sound that waited for a picture is all that follows. */
  #finishSound(): void {
    const early = this.#early.takeAll();
    const audio = this.#earlyConfig;
    if (early.length === 0 || audio?.kind !== "audio") return;
    this.#active = { video: undefined, audio };
    this.#openTracks();
    this.#host.tracks(this.#active);
    for (const { frame, timeMs } of early) this.#addLeading(frame, timeMs);
    this.#closeTracks();
  }

  #pause(): void {
    this.#closeTracks();
    this.#active = { video: undefined, audio: undefined };
  }

  #openTracks(): void {
    const { video, audio } = this.#active;
    const { store } = this.#host;
    this.#video = video === undefined ? undefined : new VideoSampler(video, store);
    this.#audio = audio === undefined ? undefined : new AudioSampler(audio, store);
    this.#leadingMs = undefined;
    this.#openBytes = 0;
    const plans = this.#plans?.(this.#leading);
    this.#segments = plans?.segments;
    this.#segmenter = plans === undefined ? undefined : new Segmenter(plans, this.#events());
  }

  #closeTracks(): void {
    const last = this.#video?.flush();
    if (last !== undefined) this.#addSample(last, this.#active.video);
    this.#segmenter?.cut();
    this.#video = undefined;
    this.#audio = undefined;
    this.#segmenter = undefined;
  }

  /** Sound that accompanies pictures. */
  #addSound({ data }: MediaPacket, timeMs: number): void {
    if (this.#audio === undefined || this.#leading === "audio") return;
    this.#segmenter?.addOther(this.#audio.add(data, this.#mediaMs(timeMs)));
  }

  #addLeading(packet: MediaPacket, timeMs: number): void {
    const { keyFrame } = packet;
    // A decoder starts at a key frame.
    if (this.#leadingMs === undefined && !keyFrame) return;
    this.#checkTime(timeMs);
    this.#leadingMs = timeMs;
    const mediaMs = this.#mediaMs(timeMs);
    const complete = this.#video === undefined
      ? this.#audio?.add(packet.data, mediaMs)
      : this.#video.add(packet, mediaMs);
    if (complete !== undefined) {
      this.#addSample(complete, this.#video === undefined ? this.#active.audio : this.#active.video);
    }
    this.#segmenter?.expect({ keyFrame });
  }

  /** Where time jumps, a segment ends and another one begins that does not continue it. */
  #checkTime(timeMs: number): void {
    const last = this.#leadingMs;
    if (last === undefined) {
      if (this.#mediaMs(timeMs) < this.#endMs - BACK_MS) this.#offsetMs = this.#endMs - timeMs;
      return;
    }
    const stepMs = timeMs - last;
    if (stepMs >= -BACK_MS && !this.#segments?.isTooLong(stepMs)) return;
    if (stepMs < 0) {
      this.#closeTracks();
      this.#offsetMs = this.#endMs - timeMs;
    }
    this.#beginAgain();
  }

  /** End the segment; the next one begins with a key frame, and does not continue it. */
  #beginAgain(): void {
    this.#closeTracks();
    this.#openTracks();
    this.#host.tracks(this.#active);
  }

  #addSample(sample: Sample<D>, config: TrackConfig | undefined): void {
    const scale = 1000 / (config?.timeScale ?? 1000);
    const timeMs = sample.time * scale;
    const durationMs = sample.duration * scale;
    this.#endMs = timeMs + durationMs;
    this.#segmenter?.add({ sample, timeMs, durationMs, keyFrame: sample.keyFrame });
  }

  #mediaMs(timeMs: number): number {
    return timeMs + this.#offsetMs;
  }

  #events(): SegmenterEvents<L> {
    const host = this.#host;
    return {
      frames: () => host.frames(),
      begin: (timeMs) => host.begin(timeMs),
      part: (part: PartFrames<L>) => host.part(part),
      end: (durationMs) => {
        this.#openBytes = 0;
        host.end(durationMs);
      },
    };
  }
}
