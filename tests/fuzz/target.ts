/**
 * What the fuzzer aims at.
 *
 * @module
 */
import type { Corpus } from "./mutator.ts";
import type { Random } from "./random.ts";

/** A decoder, or something larger, and what must hold for any bytes. */
export interface FuzzTarget {
  /** As `--target` takes it. */
  readonly name: string;
  /** Real input: cases are mutations of it. */
  readonly corpus: Corpus;
  /** Cases in `deno task test`. */
  readonly testCases: number;
  /**
   * Take a case.
   *
   * @param random For choices other than the bytes: cuts, answers. Same case, same choices.
   * @throws {Error} What must hold does not: a finding.
   */
  run(input: Uint8Array<ArrayBuffer>, random: Random): void | Promise<void>;
  /** Say that no case follows. Throws as `run`. */
  close?(): Promise<void>;
}

/** Run, and tell an expected refusal from a result. */
export function attempt<T, E extends Error>(
  refusal: abstract new (...args: never[]) => E,
  run: () => T,
): { readonly value: T } | { readonly refused: E } {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof refusal) return { refused: error };
    throw error;
  }
}

/** Text of a case; what is not UTF-8 becomes U+FFFD. */
export function textOf(input: Uint8Array): string {
  return new TextDecoder().decode(input);
}

/** Texts as a corpus. */
export function textCorpus(first: string, ...more: readonly string[]): Corpus {
  const encoder = new TextEncoder();
  const encode = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(encoder.encode(text));
  return [encode(first), ...more.map(encode)];
}
