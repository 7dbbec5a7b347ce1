/**
 * What leaves the muxers besides what viewers get: each finished segment, for what writes it to disk and reports it.
 * Plain data, so that it can go to another thread; bytes are shared, not copied.
 *
 * @module
 */
import type { StreamName } from "./hls_threads.ts";
import type { ListedSegment } from "./playlist_model.ts";

/** An initialization section that segments need. */
export interface SegmentInit {
  /** Distinguishes those of one stream. */
  readonly number: number;
  /** Its bytes. */
  readonly body: Uint8Array<ArrayBufferLike>;
}

/** A finished segment. */
export interface SinkSegment
  extends Pick<ListedSegment, "sequence" | "discontinuity" | "dateMs" | "durationMs"> {
  /** Its bytes. */
  readonly body: Uint8Array<ArrayBufferLike>;
  /** What it needs; `undefined` where the format has none. */
  readonly init: SegmentInit | undefined;
  /** Discontinuities of the stream so far, its own included. */
  readonly discontinuities: number;
  /** EXT-X-TARGETDURATION of the stream's playlist, seconds. */
  readonly targetDurationS: number;
  /** Of its name, such as `m4s`. */
  readonly extension: string;
}

/** What happens to a stream. */
export type SinkMessage =
  /** A publish of it begins: the segments that follow are of that one. */
  | { readonly kind: "began"; readonly name: StreamName }
  | { readonly kind: "segment"; readonly name: StreamName; readonly segment: SinkSegment }
  /** It is muxed no longer. */
  | { readonly kind: "closed"; readonly name: StreamName };

/** Takes segments. Must not throw. */
export interface SegmentSink {
  /** Whether the streams of a vhost are wanted. */
  wants(vhost: string): boolean;
  /** Something happened, in its order. */
  take(message: SinkMessage): void;
}

/** Wants nothing. */
export const NO_SINK: SegmentSink = { wants: () => false, take: () => {} };
