/**
 * Answers kept for a time: to decide when the service cannot (`last`), and to save it equal requests (`cache`).
 * Pure: the caller passes the time.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { RequestPlan } from "../client/endpoint_table.ts";
import type { SessionFacts } from "../contract/payload.ts";

interface Kept<T> {
  readonly value: T;
  readonly at: number;
}

/** Answers kept at most; the oldest are dropped first. */
const MAX_KEPT = 20_000;

/** Answers by request. */
export class DecisionCache<T> {
  readonly #kept = new Map<string, Kept<T>>();

  /** Keep an answer as the newest. */
  set(key: string, value: T, nowMs: number): void {
    this.#kept.delete(key);
    this.#kept.set(key, { value, at: nowMs });
    if (this.#kept.size <= MAX_KEPT) return;
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }

  /** The answer, if it is not older than `maxAgeMs`. */
  get(key: string, maxAgeMs: number, nowMs: number): T | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    if (nowMs - kept.at <= maxAgeMs) return kept.value;
    this.#kept.delete(key);
    return undefined;
  }
}

/**
 * Equal requests have equal keys: event, vhost, app, stream, param and address of the client, as long as what is
 * configured for them stays. A digest, because clients can send long names.
 */
export function requestKey(
  { event, generation }: Pick<RequestPlan, "event" | "generation">,
  facts: SessionFacts,
): string {
  // A connection has no stream yet; its tcUrl has the parameters that it was opened with.
  const name = facts.stream === undefined ? [facts.tcUrl] : [facts.stream.stream, facts.stream.param];
  const request = JSON.stringify([event, generation, facts.vhost, facts.app, facts.ip, ...name]);
  return createHash("sha256").update(request).digest("base64");
}
