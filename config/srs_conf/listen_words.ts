/**
 * Words of `listen` in other programs' files, where one of them may include another.
 *
 * @module
 */

import type { ListenAddress } from "../../core/mod.ts";
import { LISTEN, overlap } from "../types/listen_type.ts";

/** Addresses as words, and what happened to the others. */
export interface ListenWords {
  readonly words: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Leave out addresses that another one includes: `[::]:1935` takes IPv4 too.
 *
 * @param words One address each; what cannot be read stays as it is.
 */
export function withoutOverlaps(words: readonly string[]): ListenWords {
  const notes: string[] = [];
  const kept = words.filter((word, index) => {
    const own = addressOf(word);
    if (own === undefined) return true;
    const other = words.find((candidate, at) =>
      at !== index && includes(addressOf(candidate), own, { isEarlier: at < index })
    );
    if (other !== undefined) notes.push(`${word} is left out: ${other} includes it`);
    return other === undefined;
  });
  return { words: kept, notes };
}

/** Of two that include each other the earlier one stays. */
function includes(
  wide: ListenAddress | undefined,
  own: ListenAddress,
  { isEarlier }: { readonly isEarlier: boolean },
): boolean {
  if (wide === undefined || overlap(wide, own) === undefined) return false;
  return width(wide) > width(own) || (width(wide) === width(own) && isEarlier);
}

function width({ hostname }: ListenAddress): number {
  if (/^[0:]+$/.test(hostname)) return 2;
  return hostname === "0.0.0.0" ? 1 : 0;
}

function addressOf(word: string): ListenAddress | undefined {
  const parsed = LISTEN.fromWords?.([word]);
  return parsed?.ok ? parsed.value[0] : undefined;
}
