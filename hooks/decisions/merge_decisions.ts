/**
 * The decisions of several addresses as one. Pure.
 *
 * @module
 */
import type { AnswerDecisions } from "../contract/answer.ts";

/** Decisions of several addresses: the later one's names, the stricter limits, all forwards. */
export function mergeDecisions(one: AnswerDecisions, other: AnswerDecisions): AnswerDecisions {
  const merged = { ...one, ...other };
  return {
    ...merged,
    ...tighter("ttlMs", one.ttlMs, other.ttlMs),
    ...tighter("maxBitrateKbps", one.maxBitrateKbps, other.maxBitrateKbps),
    ...(merged.forward === undefined
      ? {}
      : { forward: [...new Set([...(one.forward ?? []), ...(other.forward ?? [])])] }),
  };
}

function tighter<K extends string>(
  key: K,
  one: number | undefined,
  other: number | undefined,
): Partial<Record<K, number>> {
  const values = [one, other].filter((value) => value !== undefined);
  const limits: Partial<Record<K, number>> = {};
  if (values.length > 0) limits[key] = Math.min(...values);
  return limits;
}
