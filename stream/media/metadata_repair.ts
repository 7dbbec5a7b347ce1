/**
 * Metadata that players can read. ffmpeg, and what is built on it, ends a play at an `onMetaData` with a value of a kind
 * that it cannot skip, without the end of its array, or with anything after it; so such metadata is encoded again from
 * what can be read of it. Everything else stays as it is, byte for byte.
 *
 * @module
 */
import {
  Amf0EcmaArray,
  Amf0Object,
  Amf0Reader,
  Amf0Unsupported,
  type Amf0Value,
  Amf0Xml,
  DEFAULT_WIRE_LIMITS,
  encodeAmf0,
  ProtocolError,
  ProtocolErrorCode,
} from "../../rtmp/wire/mod.ts";

/**
 * Repair the body of an `onMetaData`.
 *
 * @param body Its name and what follows; not changed.
 * @returns `body` itself where nothing is wrong with it, or where it is larger than what is decoded.
 */
export function repairMetadata(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const reader = new Amf0Reader(body, DEFAULT_WIRE_LIMITS, { text: "latin1", salvage: true });
  try {
    const values = [reader.readValue(), reader.readValue()];
    if (!reader.irregular && reader.left === 0) return body;
    return encodeAmf0(values.map(repairValue));
  } catch (error) {
    // A text that is longer in UTF-8 than a name can be is a RangeError.
    if (error instanceof RangeError || isExpected(error)) return body;
    throw error;
  }
}

function isExpected(error: unknown): boolean {
  if (!(error instanceof ProtocolError)) return false;
  return error.code === ProtocolErrorCode.Amf0 || error.code === ProtocolErrorCode.Limit;
}

/** A value of the kinds that every reader knows; nothing is `null` where it cannot be left out. */
function repairValue(value: Amf0Value): Amf0Value {
  if (value === undefined || value instanceof Amf0Unsupported) return null;
  if (value instanceof Amf0Xml) return value.text;
  if (Array.isArray(value)) return value.map(repairValue);
  if (!(value instanceof Amf0Object)) return value;
  const repaired = value instanceof Amf0EcmaArray ? new Amf0EcmaArray() : new Amf0Object();
  for (const [name, member] of value) {
    if (member !== undefined && !(member instanceof Amf0Unsupported)) repaired.set(name, repairValue(member));
  }
  return repaired;
}
