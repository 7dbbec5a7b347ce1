/**
 * The first moments of a publish: which tracks it has, and how long its frames last. A playlist cannot begin before
 * both are known, because they must not change.
 *
 * @module
 */
import { type MediaPacket, type MetadataFacts, readTrackConfig, type TrackConfig } from "../media/mod.ts";

/** So long is waited for the configuration of a second track, milliseconds of stream. */
const TRACKS_MS = 500;
/** So long for enough frames, milliseconds of stream. */
const FRAMES_MS = 2000;
/** The mean of so many frames is exact enough for a part, whatever the publisher says. */
const ENOUGH_FRAMES = 10;
/** A frame rate that the publisher names is believed where it is this close to what is seen, as a share. */
const CLOSE_SHARE = 0.03;
/** So many frames tell whether a named frame rate is close. */
const FEW_FRAMES = 4;
/** Where nothing is known of the frames of pictures, milliseconds. */
const DEFAULT_FRAME_MS = 40;

/** What a probe found. */
export interface ProbedTracks {
  /** `undefined` where there is none. */
  readonly video: TrackConfig | undefined;
  /** `undefined` where there is none. */
  readonly audio: TrackConfig | undefined;
  /** What frames usually last: pictures where there are any, milliseconds. */
  readonly frameMs: number;
}

/** The times of one track. */
interface Times {
  first: number;
  last: number;
  count: number;
}

/** Looks at packets until enough is known. */
export class TrackProbe {
  #video: TrackConfig | undefined;
  #audio: TrackConfig | undefined;
  readonly #times: { video?: Times; audio?: Times } = {};
  #facts: MetadataFacts = {};
  #firstMs: number | undefined;
  #newestMs = 0;

  /** The publish has metadata. */
  describe(facts: MetadataFacts): void {
    this.#facts = facts;
  }

  /** Look at a packet. */
  add(packet: MediaPacket, timeMs: number): void {
    const result = readTrackConfig(packet, this.#facts);
    if (result.kind === "config") {
      if (packet.track === "video") this.#video = result.config;
      else this.#audio = result.config;
    }
    if (packet.kind !== "frame") return;
    this.#firstMs ??= timeMs;
    this.#newestMs = Math.max(this.#newestMs, timeMs);
    const times = this.#times[packet.track];
    if (times === undefined) this.#times[packet.track] = { first: timeMs, last: timeMs, count: 1 };
    else {
      times.last = timeMs;
      times.count++;
    }
  }

  /** What was found; `undefined` while it is not enough. */
  get found(): ProbedTracks | undefined {
    const video = this.#video;
    const audio = this.#audio;
    const seenMs = this.#firstMs === undefined ? 0 : this.#newestMs - this.#firstMs;
    if (video === undefined && audio === undefined) return undefined;
    if ((video === undefined || audio === undefined) && seenMs < TRACKS_MS) return undefined;
    const frameMs = video === undefined ? this.#soundFrameMs(audio) : this.#pictureFrameMs(video);
    if (frameMs !== undefined) return { video, audio, frameMs };
    return seenMs < FRAMES_MS ? undefined : this.soFar;
  }

  /** What is known where nothing follows; `undefined` where nothing can be muxed. */
  get soFar(): ProbedTracks | undefined {
    const [video, audio] = [this.#video, this.#audio];
    if (this.#firstMs === undefined || (video === undefined && audio === undefined)) return undefined;
    const frameMs = video === undefined ? this.#soundFrameMs(audio) : this.#meanMs("video");
    return { video, audio, frameMs: frameMs ?? DEFAULT_FRAME_MS };
  }

  #pictureFrameMs(config: TrackConfig): number | undefined {
    const rate = (config.kind === "video" ? config.frameRate : undefined) ?? this.#facts.fps;
    const count = this.#times.video?.count ?? 0;
    const meanMs = this.#meanMs("video");
    if (meanMs === undefined) return undefined;
    const named = rate === undefined || rate <= 0 ? undefined : 1000 / rate;
    const isClose = named !== undefined && Math.abs(named / meanMs - 1) < CLOSE_SHARE;
    if (count > ENOUGH_FRAMES) return isClose ? named : meanMs;
    return count > FEW_FRAMES && isClose ? named : undefined;
  }

  #soundFrameMs(config: TrackConfig | undefined): number | undefined {
    const samples = config?.kind === "audio" ? config.frameSamples : undefined;
    if (config !== undefined && samples !== undefined) return samples * 1000 / config.timeScale;
    return (this.#times.audio?.count ?? 0) > ENOUGH_FRAMES ? this.#meanMs("audio") : undefined;
  }

  #meanMs(track: "video" | "audio"): number | undefined {
    const times = this.#times[track];
    if (times === undefined || times.count < 2 || times.last <= times.first) return undefined;
    return (times.last - times.first) / (times.count - 1);
  }
}
