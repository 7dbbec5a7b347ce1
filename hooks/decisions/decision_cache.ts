/**
 * Answers kept for a while: to decide when the service cannot (`last`), and to spare it equal questions (`cache`).
 * Pure: the caller says when it is.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { SessionFacts } from "../contract/payload.ts";

interface Kept<T> {
  readonly value: T;
  readonly at: number;
}

/** Most answers kept; the oldest go first. */
const MAX_KEPT = 20_000;

/** Answers by question. */
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
 * Equal questions have equal keys: event, vhost, app, stream, param and address of the client. A digest: what a
 * stranger makes up can be long.
 */
export function requestKey(event: string, facts: SessionFacts): string {
  // A connection has no stream yet; what it was opened with stands in the tcUrl.
  const name = facts.stream === undefined ? [facts.tcUrl] : [facts.stream.stream, facts.stream.param];
  const question = JSON.stringify([event, facts.vhost, facts.app, facts.ip, ...name]);
  return createHash("sha256").update(question).digest("base64");
}
