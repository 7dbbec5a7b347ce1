/**
 * The stream's own time line: one clock for all publishers that a stream ever has.
 *
 * SRS corrects each player's time; here it is done once, at ingest, and players join at stream time. The rules of
 * `time_jitter` are SRS's with these amendments:
 *
 * 1. A step that the arrival clock confirms is believed: a slide show of one frame every two seconds keeps its pace.
 * 2. So is a step that other tracks confirm: an encoder that drops pictures on a slow line then sends one sooner than its
 *    timestamp says.
 * 3. Each track's steps are judged alone: sound and pictures may be far apart or come in bursts.
 * 4. A jump of the encoder's clock moves all tracks by the same amount, so their distance stays what it was.
 *
 * @module
 */

/** How the publisher's timestamps become the stream's. */
export type TimeJitter = "full" | "zero" | "off";

/** A step beyond this in either direction is a jump of the encoder's clock, milliseconds. */
const MAX_STEP_MS = 250;
/** What a jump is replaced with, milliseconds: SRS's default frame time. */
const FRAME_MS = 10;
/** A track that begins further than this from the others has a clock of its own, milliseconds: it begins where they are. */
const MAX_DISTANCE_MS = 10_000;
/** Timestamps count modulo this. */
const RANGE = 0x1_0000_0000;

/** One track of the running publish. */
interface Track {
  /** Its newest timestamp, not wrapped. */
  timestamp: number;
  /** What makes stream time of it: the publish's, or, until the track has jumped like the others, the one before. */
  offset: number;
  /** Of its newest message. */
  arrivalMs: number;
  /** Where each track was then, in the order in which they began. */
  readonly seen: number[];
}

/** Turns 32-bit timestamps of one publisher after another into one unbroken time line. */
export class TimeCorrector {
  readonly #jitter: TimeJitter;
  #time = 0;
  /** Of the running publish, by {@link TimeCorrector.correct}'s number. */
  readonly #tracks = new Map<number, Track>();
  /** The same, in the order in which they began. */
  #all: readonly Track[] = [];
  /** What makes stream time of the publisher's newest clock. */
  #offset = 0;
  /** The newest timestamp of any track, not wrapped. */
  #timestamp = 0;
  /** Where the running publish begins, known with its first message. */
  #start: number | undefined;

  /** A time line that begins with the first timestamp. */
  constructor(jitter: TimeJitter) {
    this.#jitter = jitter;
  }

  /**
   * Where the stream is, milliseconds, 0 before the first message: the newest time of any track. It goes back only where
   * `zero` and `off` let a jump of the encoder's clock pass.
   */
  get time(): number {
    return this.#time;
  }

  /** The stream was at `time` elsewhere: what follows here is not before it. */
  advance(time: number): void {
    this.#time = Math.max(this.#time, time);
  }

  /** Another publisher begins: its first message follows the last one's, whatever its timestamp is. */
  restart(): void {
    this.#tracks.clear();
    this.#all = [];
    this.#start = undefined;
  }

