/**
 * Reads AMF0 values from one message body. AMF0 1.0 §2. Pure.
 *
 * @module
 */
import {
  Amf0Date,
  Amf0EcmaArray,
  Amf0Marker,
  Amf0Object,
  type Amf0Text,
  Amf0TypedObject,
  Amf0Unsupported,
  type Amf0Value,
  Amf0Xml,
} from "./amf0_value.ts";
import { Amf3Reader } from "./amf3_reader.ts";
import { AmfBudget, type Referable } from "./amf_budget.ts";
import { AmfCursor } from "./amf_cursor.ts";
import type { WireLimits } from "./limits.ts";
import { ProtocolError, ProtocolErrorCode } from "./protocol_error.ts";

/** How far a reader goes along with a body that breaks the rules. */
export interface Amf0Reading {
  /** How strings that are not UTF-8 are read. */
  readonly text: Amf0Text;
  /**
   * Read what can be read: an object ends where its members cannot be read any more, and a value that would be written
   * many times or in AMF3 is read as `undefined`.
   */
  readonly salvage?: boolean;
}

/** One body; `atEnd` and `readValue` in turns. */
export class Amf0Reader {
  readonly #cursor: AmfCursor;
  readonly #budget: AmfBudget;
  readonly #referables: Referable[] = [];
  readonly #salvage: boolean;
  #irregular = false;

  /** A reader at the start of a body, which is kept as long as the reader and not changed. */
  constructor(bytes: Uint8Array, limits: WireLimits, { text, salvage = false }: Amf0Reading) {
    this.#cursor = new AmfCursor(bytes, text, limits.maxAmfStringBytes);
    this.#budget = new AmfBudget(limits);
    this.#salvage = salvage;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#cursor.left;
  }

  /**
   * Something was not a whole value of the kinds that every reader of metadata knows: numbers, booleans, texts, null,
   * objects, arrays and dates.
   */
  get irregular(): boolean {
    return this.#irregular;
  }

  /** Whether nothing is left. */
  get atEnd(): boolean {
    return this.#cursor.left === 0;
  }

  /**
   * Read the next value.
   *
   * @throws {ProtocolError} `Amf0` or `Limit`; the reader is of no use afterwards.
   */
  readValue(): Amf0Value {
    const cursor = this.#cursor;
    this.#budget.count(1);
    const marker = cursor.uint8("type marker");
    if (!REGULAR.has(marker)) this.#irregular = true;
    switch (marker) {
      case Amf0Marker.Number:
        return cursor.double("number");
      case Amf0Marker.Boolean:
        return cursor.uint8("boolean") !== 0;
      case Amf0Marker.String:
        return this.#readShortText();
      case Amf0Marker.Null:
        return null;
      case Amf0Marker.Undefined:
        return undefined;
      case Amf0Marker.Object:
        return this.#readMembers(new Amf0Object(), 0);
      case Amf0Marker.EcmaArray:
        // The count is a hint that encoders get wrong in both directions; nothing is sized by it.
        return this.#readMembers(new Amf0EcmaArray(), cursor.uint32("ECMA array count"));
      case Amf0Marker.TypedObject:
        return this.#readMembers(new Amf0TypedObject(this.#readShortText()), 0);
      case Amf0Marker.StrictArray:
        return this.#readStrictArray();
      case Amf0Marker.Reference:
        return this.#readReference();
      case Amf0Marker.Date:
        return new Amf0Date(cursor.double("date"), cursor.int16("time zone"));
      case Amf0Marker.LongString:
        return this.#readLongText();
      case Amf0Marker.XmlDocument:
        return new Amf0Xml(this.#readLongText());
      case Amf0Marker.Unsupported:
        return new Amf0Unsupported();
      case Amf0Marker.AvmPlus:
        return this.#readAmf3();
      default:
        throw cursor.refuse(`type marker 0x${marker.toString(16).padStart(2, "0")} is not supported`);
    }
  }

  /**
   * Members up to the object end marker.
   *
   * @param enough Members after which the body may also just end, as some encoders let an ECMA array end it.
   */
  #readMembers(object: Amf0Object, enough: number): Amf0Object {
    const cursor = this.#cursor;
    const referable = this.#open(object);
    try {
      while (!(this.atEnd && enough > 0 && object.size >= enough)) {
        const name = this.#readShortText();
        // §2.11: the end is an empty name and a marker; an empty name before any other marker is a member.
        if (name === "" && cursor.peek() === Amf0Marker.ObjectEnd) {
          cursor.skip(1, "object end");
          this.#budget.close(referable);
          return object;
        }
        object.set(name, this.readValue());
      }
    } catch (error) {
      if (!this.#salvage || !isUnreadable(error)) throw error;
      cursor.skip(cursor.left, "rest");
    }
    this.#irregular = true;
    this.#budget.close(referable);
    return object;
  }

  #readAmf3(): Amf0Value {
    const value = new Amf3Reader(this.#cursor, this.#budget).readValue();
    return this.#salvage ? undefined : value;
  }

  #readStrictArray(): Amf0Value[] {
    const cursor = this.#cursor;
    const count = cursor.uint32("strict array count");
    if (count > cursor.left) {
      throw cursor.refuse(`a strict array of ${count} values cannot fit in ${cursor.left} bytes`);
    }
    const array: Amf0Value[] = [];
    const referable = this.#open(array);
    for (let i = 0; i < count; i++) array.push(this.readValue());
    this.#budget.close(referable);
    return array;
  }

  #readReference(): Amf0Value {
    const index = this.#cursor.uint16("reference");
    if (this.#salvage) return undefined;
    const referable = this.#referables[index];
    if (referable === undefined || referable.nodes === 0) {
      throw this.#cursor.refuse(`reference ${index} points to no finished object`);
    }
    this.#budget.repeat(referable);
    return referable.value;
  }

  #open(value: Amf0Value): Referable {
    const referable = this.#budget.open(value);
    this.#referables.push(referable);
    return referable;
  }

  #readShortText(): string {
    return this.#cursor.text(this.#cursor.uint16("string length"));
  }

  #readLongText(): string {
    return this.#cursor.text(this.#cursor.uint32("long string length"));
  }
}

const REGULAR: ReadonlySet<number> = new Set([
  Amf0Marker.Number,
  Amf0Marker.Boolean,
  Amf0Marker.String,
  Amf0Marker.Object,
  Amf0Marker.Null,
  Amf0Marker.EcmaArray,
  Amf0Marker.StrictArray,
  Amf0Marker.Date,
  Amf0Marker.LongString,
]);

function isUnreadable(error: unknown): boolean {
  return error instanceof ProtocolError && error.code === ProtocolErrorCode.Amf0;
}
