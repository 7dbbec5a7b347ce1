/**
 * The time at the head of a log line. The part down to the second is kept, so that a burst of lines formats
 * the calendar once.
 *
 * @module
 */

/** Formats the moments of one log. */
export class Timestamp {
  readonly #utc: boolean;
  #second = NaN;
  #text = "";

  /** @param options `utc`: UTC instead of the machine's local time. */
  constructor(options: { readonly utc: boolean }) {
    this.#utc = options.utc;
  }

  /** `2026-11-22 09:41:33.123` of Unix time `nowMs`. */
  format(nowMs: number): string {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = this.#utc ? utcText(new Date(second * 1000)) : localText(new Date(second * 1000));
    }
    return `${this.#text}.${pad(Math.floor(nowMs) - second * 1000, 3)}`;
  }
}

function utcText(date: Date): string {
  return date.toISOString().slice(0, 19).replace("T", " ");
}

function localText(date: Date): string {
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
  return `${day} ${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}:${pad(date.getSeconds(), 2)}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}
