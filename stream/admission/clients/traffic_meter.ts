/**
 * The traffic of a client: its age, its rate in the latest half minute, and what its plays skipped. Pure.
 *
 * @module
 */
import type { Usage } from "../../live/mod.ts";
import type { ByteCounters } from "../../../core/mod.ts";

/** Between two samples, milliseconds. */
const SAMPLE_MS = 5000;
/** So the oldest sample is 30 to 35 seconds old. */
const SAMPLES = 7;
/** Numbers in a sample: time, bytes to the client, bytes from it. */
const STRIDE = 3;
/** The rate of a younger client would be its first burst. */
const MIN_SPAN_MS = 1000;

/** Rates of one client, kbit/s. */
export interface Rates {
  /** To it. */
  readonly sendKbps: number;
  /** From it. */
  readonly recvKbps: number;
}

/** The jumps of one player, now or at its end. */
export type Jumps = Pick<Usage, "jumps" | "droppedMs">;

const NO_JUMPS: Jumps = { jumps: 0, droppedMs: 0 };

/** Meters one client; {@link TrafficMeter.sample} it about once a second. */
export class TrafficMeter {
  readonly #startedMs: number;
  readonly #samples: number[];
  #count = 1;
  #latestMs: number;
  #past = NO_JUMPS;

  /**
   * Of a client that comes now.
   *
   * @param nowMs Monotonic clock.
   */
  constructor(nowMs: number) {
    this.#startedMs = this.#latestMs = nowMs;
    this.#samples = [nowMs, 0, 0];
  }

  /** Since the client came, milliseconds. */
  ageMs(nowMs: number): number {
    return nowMs - this.#startedMs;
  }

  /** Whether {@link TrafficMeter.sample} would keep the counters of this moment. */
  isSampleDue(nowMs: number): boolean {
    return nowMs - this.#latestMs >= SAMPLE_MS;
  }

  /** Keep the counters of this moment, if the last ones are old enough. */
  sample(nowMs: number, { sendBytes, recvBytes }: ByteCounters): void {
    if (!this.isSampleDue(nowMs)) return;
    this.#latestMs = nowMs;
    const at = (this.#count++ % SAMPLES) * STRIDE;
    this.#samples[at] = nowMs;
    this.#samples[at + 1] = sendBytes;
    this.#samples[at + 2] = recvBytes;
  }

  /** The rates since the oldest sample. */
  rates(nowMs: number, { sendBytes, recvBytes }: ByteCounters): Rates {
    const oldest = this.#count <= SAMPLES ? 0 : (this.#count % SAMPLES) * STRIDE;
    const { [oldest]: thenMs = nowMs, [oldest + 1]: sent = 0, [oldest + 2]: received = 0 } = this.#samples;
    const spanMs = Math.max(MIN_SPAN_MS, nowMs - thenMs);
    return {
      sendKbps: Math.round((sendBytes - sent) * 8 / spanMs),
      recvKbps: Math.round((recvBytes - received) * 8 / spanMs),
    };
  }

  /** A play of the client is over, with these jumps. */
  playEnded(jumps: Jumps): void {
    this.#past = addJumps(this.#past, jumps);
  }

  /** The jumps of all plays, `running` being those of the current one, which most clients have alone. */
  jumpsWith(running: Jumps | undefined): Jumps {
    if (running === undefined) return this.#past;
    return this.#past === NO_JUMPS ? running : addJumps(this.#past, running);
  }
}

function addJumps(a: Jumps, b: Jumps): Jumps {
  return { jumps: a.jumps + b.jumps, droppedMs: a.droppedMs + b.droppedMs };
}
