/**
 * Where the parts and segments of one set of tracks begin and end. One track leads: pictures where there are any.
 *
 * @module
 */
import type { PartPlan } from "./part_plan.ts";
import type { SegmentRules } from "./segment_plan.ts";

/** A frame of the leading track. */
export interface LeadingFrame<S> {
  /** As the segmenter hands it on. */
  readonly sample: S;
  /** Decoding time, milliseconds. */
  readonly timeMs: number;
  /** Until the next frame. */
  readonly durationMs: number;
  /** A decoder can start here. */
  readonly keyFrame: boolean;
}

/** Frames of a track in their order: an array, or what takes less memory. */
export interface FrameList<S> {
  /** How many frames. */
  readonly length: number;
  /** Add the next one. */
  push(sample: S): unknown;
}

/** The frames of a part, in two lists. */
export interface PartFrames<L> {
  /** Of the leading track. */
  readonly leading: L;
  /** Sound that arrived meanwhile. */
  readonly others: L;
  /** Of the leading frames. */
  readonly durationMs: number;
  /** One of the leading frames is a key frame. */
  readonly independent: boolean;
  /** The segment is whole with it: its end is reported right after it. */
  readonly last: boolean;
}

/** What becomes of the frames. */
export interface SegmenterEvents<L> {
  /** An empty list for the frames of a part that begins. */
  frames(): L;
  /** A segment begins with the frame of this time. */
  begin(timeMs: number): void;
  /** A part of it is there. */
  part(part: PartFrames<L>): void;
  /** It is whole. */
  end(durationMs: number): void;
}

/** How long parts and segments are. */
export interface SegmenterPlans {
  /** Where segments end. */
  readonly segments: SegmentRules;
  /** `undefined`: each segment is one part. */
  readonly parts: PartPlan | undefined;
  /** What frames of the leading track usually last, milliseconds. */
  readonly frameMs: number;
}

/** Cuts frames into parts and segments. */
export class Segmenter<S, L extends FrameList<S>> {
  readonly #plans: SegmenterPlans;
  readonly #events: SegmenterEvents<L>;
  #leading: L;
  #others: L;
  #isIndependent = false;
  #isOpen = false;
  /** A decoder cannot start with the first frame of the open segment. */
  #beginsWithin = false;
  #partMs = 0;
  #segmentMs = 0;
  /** Time of the newest key frame. */
  #keyMs: number | undefined;
  /** Where the newest leading frame ends. */
  #endMs: number | undefined;

  /** Nothing cut yet. */
  constructor(plans: SegmenterPlans, events: SegmenterEvents<L>) {
    this.#plans = plans;
    this.#events = events;
    this.#leading = events.frames();
    this.#others = events.frames();
  }

  /** Take the next frame of the leading track. */
  add({ sample, timeMs, durationMs, keyFrame }: LeadingFrame<S>): void {
    const { segments, parts } = this.#plans;
    const endMs = timeMs + durationMs;
    // Where time was lost before the frame, the segment lasts as long as the time line says.
    const lastsMs = this.#isOpen ? endMs - (this.#endMs ?? timeMs) : durationMs;
    if (this.#segmentMs > 0 && segments.isFull(this.#segmentMs, lastsMs)) this.#endSegment();
    if (this.#leading.length > 0 && parts?.endsBefore(this.#partMs, lastsMs)) this.#endPart({ last: false });
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#beginsWithin = !keyFrame;
      this.#events.begin(timeMs);
    }
    this.#leading.push(sample);
    this.#isIndependent ||= keyFrame;
    this.#partMs += lastsMs;
    this.#segmentMs += lastsMs;
    this.#endMs = endMs;
    if (keyFrame) this.#keyMs = timeMs;
  }

  /** Take a frame of another track: it is in the part in which it arrived. */
  addOther(sample: S): void {
    this.#others.push(sample);
  }

  /**
   * The next frame of the leading track is known, though not how long it lasts: what is whole without it does not wait
   * for that.
   */
  expect({ keyFrame }: { readonly keyFrame: boolean }): void {
    const { segments, parts, frameMs } = this.#plans;
    const endMs = this.#endMs ?? 0;
    const gopMs = endMs - (this.#keyMs ?? endMs);
    if (keyFrame) this.#keyMs = endMs;
    if (this.#segmentMs === 0) return;
    // Players start with a segment: those that follow shall begin with a key frame again.
    const ends = keyFrame && (this.#beginsWithin || segments.endsAtKeyFrame(this.#segmentMs, gopMs));
    if (ends || segments.isFull(this.#segmentMs, frameMs)) this.#endSegment();
    else if (this.#leading.length > 0 && parts?.isFull(this.#partMs)) this.#endPart({ last: false });
  }

  /**
   * End the open segment, if there is one.
   *
   * @param leastMs What it has to be long for that, but for less than a frame.
   */
  cut(leastMs = 0): void {
    if (this.#segmentMs > 0 && this.#segmentMs + this.#plans.frameMs > leastMs) this.#endSegment();
  }

  #endPart({ last }: { readonly last: boolean }): void {
    const part = {
      leading: this.#leading,
      others: this.#others,
      durationMs: this.#partMs,
      independent: this.#isIndependent,
      last,
    };
    this.#leading = this.#events.frames();
    this.#others = this.#events.frames();
    this.#partMs = 0;
    this.#isIndependent = false;
    this.#events.part(part);
  }

  #endSegment(): void {
    if (this.#leading.length > 0) this.#endPart({ last: true });
    const durationMs = this.#segmentMs;
    this.#segmentMs = 0;
    this.#isOpen = false;
    this.#events.end(durationMs);
  }
}
