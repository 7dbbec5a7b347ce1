/**
 * AMF0: the values of commands and data messages. AMF0 1.0 §2. Pure: bytes in, values out, and back.
 *
 * Numbers, booleans, strings, `null` and `undefined` are JavaScript's own and a strict array is an array;
 * what JavaScript has no counterpart for has a class here.
 *
 * @module
 */
import { Amf0Reader } from "./amf0_reader.ts";
import type { Amf0Text, Amf0Value } from "./amf0_value.ts";
import { Amf0Writer } from "./amf0_writer.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";

export {
  Amf0Date,
  Amf0EcmaArray,
  Amf0Object,
  type Amf0Text,
  Amf0TypedObject,
  Amf0Unsupported,
  type Amf0Value,
  Amf0Xml,
} from "./amf0_value.ts";

/** Options of {@link decodeAmf0}. */
export interface Amf0DecodeOptions {
  /** `strict` by default. */
  readonly text?: Amf0Text;
}

/**
 * Decode all values of a message body.
 *
 * AMF3 values after AVM+ markers (§3.1) become what AMF0 has for them.
 *
 * References (§2.9) are resolved: the value is at both places, and counts against the limits at both. One
 * to an object that is still being read would make a circle and is refused.
 *
 * @param bytes Neither kept nor changed.
 * @throws {ProtocolError} `Amf0` when the bytes cannot be read, `Limit` past `maxAmfDepth` or `maxAmfNodes`.
 */
export function decodeAmf0(
  bytes: Uint8Array,
  limits: WireLimits = DEFAULT_WIRE_LIMITS,
  options: Amf0DecodeOptions = {},
): Amf0Value[] {
  const reader = new Amf0Reader(bytes, limits, { text: options.text ?? "strict" });
  const values: Amf0Value[] = [];
  while (!reader.atEnd) values.push(reader.readValue());
  return values;
}

/**
 * Encode values one after the other. Repeated objects are written out each time, without references.
 *
 * @returns An array of the exact size.
 * @throws {RangeError} On a circle, or a member name or class name above 65,535 bytes.
 */
export function encodeAmf0(values: Iterable<Amf0Value>): Uint8Array<ArrayBuffer> {
  const writer = new Amf0Writer();
  for (const value of values) writer.writeValue(value);
  return writer.takeBytes();
}
