/**
 * The streams that are muxed on this thread.
 *
 * @module
 */
import { type MediaContext, sourceOptions, type VhostOptions } from "../../stream/admission/mod.ts";
import { ForeignFeed, type Source, sourceKey } from "../../stream/live/mod.ts";
import { Fmp4Container } from "./fmp4_container.ts";
import { HlsMuxer, type HlsMuxerEvents, type HlsMuxerOptions } from "./hls_muxer.ts";
import type { ResponseMaker } from "./hls_responses.ts";
import type { ReadyResponse } from "./segment_bytes.ts";
import type { StreamName } from "./hls_threads.ts";
import type { HlsUpdate } from "./hls_update.ts";
import type { FirstNumbers } from "./live_playlist.ts";
import { TsContainer } from "./ts_container.ts";
import { NO_SINK, type SegmentSink } from "./segment_sink.ts";
import { FOLLOWED_MEDIA_MS, SourceFollower } from "./source_follower.ts";

/** A muxed stream. */
interface Muxed {
  readonly muxer: HlsMuxer;
  readonly feed: SourceFollower;
  readonly foreign: ForeignFeed | undefined;
  readonly source: Source;
  /** Gets its segments and its end, whatever the configuration says by then. */
  readonly sink: SegmentSink;
}

/** For whom a stream is muxed. */
export interface MuxingTerms {
  /** Whether a viewer waits, as it begins. */
  readonly isWanted: boolean;
  /** Whether requests are held for each part, now. */
  isAwaited(): boolean;
}

/** Parts are at least this long: their numbers, which start at the clock, do not overtake it. */
const PART_NUMBER_MS = 10;

/** How discontinuities are counted over restarts: by the clock they would be too many for players. */
export interface DiscontinuityNumbers {
  /** No earlier process has come to it. */
  readonly firstDiscontinuity: number;
  /** A list has come to this number. */
  discontinuityUsed(number: number): void;
}

/** Muxes streams. */
export class MuxersHere {
  readonly #context: MediaContext;
  readonly #responses: ResponseMaker;
  /** Other threads may publish what is muxed here. */
  readonly #hasForeign: boolean;
  readonly #discontinuities: DiscontinuityNumbers;
  readonly #sink: SegmentSink;
  readonly #muxed = new Map<string, Muxed>();
  /** No list may begin before these: some list has used what is before them. */
  #least: FirstNumbers;

  /** None yet. */
  constructor(
    context: MediaContext,
    responses: ResponseMaker,
    hasForeign: boolean,
    discontinuities: DiscontinuityNumbers,
    sink: SegmentSink,
  ) {
    this.#sink = sink;
    this.#context = context;
    this.#responses = responses;
    this.#hasForeign = hasForeign;
    this.#discontinuities = discontinuities;
    this.#least = { sequence: 0, part: 0, discontinuity: discontinuities.firstDiscontinuity };
  }

