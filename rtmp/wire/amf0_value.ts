/**
 * What AMF0 can say: JavaScript's own values, and a class for each that JavaScript has no counterpart for.
 * AMF0 1.0 §2. Pure data.
 *
 * @module
 */

/** Everything that AMF0 can say. */
export type Amf0Value =
  | number
  | boolean
  | string
  | null
  | undefined
  | Amf0Object
  | Amf0Value[]
  | Amf0Date
  | Amf0Xml
  | Amf0Unsupported;

/** Type markers. AMF0 1.0 §2.1 */
export const Amf0Marker = {
  Number: 0x00,
  Boolean: 0x01,
  String: 0x02,
  Object: 0x03,
  MovieClip: 0x04,
  Null: 0x05,
  Undefined: 0x06,
  Reference: 0x07,
  EcmaArray: 0x08,
  ObjectEnd: 0x09,
  StrictArray: 0x0a,
  Date: 0x0b,
  LongString: 0x0c,
  Unsupported: 0x0d,
  RecordSet: 0x0e,
  XmlDocument: 0x0f,
  TypedObject: 0x10,
  AvmPlus: 0x11,
} as const;

/**
 * An anonymous object (§2.5), its members in the order of the wire. The base of all that has named members, so
 * that `instanceof Amf0Object` also accepts the clients that send an ECMA array where an object is due.
 */
export class Amf0Object extends Map<string, Amf0Value> {
  /** An object with the own members of `record`. */
  static of(record: Readonly<Record<string, Amf0Value>>): Amf0Object {
    return withMembers(new Amf0Object(), record);
  }
}

/** Far cheaper than a `Map` made from `Object.entries`. */
function withMembers<T extends Amf0Object>(object: T, record: Readonly<Record<string, Amf0Value>>): T {
  for (const name of Object.keys(record)) object.set(name, record[name]);
  return object;
}

/** An ECMA array (§2.10): named members after a count. */
export class Amf0EcmaArray extends Amf0Object {
  /** An ECMA array with the own members of `record`. */
  static override of(record: Readonly<Record<string, Amf0Value>>): Amf0EcmaArray {
    return withMembers(new Amf0EcmaArray(), record);
  }
}

/** An object of a named class (§2.18). */
export class Amf0TypedObject extends Amf0Object {
  /** The class's alias, as the sender registered it. */
  readonly className: string;

  /** An object of this class with these members. */
  constructor(className: string, members?: Iterable<readonly [string, Amf0Value]>) {
    super(members);
    this.className = className;
  }
}

/** A moment (§2.13). */
export class Amf0Date {
  /** Milliseconds since 1970-01-01 UTC; any number, even `NaN`. */
  readonly epochMs: number;
  /** Reserved by the specification, minutes where somebody sets it, -32,768 to 32,767. */
  readonly timeZone: number;

  /** A moment in milliseconds since 1970-01-01 UTC. */
  constructor(epochMs: number, timeZone = 0) {
    this.epochMs = epochMs;
    this.timeZone = timeZone;
  }
}

/** An XML document as text (§2.17). */
export class Amf0Xml {
  /** The document; nobody here reads it. */
  readonly text: string;

  /** A document of this text. */
  constructor(text: string) {
    this.text = text;
  }
}

/** A value that the sender could not serialize (§2.15). */
export class Amf0Unsupported {
  /** Tells this class from others to the compiler. */
  readonly kind = "unsupported";
}

/** How strings that are no UTF-8 are read: refused, or taken for Latin-1 as old encoders write their names. */
export type Amf0Text = "strict" | "latin1";
