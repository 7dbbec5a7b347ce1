/**
 * A number that only grows, over restarts too: a start continues after all that was used before it. It is written some
 * steps ahead, so that few writes are enough.
 *
 * @module
 */
import { errorMessage } from "../core/mod.ts";

/** What is written ahead. */
const STEPS_AHEAD = 16;
/** Some players take longer the larger the number is: then it begins again. */
const MAX_KEPT = 50_000;

/** A number in a file of the current directory. */
export class KeptNumber {
  /** The least number that no earlier process has used. */
  readonly first: number;
  readonly #path: string;
  readonly #failed: (notice: string) => void;
  #kept: number;

  /**
   * Read the file, and keep what is next.
   *
   * @param path In a directory that is there.
   * @param failed Called with a notice for the log where the number cannot be kept.
   */
  constructor(path: string, failed: (notice: string) => void) {
    this.#path = path;
    this.#failed = failed;
    this.first = this.#kept = readNumber(path);
    this.used(this.first);
  }

  /** `number` is used. */
  used(number: number): void {
    if (number < this.#kept - 1) return;
    this.#kept = number + STEPS_AHEAD;
    // Another process that has taken over, or is taken over from, may have come farther.
    if (this.#kept <= readNumber(this.#path)) return;
    try {
      Deno.writeTextFileSync(this.#path, `${this.#kept}\n`);
    } catch (error) {
      this.#failed(
        `Cannot write ${this.#path}, so players of HLS may stop at a restart: ${errorMessage(error)}`,
      );
    }
  }
}

function readNumber(path: string): number {
  try {
    const number = Number(Deno.readTextFileSync(path));
    return Number.isSafeInteger(number) && number > 0 && number < MAX_KEPT ? number : 1;
  } catch {
    // There is none yet; what else it may be, writing it meets too.
    return 1;
  }
}
