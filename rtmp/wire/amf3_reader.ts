/**
 * Reads the AMF3 values that follow the AVM+ marker in AMF0 (AMF0 1.0 §3.1), as Flash sends them where it
 * chose object encoding 3. AMF3 §3. Pure.
 *
 * They become what AMF0 has for them. Byte arrays become {@link Amf0Unsupported}; vectors, dictionaries and
 * objects that write themselves are refused: no command of RTMP has them.
 *
 * @module
 */
import {
  Amf0Date,
  Amf0EcmaArray,
  Amf0Object,
  Amf0TypedObject,
  Amf0Unsupported,
  type Amf0Value,
  Amf0Xml,
} from "./amf0_value.ts";
import type { AmfBudget, Referable } from "./amf_budget.ts";
import type { AmfCursor } from "./amf_cursor.ts";

/** Type markers. AMF3 §3.1 */
const Marker = {
  Undefined: 0x00,
  Null: 0x01,
  False: 0x02,
  True: 0x03,
  Integer: 0x04,
  Double: 0x05,
  String: 0x06,
  XmlDocument: 0x07,
  Date: 0x08,
  Array: 0x09,
  Object: 0x0a,
  Xml: 0x0b,
  ByteArray: 0x0c,
} as const;

/** §3.12: what objects of one class have in common. */
interface Traits {
  readonly className: string;
  readonly names: readonly string[];
  readonly dynamic: boolean;
}

/** One value with all that it holds; references reach no further. */
export class Amf3Reader {
  readonly #cursor: AmfCursor;
  readonly #budget: AmfBudget;
  readonly #texts: string[] = [];
  readonly #traits: Traits[] = [];
  readonly #referables: Referable[] = [];

  /** A reader at the marker of an AMF3 value. */
  constructor(cursor: AmfCursor, budget: AmfBudget) {
    this.#cursor = cursor;
    this.#budget = budget;
  }

  /**
   * Read the value; the caller has counted it.
   *
   * @throws {ProtocolError} `Amf0` or `Limit`; the reader is of no use afterwards.
   */
  readValue(): Amf0Value {
    const cursor = this.#cursor;
    const marker = cursor.uint8("AMF3 type marker");
    switch (marker) {
      case Marker.Undefined:
        return undefined;
      case Marker.Null:
        return null;
      case Marker.False:
        return false;
      case Marker.True:
        return true;
      case Marker.Integer:
        // 29 bits, the highest of which is the sign.
        return (this.#readUint29() << 3) >> 3;
      case Marker.Double:
        return cursor.double("AMF3 double");
      case Marker.String:
        return this.#readText();
      case Marker.XmlDocument:
      case Marker.Xml:
        return this.#readOnce((length) => new Amf0Xml(cursor.text(length)));
      case Marker.Date:
        return this.#readOnce(() => new Amf0Date(cursor.double("AMF3 date")));
      case Marker.ByteArray:
        return this.#readOnce((length) => {
          cursor.skip(length, "AMF3 byte array");
          return new Amf0Unsupported();
        });
      case Marker.Array:
        return this.#readArray();
      case Marker.Object:
        return this.#readObject();
      default:
        throw cursor.refuse(`AMF3 type marker 0x${marker.toString(16).padStart(2, "0")} is not supported`);
    }
  }

  #readMember(): Amf0Value {
    this.#budget.count(1);
    return this.readValue();
  }

  /** §1.3.1: seven bits a byte while the eighth is set, all eight of a fourth byte. */
  #readUint29(): number {
    let value = 0;
    for (let i = 0; i < 3; i++) {
      const byte = this.#cursor.uint8("AMF3 integer");
      value = (value << 7) | (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    return (value << 8) | this.#cursor.uint8("AMF3 integer");
  }

  /** §1.3.2: an index of an earlier text, or a length and bytes. The empty text is never an earlier one. */
  #readText(): string {
    const header = this.#readUint29();
    if ((header & 1) === 0) {
      const text = this.#texts[header >> 1];
      if (text === undefined) {
        throw this.#cursor.refuse(`AMF3 string reference ${header >> 1} points nowhere`);
      }
      return text;
    }
    const text = this.#cursor.text(header >> 1);
    if (text !== "") this.#texts.push(text);
    return text;
  }

  /** A value without members: by reference, or read by `read`, which gets the rest of the header. */
  #readOnce(read: (rest: number) => Amf0Value): Amf0Value {
    const header = this.#readUint29();
    if ((header & 1) === 0) return this.#readReference(header >> 1);
    const referable = this.#open(undefined);
    referable.value = read(header >> 1);
    this.#budget.close(referable);
    return referable.value;
  }

  /** §3.11: named values up to an empty name, then numbered ones. */
  #readArray(): Amf0Value {
    const cursor = this.#cursor;
    const header = this.#readUint29();
    if ((header & 1) === 0) return this.#readReference(header >> 1);
    const count = header >> 1;
    if (count > cursor.left) {
      throw cursor.refuse(`an AMF3 array of ${count} values cannot fit in ${cursor.left} bytes`);
    }
    const referable = this.#open(undefined);
    const named = new Amf0EcmaArray();
    for (let name = this.#readText(); name !== ""; name = this.#readText()) {
      named.set(name, this.#readMember());
    }
    const numbered: Amf0Value[] = [];
    for (let i = 0; i < count; i++) numbered.push(this.#readMember());
    if (named.size > 0) numbered.forEach((value, i) => named.set(String(i), value));
    referable.value = named.size > 0 ? named : numbered;
    this.#budget.close(referable);
    return referable.value;
  }

  #readObject(): Amf0Value {
    const header = this.#readUint29();
    if ((header & 1) === 0) return this.#readReference(header >> 1);
    const { className, names, dynamic } = this.#readTraits(header);
    const object = className === "" ? new Amf0Object() : new Amf0TypedObject(className);
    const referable = this.#open(object);
    for (const name of names) object.set(name, this.#readMember());
    if (dynamic) {
      for (let name = this.#readText(); name !== ""; name = this.#readText()) {
        object.set(name, this.#readMember());
      }
    }
    this.#budget.close(referable);
    return object;
  }

  /** Bit 1: new traits; bit 2: the object writes itself; bit 3: more members than the traits name; then a count. */
  #readTraits(header: number): Traits {
    const cursor = this.#cursor;
    if ((header & 2) === 0) {
      const traits = this.#traits[header >> 2];
      if (traits === undefined) throw cursor.refuse(`AMF3 traits reference ${header >> 2} points nowhere`);
      return traits;
    }
    const className = this.#readText();
    if ((header & 4) !== 0) throw cursor.refuse("an AMF3 object that writes itself is not supported");
    const count = header >> 4;
    if (count > cursor.left) {
      throw cursor.refuse(`${count} AMF3 member names cannot fit in ${cursor.left} bytes`);
    }
    // Names are not values, but each is followed by one: without this a message of names alone would cost its size times
    // eight in memory.
    this.#budget.expect(count);
    const names: string[] = [];
    for (let i = 0; i < count; i++) names.push(this.#readText());
    const traits = { className, names, dynamic: (header & 8) !== 0 };
    this.#traits.push(traits);
    return traits;
  }

  #readReference(index: number): Amf0Value {
    const referable = this.#referables[index];
    if (referable === undefined || referable.nodes === 0) {
      throw this.#cursor.refuse(`AMF3 reference ${index} points to no finished object`);
    }
    this.#budget.repeat(referable);
    return referable.value;
  }

  #open(value: Amf0Value): Referable {
    const referable = this.#budget.open(value);
    this.#referables.push(referable);
    return referable;
  }
}
