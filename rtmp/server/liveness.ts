/**
 * Whether a client is still there. A cut cable says nothing: no FIN, no RST, and a player has nothing to send. So a
 * client that has been silent is pinged, and ended when no sign of life follows. Pure.
 *
 * @module
 */

/** What to do about a client. */
export type LivenessStep = "wait" | "ping" | "end";

/** Follows the signs of life of one client. */
export class Liveness {
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #pingedMs: number | undefined;

  /**
   * @param intervalMs Silence after which a ping is due; 0 for no pings.
   * @param timeoutMs How long a ping may stay without a sign of life.
   */
  constructor(intervalMs: number, timeoutMs: number) {
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Check the clock.
   *
   * @param aliveMs When the client last gave a sign of life.
   */
  check(nowMs: number, aliveMs: number): LivenessStep {
    if (this.#intervalMs === 0) return "wait";
    if (this.#pingedMs !== undefined && aliveMs > this.#pingedMs) this.#pingedMs = undefined;
    if (this.#pingedMs !== undefined) return nowMs - this.#pingedMs >= this.#timeoutMs ? "end" : "wait";
    if (nowMs - aliveMs < this.#intervalMs) return "wait";
    this.#pingedMs = nowMs;
    return "ping";
  }
}
