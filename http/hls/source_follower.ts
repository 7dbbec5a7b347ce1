/**
 * Follows a source over its publishes and feeds a muxer: joins a running publish at its newest key frame, and maps
 * stream time to media time.
 *
 * @module
 */
import type { Source, Tap } from "../../stream/live/mod.ts";
import {
  MediaKind,
  type MediaTag,
  type MetadataFacts,
  readMediaPacket,
  readMetadataFacts,
  type Sample,
  type StreamMessage,
} from "../../stream/media/mod.ts";
import { PublishMuxer } from "../../stream/mux/mod.ts";
import { GopProbe } from "./gop_probe.ts";
import type { HlsMuxer } from "./hls_muxer.ts";

/** The media time at which a source is followed, milliseconds: a GOP that arrived before has its own, earlier time. */
export const FOLLOWED_MEDIA_MS = 60_000;
/** The least media time, so that no frame that is decoded earlier than shown is before 0, milliseconds. */
const LEAST_MEDIA_MS = 10_000;

/** What the muxer follows. */
export type MuxedSource = Pick<Source, "live" | "running" | "taps">;

/** How a source is followed. */
export interface SourceFollowerOptions {
  /** What the muxer was made with. */
  readonly originMs: number;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
  /** Whether each part is wanted as soon as it can be. */
  readonly isUrgent: () => boolean;
  /** Whether a viewer waits; else the first publish is looked at before it is muxed, see {@link GopProbe}. */
  readonly isWanted: boolean;
  /** What a segment should last, milliseconds. */
  readonly fragmentMs: number;
  /** A publish begins, or runs already. */
  began(): void;
}

/** Feeds one muxer. */
export class SourceFollower implements Tap {
  /** @inheritdoc */
  readonly patient = false;
  /** Until their segment is whole. */
  readonly keepsPayloads = true;
  readonly #isUrgent: () => boolean;
  readonly #source: MuxedSource;
  readonly #muxer: HlsMuxer;
  readonly #wallNow: () => number;
  /** Wall clock less media time, milliseconds. */
  readonly #originMs: number;
  readonly #fragmentMs: number;
  readonly #began: () => void;
  #probe: GopProbe | undefined;
  #isWanted: boolean;
  #publish: PublishMuxer<Sample[]> | undefined;
  /** Metadata of the publish. */
  #facts: MetadataFacts = {};
  /** Where the media of earlier publishes ends. */
  #endMs = 0;
  #isLive: boolean;

  /**
   * Follow `source` from now on.
   */
  constructor(source: MuxedSource, muxer: HlsMuxer, options: SourceFollowerOptions) {
    const { originMs, wallNow, isUrgent, isWanted, fragmentMs, began } = options;
    this.#fragmentMs = fragmentMs;
    this.#isUrgent = isUrgent;
    this.#source = source;
    this.#muxer = muxer;
    this.#wallNow = wallNow;
    this.#originMs = originMs;
    this.#isLive = source.live;
    this.#isWanted = isWanted;
    this.#began = began;
    if (source.live) {
      began();
      this.#join();
    }
    source.taps.add(this);
  }

  /** @inheritdoc */
  get urgent(): boolean {
    return this.#isUrgent();
  }

  /** A publish is under way. */
  get live(): boolean {
    return this.#isLive;
  }

  /** A viewer waits: what there is has to be shown at once. */
  want(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#endProbe();
    this.#showFirst();
  }

  /** @inheritdoc */
  began(): void {
    this.#isLive = true;
    this.#publish = undefined;
    this.#facts = {};
    this.#probe = this.#newProbe();
    this.#began();
  }

  /** @inheritdoc */
  take(message: StreamMessage, tag: MediaTag): void {
    if (this.#probe !== undefined) {
      if (this.#probe.add(message, tag)) this.#endProbe();
      return;
    }
    this.#take(message, tag);
    this.#showFirst();
  }

  /** @inheritdoc */
  readEnded(): void {}

  /** @inheritdoc */
  ended(): void {
    this.#endProbe();
    this.#isLive = false;
    this.#publish?.finish();
    this.#endMs = this.#publish?.endMs ?? this.#endMs;
    this.#publish = undefined;
  }

  /** Follow no longer. */
  stop(): void {
    this.#source.taps.delete(this);
  }

  /** The newest GOP, then a first segment of it at once. */
  #join(): void {
    const { headers, gop, longestGopMs } = this.#source.running;
    const newest = gop?.messages.findLast(({ typeId }) => typeId !== MediaKind.Data);
    const seenMs = newest === undefined || gop === undefined ? 0 : newest.time - gop.time;
    this.#muxer.longestGopMs = Math.max(longestGopMs, seenMs);
    const time = gop?.time;
    // Without a cached GOP the first message says where the stream is.
    this.#publish = time === undefined ? undefined : this.#begin(time, seenMs);
    for (const { typeId, payload } of (gop?.headers ?? headers).list) {
      this.#take({ typeId, payload, time: time ?? 0 }, { header: true });
    }
    for (const message of gop?.messages ?? []) this.#take(message, { header: false });
    this.#showFirst();
    if (!this.#isWanted && gop === undefined) this.#probe = this.#newProbe();
  }

  /**
   * A playlist that has nothing to show does not wait for a whole segment, only for as much as players want to have
   * before they begin: one that begins with less stands still at once.
   */
  #showFirst(): void {
    if (this.#isWanted && !this.#muxer.hasSegments) this.#publish?.cut(this.#muxer.holdBackMs);
  }

  /** Only before there is a list: its terms never change. */
  #newProbe(): GopProbe | undefined {
    return this.#isWanted || this.#muxer.next !== undefined ? undefined : new GopProbe(this.#fragmentMs);
  }

  #endProbe(): void {
    const probe = this.#probe;
    if (probe === undefined) return;
    this.#probe = undefined;
    this.#muxer.longestGopMs = Math.max(this.#muxer.longestGopMs, probe.longestMs);
    const { span } = probe;
    if (span !== undefined) this.#publish ??= this.#begin(span.fromMs, span.durationMs);
    for (const { message, tag } of probe.kept) this.#take(message, tag);
  }

  /**
   * A publish whose first message is of this stream time.
   *
   * @param ageMs How long ago that arrived.
   */
  #begin(timeMs: number, ageMs = 0): PublishMuxer<Sample[]> {
    const arrivedMs = this.#wallNow() - ageMs - this.#originMs;
    const mediaMs = Math.round(Math.max(this.#endMs, arrivedMs, LEAST_MEDIA_MS));
    const publish = new PublishMuxer<Sample[]>(this.#muxer, mediaMs - timeMs);
    publish.describe(this.#facts);
    return publish;
  }

  #take({ typeId, time, payload }: StreamMessage, { header }: Pick<MediaTag, "header">): void {
    if (typeId === MediaKind.Data) {
      if (!header) return;
      this.#facts = readMetadataFacts(payload);
      return this.#publish?.describe(this.#facts);
    }
    const packet = readMediaPacket(typeId, payload);
    if (packet === undefined) return;
    this.#publish ??= this.#begin(time);
    this.#publish.take(packet, time);
  }
}
