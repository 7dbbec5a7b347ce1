/**
 * Finds the name that a misspelt one was meant to be.
 *
 * @module
 */
import leven from "leven";

/** Longer names are never compared: keys and flags are much shorter. */
const MAX_LENGTH = 64;

/**
 * The candidate that is nearest to `name`, if any is near enough to be meant.
 *
 * @param name What was written.
 * @param candidates The names that exist.
 * @returns The nearest one, or `undefined` when all are too far: more than a third of the letters differ.
 */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const wanted = normalize(name);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, normalize(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** As the Levenshtein distance, but two letters that changed places count as one edit. */
function editDistance(a: string, b: string): number {
  const distance = leven(a, b);
  return distance === 2 && sorted(a) === sorted(b) ? 1 : distance;
}

function sorted(text: string): string {
  return [...text].toSorted().join("");
}

function normalize(name: string): string {
  return name.toLowerCase().replaceAll("-", "_");
}
