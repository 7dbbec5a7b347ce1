/**
 * What a relay does now and how it went until here, for the API and the log.
 *
 * @module
 */
import type { Clock, RelayInfo } from "../../core/mod.ts";
import { ByteRate } from "./byte_rate.ts";

/** The course of one relay, over all of its connections. */
export class RelayProgress {
  readonly #clock: Pick<Clock, "now">;
  readonly #rate = new ByteRate();
  #state: RelayInfo["state"];
  #sinceMs: number;
  #attempts = 0;
  #lastError = "";
  #hasWorked = false;

  /** Begins in `state`. */
  constructor(clock: Pick<Clock, "now">, state: RelayInfo["state"] = "connecting") {
    this.#clock = clock;
    this.#state = state;
    this.#sinceMs = clock.now();
  }

  /** What it does now. */
  get state(): RelayInfo["state"] {
    return this.#state;
  }

  /** Connections that were tried. */
  get attempts(): number {
    return this.#attempts;
  }

  /** It has been live. */
  get hasWorked(): boolean {
    return this.#hasWorked;
  }

  /** It does something else. */
  set(state: RelayInfo["state"]): void {
    this.#hasWorked ||= state === "live";
    if (this.#state !== state) this.#sinceMs = this.#clock.now();
    this.#state = state;
  }

  /** A connection is tried. */
  connecting(): void {
    this.#attempts++;
    this.set("connecting");
  }

  /** The other server has accepted. */
  accepted(): void {
    this.#lastError = "";
  }

  /**
   * An attempt has failed.
   *
   * @returns Whether for another reason than the one before: times and durations in a text do not make it another.
   */
  failed(error: string): boolean {
    const isNew = withoutNumbers(error) !== withoutNumbers(this.#lastError);
    this.#lastError = error;
    return isNew;
  }

  /** Bytes at a moment; called about once a second. */
  sample(nowMs: number, bytes: number): void {
    this.#rate.take(nowMs, bytes);
  }

  /** As it is shown. */
  get shown(): Pick<RelayInfo, "state" | "stateMs" | "attempts" | "kbps" | "lastError"> {
    return {
      state: this.#state,
      stateMs: this.#clock.now() - this.#sinceMs,
      attempts: this.#attempts,
      kbps: this.#rate.kbps,
      lastError: this.#lastError,
    };
  }
}

function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, "0");
}