  /**
   * The stream time of a frame.
   *
   * @param number Of its track, any number that is the same for all frames of the track.
   * @param timestamp As received, unsigned 32 bits of milliseconds.
   * @param arrivalMs Monotonic clock.
   * @returns Milliseconds from 0, not wrapped; write it to a wire modulo 2^32.
   */
  correct(number: number, timestamp: number, arrivalMs: number): number {
    const track = this.#tracks.get(number);
    if (track === undefined) return this.#begin(number, timestamp, arrivalMs);
    const lastTime = track.timestamp + track.offset;
    const lastTimestamp = track.timestamp;
    track.timestamp = this.#timestamp = unwrap(timestamp, lastTimestamp);
    let elapsedMs = arrivalMs - track.arrivalMs;
    if (track.timestamp - lastTimestamp > MAX_STEP_MS) elapsedMs = Math.max(elapsedMs, this.#passedMs(track));
    track.arrivalMs = arrivalMs;
    track.offset = this.#jitter === "full" ? this.#judge(track, lastTime, elapsedMs) : this.#offset;
    return this.#reach(track, lastTime);
  }

  /**
   * The stream time of a sequence header. It says nothing about the clock: encoders give headers the time 0, or that of
   * whatever comes next.
   */
  headerTime(number: number, timestamp: number): number {
    if (this.#jitter === "off") return timestamp;
    if (this.#tracks.size === 0) return this.#startTime();
    const track = this.#tracks.get(number);
    const lastTime = track === undefined ? this.#time : track.timestamp + track.offset;
    const time = unwrap(timestamp, track?.timestamp ?? this.#timestamp) + (track?.offset ?? this.#offset);
    const isBelieved = time >= 0 && (this.#jitter === "zero" || isPlausible(time - lastTime, 0));
    return isBelieved ? time : lastTime;
  }

  #begin(number: number, timestamp: number, arrivalMs: number): number {
    const isFirst = this.#tracks.size === 0;
    const start = this.#startTime();
    this.#timestamp = isFirst ? timestamp : unwrap(timestamp, this.#timestamp);
    if (isFirst) this.#offset = this.#jitter === "off" ? 0 : start - timestamp;
    const track = { timestamp: this.#timestamp, offset: this.#offset, arrivalMs, seen: [] };
    this.#tracks.set(number, track);
    this.#all = [...this.#all, track];
    if (this.#jitter === "full" && !isFirst) {
      const time = track.timestamp + track.offset;
      if (Math.abs(time - this.#time) > MAX_DISTANCE_MS) track.offset += this.#time - time;
      else if (time < start) this.#shift(start - time);
    }
    if (isFirst) this.#time = track.timestamp + track.offset;
    const time = this.#reach(track, -Infinity);
    for (const other of this.#all) other.seen[this.#all.length - 1] = time;
    return time;
  }

  /** The offset by which a track goes on: the publish's, its own of before, or a new one for all after a jump. */
  #judge({ timestamp, offset }: Track, lastTime: number, elapsedMs: number): number {
    const step = timestamp + this.#offset - lastTime;
    const isBelieved = isPlausible(step, elapsedMs);
    if (isBelieved && (step >= 0 || offset === this.#offset)) return this.#offset;
    // The others have jumped, and this one has not, or not yet.
    if (offset !== this.#offset && isPlausible(timestamp + offset - lastTime, elapsedMs)) return offset;
    if (isBelieved) return this.#offset;
    return this.#offset = lastTime + FRAME_MS - timestamp;
  }

  /** The stream has come to the newest frame of this track. */
  #reach(track: Track, lastTime: number): number {
    if (track.timestamp + track.offset < 0) {
      // Under "off" players see the timestamp as it is, modulo 2^32.
      this.#shift(this.#jitter === "off" ? RANGE : -(track.timestamp + track.offset));
    }
    const time = track.timestamp + track.offset;
    if (time > this.#time || time < lastTime - MAX_STEP_MS) this.#time = time;
    const all = this.#all;
    for (let i = 0; i < all.length; i++) {
      const other = all[i];
      if (other !== undefined) track.seen[i] = other.timestamp + other.offset;
    }
    return time;
  }

  /** A track is earlier than a stream can be: all are later from here on, and keep their distance. */
  #shift(laterMs: number): void {
    this.#offset += laterMs;
    for (const track of this.#all) {
      track.offset += laterMs;
      for (let i = 0; i < track.seen.length; i++) track.seen[i] = (track.seen[i] ?? 0) + laterMs;
    }
  }

  /** How far any other track has come since the newest message of this one, milliseconds. */
  #passedMs(track: Track): number {
    return this.#all.reduce((passedMs, other, i) => {
      const now = other.timestamp + other.offset;
      return other === track ? passedMs : Math.max(passedMs, now - (track.seen[i] ?? now));
    }, 0);
  }

  #startTime(): number {
    return this.#start ??= this.#time === 0 ? 0 : this.#time + FRAME_MS;
  }
}

/** The timestamp that is nearest to `last`, modulo 2^32. */
function unwrap(timestamp: number, last: number): number {
  return last + ((timestamp - last) | 0);
}

function isPlausible(step: number, elapsedMs: number): boolean {
  return step >= -MAX_STEP_MS && step <= Math.max(MAX_STEP_MS, elapsedMs + MAX_STEP_MS);
}
