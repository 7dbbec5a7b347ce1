/**
 * Which tracks a publish has: what was last said of each, and which have gone. Pure.
 *
 * @module
 */
import {
  type AudioConfig,
  isSameConfig,
  type MediaPacket,
  type MetadataFacts,
  readTrackConfig,
  type Sample,
  type TrackConfig,
  type VideoConfig,
} from "../media/mod.ts";
import type { PublishHost, SegmentTracks } from "./publish_host.ts";
import type { ProbedTracks } from "./track_probe.ts";

/** A track that sends nothing for so long, while the other goes on, is gone, milliseconds. */
const GONE_MS = 5000;

type Kind = MediaPacket["track"];

/** What is said of each track. */
type OfTracks<T> = Record<Kind, T | undefined>;

/** Knows the tracks of one publish. */
export class PublishTracks {
  readonly #host: Pick<PublishHost<Sample<unknown>[], unknown>, "canCarry" | "refused">;
  #facts: MetadataFacts = {};
  /** What was last said of each track. */
  readonly #known: OfTracks<TrackConfig> = { video: undefined, audio: undefined };
  /** When each track last had a frame; `undefined`: it is gone. */
  readonly #seenMs: OfTracks<number> = { video: undefined, audio: undefined };
  readonly #refused = new Set<string>();

  /** No track yet. */
  constructor(host: Pick<PublishHost<Sample<unknown>[], unknown>, "canCarry" | "refused">) {
    this.#host = host;
  }

  /** The publish has metadata. */
  describe(facts: MetadataFacts): void {
    this.#facts = facts;
  }

  /** The publish begins with these, at this stream time. */
  begin({ video, audio }: ProbedTracks, firstMs: number): void {
    for (const config of [video, audio]) {
      if (config === undefined || !this.#host.canCarry(config)) continue;
      this.#known[config.kind] = config;
      this.#seenMs[config.kind] = firstMs;
    }
  }

  /** Those that a segment shall have which begins now. */
  get wanted(): SegmentTracks {
    return { video: this.#video, audio: this.#audio };
  }

  get #video(): VideoConfig | undefined {
    const video = this.#seenMs.video === undefined ? undefined : this.#known.video;
    return video?.kind === "video" ? video : undefined;
  }

  get #audio(): AudioConfig | undefined {
    const audio = this.#seenMs.audio === undefined ? undefined : this.#known.audio;
    return audio?.kind === "audio" ? audio : undefined;
  }

  /** Whether these are no longer those that a segment shall have. */
  differ({ video, audio }: SegmentTracks): boolean {
    // For each frame: no object of both is made.
    return !isSameConfig(this.#video, video) || !isSameConfig(this.#audio, audio);
  }

  /** Look at a packet at its stream time: what is known of its track, where it is a frame that has to be muxed. */
  see(packet: MediaPacket, timeMs: number): TrackConfig | undefined {
    const { track, kind, codec } = packet;
    if (kind === "configuration" || this.#known[track]?.codec !== codec) this.#readConfig(packet);
    const known = this.#known[track];
    if (kind === "configuration" || known?.codec !== codec) return undefined;
    this.#seenMs[track] = timeMs;
    this.#forgetSilent(timeMs, track === "video" ? "audio" : "video");
    return known;
  }

  #readConfig(packet: MediaPacket): void {
    const { track, codec } = packet;
    const result = readTrackConfig(packet, this.#facts);
    if (result.kind === "none") return;
    if (result.kind === "config" && this.#host.canCarry(result.config)) {
      this.#known[track] = result.config;
      return;
    }
    // What follows cannot be muxed, least of all as the codec before it.
    if (this.#known[track]?.codec !== codec) this.#known[track] = undefined;
    this.#refuse(
      result.kind === "refused"
        ? result.reason
        : `Cannot mux ${codec}: this format of segments does not carry it`,
    );
  }

  #refuse(reason: string): void {
    if (this.#refused.has(reason)) return;
    this.#refused.add(reason);
    this.#host.refused(reason);
  }

  /** A track that comes no more would stop its players. */
  #forgetSilent(nowMs: number, track: Kind): void {
    const seenMs = this.#seenMs[track];
    if (seenMs !== undefined && nowMs - seenMs > GONE_MS) this.#seenMs[track] = undefined;
  }
}