  /**
   * Mux a stream that is not muxed.
   *
   * @param updated Gets what is made of it.
   */
  open(
    name: StreamName,
    { isWanted, isAwaited }: MuxingTerms,
    updated: (update: HlsUpdate) => void,
  ): void {
    const { clock, sources, options } = this.#context;
    const vhost = options.vhosts.get(name.vhost);
    if (vhost === undefined) return;
    const key = sourceKey(name.vhost, name.app, name.stream);
    const source = sources.acquire(key, sourceOptions(vhost, options.limits));
    const wallMs = clock.wallNow();
    const originMs = wallMs - FOLLOWED_MEDIA_MS;
    const sink = this.#sink.wants(name.vhost) ? this.#sink : NO_SINK;
    const events = this.#events(name, sink, updated, () => muxer.next);
    const muxer: HlsMuxer = new HlsMuxer(this.#muxerOptions(vhost, name.stream, wallMs), originMs, events);
    const feed = new SourceFollower(source, muxer, {
      originMs,
      wallNow: () => clock.wallNow(),
      // What waits on another thread is not known here.
      isUrgent: () => vhost.hls.partMs > 0 && (this.#hasForeign || isAwaited()),
      isWanted,
      fragmentMs: vhost.hls.fragmentMs,
      began: () => sink.take({ kind: "began", name }),
    });
    const foreign = this.#hasForeign ? new ForeignFeed(source, feed) : undefined;
    this.#muxed.set(key, { muxer, feed, foreign, source, sink });
  }

  /** A viewer waits for a stream that is muxed. */
  want({ vhost, app, stream }: StreamName): void {
    this.#muxed.get(sourceKey(vhost, app, stream))?.feed.want();
  }

  /** Whether a stream is muxed and its publish under way. */
  isLive({ vhost, app, stream }: StreamName): boolean {
    return this.#muxed.get(sourceKey(vhost, app, stream))?.feed.live === true;
  }

  /** Mux it no longer. */
  close(name: StreamName): void {
    const { vhost, app, stream } = name;
    const key = sourceKey(vhost, app, stream);
    const muxed = this.#muxed.get(key);
    if (muxed === undefined) return;
    this.#muxed.delete(key);
    muxed.foreign?.stop();
    muxed.feed.stop();
    this.#context.sources.release(muxed.source);
    muxed.sink.take({ kind: "closed", name });
    const { next } = muxed.muxer;
    if (next === undefined) return;
    const least = this.#least;
    this.#least = {
      sequence: Math.max(least.sequence, next.sequence),
      part: Math.max(least.part, next.part),
      discontinuity: Math.max(least.discontinuity, next.discontinuity),
    };
  }

  #muxerOptions({ hls }: VhostOptions, stream: string, wallMs: number): HlsMuxerOptions {
    const least = this.#least;
    return {
      fragmentMs: hls.fragmentMs,
      windowMs: hls.windowMs,
      maxBytes: this.#context.options.limits.maxHlsBytes,
      partMs: hls.partMs,
      prefix: hls.ctx ? "" : `${encodeURIComponent(stream)}/`,
      container: hls.format === "mpegts" ? new TsContainer() : new Fmp4Container(),
      prepare: (contentType, bytes) => this.#responses.prepareMedia(contentType, bytes),
      now: () => this.#context.clock.now(),
      first: {
        sequence: Math.max(Math.floor(wallMs / 1000), least.sequence),
        part: Math.max(Math.floor(wallMs / PART_NUMBER_MS), least.part),
        discontinuity: least.discontinuity,
      },
    };
  }

  #events(
    name: StreamName,
    sink: SegmentSink,
    updated: (update: HlsUpdate) => void,
    next: () => FirstNumbers | undefined,
  ): HlsMuxerEvents {
    const { limits, log, options: { limits: { maxHlsBytes } } } = this.#context;
    const key = sourceKey(name.vhost, name.app, name.stream);
    return {
      updated,
      segmentEnded: (segment, { response }, { init, targetDurationS, extension }) => {
        const { sequence, discontinuity, dateMs, durationMs } = segment;
        const following = next()?.discontinuity ?? 1;
        if (discontinuity) this.#discontinuities.discontinuityUsed(following);
        const finished = {
          ...{ sequence, discontinuity, dateMs, durationMs, targetDurationS, extension },
          body: bodyOf(response),
          init: init === undefined ? undefined : { number: init.name.number, body: bodyOf(init.response) },
          discontinuities: following - 1,
        };
        sink.take({ kind: "segment", name, segment: finished });
      },
      overBytes: () => limits.hit("max_hls_bytes", { detail: `${maxHlsBytes} bytes: ${key}` }),
      overSegments: () =>
        limits.hit("hls_segments", {
          detail: `too many segments, the stream is left out of HLS for seconds: ${key}`,
        }),
      refused: (reason) =>
        log.write("warn", undefined, "A track is left out of HLS", { stream: key, reason }),
    };
  }
}

function bodyOf({ bytes, bodyAt }: ReadyResponse): Uint8Array<ArrayBufferLike> {
  return bytes.subarray(bodyAt);
}
