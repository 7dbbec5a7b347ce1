/**
 * One stream as HLS, over all its publishes: numbers that never go back, one time line that follows the wall clock, and
 * the bytes of what is listed.
 *
 * @module
 */
import { type PartTrack, type Sample, SAMPLE_VIEWS, type TrackConfig } from "../../stream/media/mod.ts";
import {
  fitsPartTarget,
  type PartFrames,
  PartPlan,
  partTargetMs,
  type ProbedTracks,
  type PublishHost,
  type SegmenterPlans,
  SegmentPlan,
  type SegmentTracks,
  targetDurationS,
} from "../../stream/mux/mod.ts";
import { BitRates } from "./bit_rates.ts";
import type { Container, PartWriter } from "./fmp4_container.ts";
import type { HlsMedia, HlsUpdate } from "./hls_update.ts";
import { type FirstNumbers, LivePlaylist } from "./live_playlist.ts";
import type { MediaName } from "./media_names.ts";
import type { Variant } from "./multivariant_playlist.ts";
import { type ListedSegment, partHoldBackMs, type PlaylistTerms } from "./playlist_model.ts";
import { Retention } from "./retention.ts";
import { SegmentBudget } from "./segment_budget.ts";
import { type PrepareResponse, SegmentBytes } from "./segment_bytes.ts";

/** Delta updates are offered where the window is longer than this many target durations. */
const SKIP_TARGETS = 6;

/** What a muxer is made with. */
export interface HlsMuxerOptions {
  /** What a segment should last, milliseconds. */
  readonly fragmentMs: number;
  /** What the list should last, milliseconds. */
  readonly windowMs: number;
  /** What the segments of the list may be together; as much again is kept of those that have left it. */
  readonly maxBytes: number;
  /** What a part should last, milliseconds; 0 for none. */
  readonly partMs: number;
  /** In front of the names in the list. */
  readonly prefix: string;
  readonly container: Container;
  readonly prepare: PrepareResponse;
  readonly first: FirstNumbers;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** What a segment needs besides its own bytes. */
export interface SegmentList {
  /** Its initialization section; `undefined` where the format has none. */
  readonly init: HlsMedia | undefined;
  readonly targetDurationS: number;
  readonly extension: string;
}

/** What a muxer reports. */
export interface HlsMuxerEvents {
  /** There is something new to show. */
  updated(update: HlsUpdate): void;
  /** A segment is whole. */
  segmentEnded(segment: ListedSegment, media: HlsMedia, list: SegmentList): void;
  /** There was no room for as many segments as the list should hold. */
  overBytes(): void;
  /** There are too many segments: what follows is left out for a while. */
  overSegments(): void;
  /** A track cannot be had. */
  refused(reason: string): void;
}

/** Muxes one stream. */
export class HlsMuxer implements PublishHost<Sample[]> {
  /** The longest GOP of the publish that begins, milliseconds: counts for the first one. */
  longestGopMs = 0;
  /** Viewers join anywhere: sound without pictures would be a segment of its own. */
  readonly keepsEarlySound = false;
  /** The publisher's messages are kept for it. */
  readonly store = SAMPLE_VIEWS;
  readonly #options: HlsMuxerOptions;
  readonly #events: HlsMuxerEvents;
  /** Media time 0, milliseconds since 1970. */
  readonly #originMs: number;
  readonly #rates = new BitRates();
  readonly #budget: SegmentBudget;
  #list: LivePlaylist | undefined;
  #retention: Retention | undefined;
  #frameMs = 0;
  #listsParts = false;
  #tracks: SegmentTracks = { video: undefined, audio: undefined };
  #writer: PartWriter | undefined;
  #init: HlsMedia | undefined;
  #isDiscontinuous = false;
  #segment: SegmentBytes | undefined;
  #added: HlsMedia[] = [];

  /**
   * Nothing listed yet.
   *
   * @param originMs Media time 0 in milliseconds since 1970.
   */
  constructor(options: HlsMuxerOptions, originMs: number, events: HlsMuxerEvents) {
    this.#options = options;
    this.#originMs = originMs;
    this.#events = events;
    this.#budget = new SegmentBudget(options.now);
  }

  /** @inheritdoc */
  get isFull(): boolean {
    return this.#budget.isExhausted;
  }

  /** Whether there is anything to show. */
  get hasSegments(): boolean {
    return this.#list?.state !== undefined;
  }

  /** How far from its end players with parts start, milliseconds; 0 where there are no parts, or not yet a list. */
  get holdBackMs(): number {
    return this.#list === undefined ? 0 : partHoldBackMs(this.#list.terms);
  }

  /** The first numbers of a list that continues this one; `undefined` where there is none. */
  get next(): FirstNumbers | undefined {
    return this.#list?.next;
  }

  /** @inheritdoc */
  canCarry(track: TrackConfig): boolean {
    return this.#options.container.canCarry(track);
  }

  /** @inheritdoc */
  plan({ frameMs }: ProbedTracks): (leading: "audio" | "video") => SegmenterPlans {
    const { fragmentMs, partMs } = this.#options;
    const { terms } = this.#list ??= this.#createList(frameMs);
    this.#frameMs = frameMs;
    this.#listsParts = partMs > 0 && fitsPartTarget(terms.partTargetMs, frameMs);
    return (leading) => ({
      segments: new SegmentPlan(fragmentMs, terms.targetDurationS, leading === "audio" ? frameMs : 0),
      parts: this.#listsParts ? new PartPlan(terms.partTargetMs, frameMs) : undefined,
      frameMs,
    });
  }

