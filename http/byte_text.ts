/**
 * Text as it is sent, put together as bytes. A list of thousands that is made as a string leaves the string, its parts
 * and its bytes to the garbage collector, which takes as long again, and media wait for it. Pure.
 *
 * @module
 */

const FIRST_BYTES = 16 * 1024;
/** What UTF-8 takes at most for a unit of a string. */
const MAX_UNIT_BYTES = 3;
/** Digits of a number are written in groups of so many, which a small integer holds. */
const GROUP_DIGITS = 9;
const GROUP = 10 ** GROUP_DIGITS;
const ZERO = 0x30;
const POINT = 0x2e;
const THOUSAND = 1000;
const THOUSAND_DIGITS = 3;
/** Numbers of fewer digits than a double has exactly: beyond, a quotient is rounded. */
const MAX_THOUSANDTHS = 1e15;

const encoder = new TextEncoder();

/** The bytes of a text that is written often. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** A text that grows. */
export class ByteText {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST_BYTES);
  #length = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Add bytes. */
  add(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Add one byte. */
  addByte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  /** Add a text. */
  addText(text: string): void {
    this.#reserve(text.length * MAX_UNIT_BYTES);
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }

  /** Add a number as JSON and JavaScript write it. */
  addNumber(value: number): void {
    if (Number.isSafeInteger(value) && value >= 0) this.#addWhole(value);
    else this.addText(String(value));
  }

  /**
   * Add a number of thousandths, such as milliseconds as seconds, as {@link ByteText.addNumber} adds `value / 1000`.
   *
   * @param value What is less than one of them is rounded.
   */
  addThousandths(value: number): void {
    const rounded = Math.round(value);
    if (!(rounded >= 0 && rounded < MAX_THOUSANDTHS)) return this.addNumber(rounded / THOUSAND);
    const rest = rounded % THOUSAND;
    this.#addWhole((rounded - rest) / THOUSAND);
    if (rest === 0) return;
    this.addByte(POINT);
    this.#addDigits(rest, THOUSAND_DIGITS);
    while (this.#bytes[this.#length - 1] === ZERO) this.#length--;
  }

  /** All that was added, which is forgotten here. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #addWhole(value: number): void {
    const rest = value % GROUP;
    if (value === rest) return this.#addDigits(value, digitsOf(value));
    this.#addWhole((value - rest) / GROUP);
    this.#addDigits(rest, GROUP_DIGITS);
  }

  /** @param value Less than {@link GROUP}. */
  #addDigits(value: number, digits: number): void {
    this.#reserve(digits);
    const bytes = this.#bytes;
    let left = value | 0;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const tens = (left / 10) | 0;
      bytes[at] = ZERO + left - 10 * tens;
      left = tens;
    }
    this.#length += digits;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let bound = 10; bound <= value; bound *= 10) digits++;
  return digits;
}
