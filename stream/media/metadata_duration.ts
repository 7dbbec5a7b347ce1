/**
 * Metadata without a duration: a live stream has none, and a player that is given the length of the file that an
 * encoder reads from, or 0, shows it. SRS has removed it since 2.0. Nothing else changes, byte for byte.
 *
 * @module
 */
import { Amf0Reader, DEFAULT_WIRE_LIMITS, ProtocolError } from "../../rtmp/wire/mod.ts";
import { readName } from "./data_name.ts";

/** Markers of an object and of an ECMA array. AMF0 1.0 §2.5 and §2.10. */
const OBJECT = 3;
const ECMA_ARRAY = 8;
const NUMBER = 0;
const COUNT_BYTES = 4;
const NAME_LENGTH_BYTES = 2;
/** `duration`, as bytes of a name. */
const DURATION = new TextEncoder().encode("duration");
/** Encoders write it among the first. */
const MAX_MEMBERS = 64;

/**
 * The body of an `onMetaData` without its member `duration`, where that is a number.
 *
 * @param body Its name and what follows; not changed.
 * @returns `body` itself where it has none, or cannot be read.
 */
export function withoutDuration(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const start = readName(body)?.end ?? body.length;
  const isArray = body[start] === ECMA_ARRAY;
  if (!isArray && body[start] !== OBJECT) return body;
  const found = findDuration(body, start + 1 + (isArray ? COUNT_BYTES : 0));
  if (found === undefined) return body;
  const rest = new Uint8Array(body.length - (found.end - found.start));
  rest.set(body.subarray(0, found.start));
  rest.set(body.subarray(found.end), found.start);
  if (isArray) {
    // It is a hint; 0 says that nothing is known.
    const view = new DataView(rest.buffer);
    view.setUint32(start + 1, Math.max(0, view.getUint32(start + 1) - 1));
  }
  return rest;
}

/** Where the member is, its name included; the first member is at `at`. */
function findDuration(
  body: Uint8Array,
  at: number,
): { readonly start: number; readonly end: number } | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let start = at;
  for (let members = 0; members < MAX_MEMBERS && start + NAME_LENGTH_BYTES < body.length; members++) {
    const valueAt = start + NAME_LENGTH_BYTES + view.getUint16(start);
    const end = endOfValue(body, valueAt);
    if (end === undefined) return undefined;
    const name = body.subarray(start + NAME_LENGTH_BYTES, valueAt);
    const isDuration = name.length === DURATION.length && name.every((byte, i) => byte === DURATION[i]);
    if (isDuration) return body[valueAt] === NUMBER ? { start, end } : undefined;
    start = end;
  }
  return undefined;
}

/** Behind the value at `at`; `undefined` where there is none that can be read, such as at the end of the members. */
function endOfValue(body: Uint8Array, at: number): number | undefined {
  const reader = new Amf0Reader(body.subarray(at), DEFAULT_WIRE_LIMITS, { text: "latin1" });
  try {
    reader.readValue();
    return body.length - reader.left;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