  /** @inheritdoc */
  tracks(tracks: SegmentTracks): void {
    const { container, prepare } = this.#options;
    const configs = [tracks.video, tracks.audio].filter((track) => track !== undefined);
    this.#tracks = tracks;
    this.#writer = container.writerOf(configs);
    this.#isDiscontinuous = this.hasSegments;
    const init = container.encodeInit(configs);
    if (init === undefined) return;
    const number = this.#list?.next.sequence ?? 0;
    const response = prepare(container.contentType, init.length);
    response.bytes.set(init, response.bodyAt);
    this.#init = { name: { kind: "init", number }, response, ranges: [] };
    this.#added.push(this.#init);
  }

  /** @inheritdoc */
  frames(): Sample[] {
    return [];
  }

  /** @inheritdoc */
  begin(timeMs: number): void {
    if (this.#budget.take()) this.#events.overSegments();
    this.#list?.begin({
      initNumber: this.#init?.name.number,
      discontinuity: this.#isDiscontinuous,
      dateMs: this.#originMs + timeMs,
    });
    this.#isDiscontinuous = false;
    this.#segment = new SegmentBytes(this.#options.prepare, this.#options.container.contentType);
  }

  /** @inheritdoc */
  part(frames: PartFrames<readonly Sample[]>): void {
    const list = this.#list;
    const segment = this.#segment;
    if (list === undefined || segment === undefined) return;
    const tracks = this.#partTracks(frames);
    const { durationMs, independent } = frames;
    const number = this.#listsParts
      ? list.addPart({ durationMs: Math.min(durationMs, list.terms.partTargetMs), independent })
      : list.skipPart();
    let response: HlsMedia["response"] | undefined;
    this.#writer?.write(tracks, (bytes) => {
      response = segment.add(number, bytes);
      return { target: response.bytes, at: response.bodyAt };
    });
    if (response === undefined || !this.#listsParts) return;
    this.#added.push({ name: { kind: "part", number }, response, ranges: [] });
    // A short part may be listed as the last one of its segment alone.
    if (!frames.last) this.#update([]);
  }

  /** @inheritdoc */
  end(durationMs: number): void {
    const list = this.#list;
    const body = this.#segment?.finish();
    const ended = list?.end(durationMs, body?.bytes ?? 0);
    this.#segment = undefined;
    if (list === undefined || body === undefined || ended === undefined) return;
    const { segment, gone, isOverBytes } = ended;
    const { sequence } = segment;
    const name: MediaName = { kind: "segment", number: sequence };
    const media = { name, response: body.response, ranges: body.ranges };
    this.#added.push(media);
    this.#rates.add(
      { sequence, bytes: body.bytes, durationMs },
      list.state?.segments[0]?.sequence ?? sequence,
    );
    const retention = this.#retention ??= new Retention(list.terms);
    this.#update(retention.add(segment, body.ranges, gone));
    if (isOverBytes) this.#events.overBytes();
    const { targetDurationS, extension } = list.terms;
    this.#events.segmentEnded(segment, media, { init: this.#init, targetDurationS, extension });
  }

  /** @inheritdoc */
  refused(reason: string): void {
    this.#events.refused(reason);
  }

  #createList(frameMs: number): LivePlaylist {
    const { fragmentMs, partMs, prefix, container, windowMs, first } = this.#options;
    const targetS = targetDurationS(fragmentMs, this.longestGopMs);
    const terms: PlaylistTerms = {
      targetDurationS: targetS,
      partTargetMs: partMs > 0 ? partTargetMs(partMs, frameMs) : 0,
      canSkip: windowMs > SKIP_TARGETS * targetS * 1000,
      extension: container.extension,
      prefix,
    };
    return new LivePlaylist(terms, this.#options, first);
  }

  #partTracks({ leading, others }: PartFrames<readonly Sample[]>): readonly PartTrack[] {
    const { video, audio } = this.#tracks;
    if (video === undefined) return [{ id: 1, kind: "audio", samples: leading }];
    const pictures: PartTrack = { id: 1, kind: "video", samples: leading };
    return audio === undefined ? [pictures] : [pictures, { id: 2, kind: "audio", samples: others }];
  }

  #update(dropped: readonly MediaName[]): void {
    const playlist = this.#list?.state;
    // Until there is a whole segment nothing can be shown; what was added waits.
    if (playlist === undefined) return;
    const added = this.#added;
    this.#added = [];
    this.#events.updated({ playlist, variant: this.#variant(), added, dropped });
  }

  #variant(): Variant {
    const { video, audio } = this.#tracks;
    const configs = [video, audio].filter((track) => track !== undefined);
    return {
      codecs: configs.map(({ codecString }) => codecString).join(","),
      peakBps: this.#rates.peakBps,
      averageBps: this.#rates.averageBps,
      width: video?.width,
      height: video?.height,
      frameRate: video === undefined ? undefined : 1000 / this.#frameMs,
    };
  }
}
