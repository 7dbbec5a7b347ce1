/**
 * In which order the origins of a vhost are tried for one stream. Pure.
 *
 * @module
 */
import type { OriginBalance } from "../../stream/admission/mod.ts";

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * By hash: highest random weight of stream and origin, so that all edges ask the same origin for a stream, and an
 * origin that is gone moves its own streams alone.
 */
export function originOrder(
  origins: readonly string[],
  balance: OriginBalance,
  stream: string,
): readonly string[] {
  if (balance === "order" || origins.length < 2) return origins;
  const weighted = origins.map((origin) => ({ origin, weight: weightOf(`${stream}\n${origin}`) }));
  return weighted.sort((a, b) => b.weight - a.weight).map(({ origin }) => origin);
}

/** FNV-1a, and a last mix without which similar texts have similar weights. */
export function weightOf(text: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
