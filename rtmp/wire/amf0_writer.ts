/**
 * Writes AMF0 values into a growing array. AMF0 1.0 §2. Pure.
 *
 * @module
 */
import {
  Amf0Date,
  Amf0EcmaArray,
  Amf0Marker,
  Amf0Object,
  Amf0TypedObject,
  type Amf0Value,
  Amf0Xml,
} from "./amf0_value.ts";

const UTF8 = new TextEncoder();

/** Fits every reply of a server; longer bodies double it. */
const INITIAL_BYTES = 512;
/** The longest text that a 16-bit length can announce. */
const MAX_SHORT_TEXT_BYTES = 0xffff;
/** UTF-8 needs no more for one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;
/** Up to this many letters, encoding one at a time is cheaper than a call to `TextEncoder`. */
const SHORT_TEXT_UNITS = 64;
/** Deeper than any real value: what is deeper contains itself. */
const MAX_DEPTH = 64;

/** Collects values; `takeBytes` ends it. */
export class Amf0Writer {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #depth = 0;

  /**
   * Append one value with all that it holds.
   *
   * @throws {RangeError} On a circle, or a member name or class name above 65,535 bytes.
   */
  writeValue(value: Amf0Value): void {
    if (typeof value === "string") return this.#writeString(value);
    if (typeof value === "number") {
      this.#marker(Amf0Marker.Number);
      const at = this.#take(8);
      this.#view.setFloat64(at, value);
      return;
    }
    if (typeof value === "boolean") {
      this.#marker(Amf0Marker.Boolean);
      const at = this.#take(1);
      this.#view.setUint8(at, value ? 1 : 0);
      return;
    }
    if (value === null) return this.#marker(Amf0Marker.Null);
    if (value === undefined) return this.#marker(Amf0Marker.Undefined);
    if (value instanceof Amf0Object) return this.#writeObject(value);
    if (Array.isArray(value)) return this.#writeStrictArray(value);
    if (value instanceof Amf0Date) {
      this.#marker(Amf0Marker.Date);
      const at = this.#take(10);
      this.#view.setFloat64(at, value.epochMs);
      this.#view.setInt16(at + 8, value.timeZone);
      return;
    }
    if (value instanceof Amf0Xml) {
      this.#marker(Amf0Marker.XmlDocument);
      this.#writeLongText(UTF8.encode(value.text));
      return;
    }
    this.#marker(Amf0Marker.Unsupported);
  }

  /** All that was written, in an array of its exact size. */
  takeBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at);
  }

  #writeObject(object: Amf0Object): void {
    this.#enter();
    if (object instanceof Amf0EcmaArray) {
      this.#marker(Amf0Marker.EcmaArray);
      this.#uint32(object.size);
    } else if (object instanceof Amf0TypedObject) {
      this.#marker(Amf0Marker.TypedObject);
      this.#writeName(object.className);
    } else {
      this.#marker(Amf0Marker.Object);
    }
    for (const [name, member] of object) {
      this.#writeName(name);
      this.writeValue(member);
    }
    this.#writeName("");
    this.#marker(Amf0Marker.ObjectEnd);
    this.#depth -= 1;
  }

  #writeStrictArray(values: readonly Amf0Value[]): void {
    this.#enter();
    this.#marker(Amf0Marker.StrictArray);
    this.#uint32(values.length);
    for (const value of values) this.writeValue(value);
    this.#depth -= 1;
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) {
      throw new RangeError(
        `Cannot encode AMF0: more than ${MAX_DEPTH} levels, probably an object that holds itself`,
      );
    }
  }

  #writeString(text: string): void {
    if (text.length * MAX_BYTES_PER_UNIT <= MAX_SHORT_TEXT_BYTES) {
      this.#marker(Amf0Marker.String);
      this.#writeName(text);
      return;
    }
    const encoded = UTF8.encode(text);
    if (encoded.length <= MAX_SHORT_TEXT_BYTES) {
      this.#marker(Amf0Marker.String);
      const at = this.#take(2);
      this.#view.setUint16(at, encoded.length);
      this.#append(encoded);
    } else {
      this.#marker(Amf0Marker.LongString);
      this.#writeLongText(encoded);
    }
  }

  /** A text behind its 16-bit length. */
  #writeName(text: string): void {
    this.#reserve(2 + text.length * MAX_BYTES_PER_UNIT);
    const lengthAt = this.#take(2);
    const written = this.#writeAscii(text) ?? UTF8.encodeInto(text, this.#bytes.subarray(this.#at)).written;
    if (written > MAX_SHORT_TEXT_BYTES) {
      throw new RangeError(
        `Cannot encode AMF0: a name of ${written} bytes is longer than ${MAX_SHORT_TEXT_BYTES}`,
      );
    }
    this.#view.setUint16(lengthAt, written);
    this.#at += written;
  }

  /** How many bytes a short text of plain letters took; `undefined` when it is for the encoder. */
  #writeAscii(text: string): number | undefined {
    const { length } = text;
    if (length > SHORT_TEXT_UNITS) return undefined;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return undefined;
      this.#bytes[this.#at + i] = code;
    }
    return length;
  }

  #writeLongText(encoded: Uint8Array): void {
    this.#uint32(encoded.length);
    this.#append(encoded);
  }

  #marker(marker: number): void {
    const at = this.#take(1);
    this.#view.setUint8(at, marker);
  }

  #uint32(number: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, number);
  }

  #append(encoded: Uint8Array): void {
    const at = this.#take(encoded.length);
    this.#bytes.set(encoded, at);
  }

  /** Step over `size` bytes; where they start. It may replace array and view: call it before you touch them. */
  #take(size: number): number {
    this.#reserve(size);
    const at = this.#at;
    this.#at = at + size;
    return at;
  }

  #reserve(size: number): void {
    const needed = this.#at + size;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
