/**
 * `onMetaData` of a recorded file: what the publisher said, behind the duration and the size of the file, which are
 * known when it is whole. FLV 10.1 §E.5. Pure.
 *
 * @module
 */
import {
  Amf0EcmaArray,
  Amf0Object,
  type Amf0Value,
  decodeAmf0,
  DEFAULT_WIRE_LIMITS,
  encodeAmf0,
  ProtocolError,
} from "../../rtmp/wire/mod.ts";

const NAME = "onMetaData";
/** Of the file that the publisher reads, or of an index into it. */
const FILE_FACTS: ReadonlySet<string> = new Set([
  ...["duration", "filesize", "keyframes", "lasttimestamp", "lastkeyframetimestamp", "lastkeyframelocation"],
  ...["hasKeyframes", "canSeekToEnd", "datasize", "videosize", "audiosize"],
]);

/** Marker and length of a string. */
const STRING_HEAD_BYTES = 3;
/** Marker and count of an ECMA array. */
const ARRAY_HEAD_BYTES = 5;
const KEY_HEAD_BYTES = 2;
const MARKER_BYTES = 1;
const NUMBER_BYTES = 8;

const DURATION_AT = STRING_HEAD_BYTES + NAME.length + ARRAY_HEAD_BYTES + KEY_HEAD_BYTES + "duration".length +
  MARKER_BYTES;
const SIZE_AT = DURATION_AT + NUMBER_BYTES + KEY_HEAD_BYTES + "filesize".length + MARKER_BYTES;

/** Where the body has the duration in seconds and the size of the file in bytes, both numbers of 64 bits (§E.5). */
export const RECORDED_METADATA = { durationAt: DURATION_AT, fileSizeAt: SIZE_AT } as const;

/**
 * The body for a new file; duration and size are 0.
 *
 * @param payload Of the publisher's `onMetaData`; `undefined` where there was none.
 */
export function encodeRecordedMetadata(payload: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  const facts = new Amf0EcmaArray([["duration", 0], ["filesize", 0]]);
  const ownBytes = encodeAmf0([NAME, facts]);
  for (const [name, value] of payload === undefined ? [] : propertiesOf(payload)) {
    if (!FILE_FACTS.has(name)) facts.set(name, value);
  }
  try {
    return encodeAmf0([NAME, facts]);
  } catch (error) {
    // A member's name that is too long in UTF-8.
    if (error instanceof RangeError) return ownBytes;
    throw error;
  }
}

function propertiesOf(payload: Uint8Array): Iterable<[string, Amf0Value]> {
  try {
    const values = decodeAmf0(payload, DEFAULT_WIRE_LIMITS, { text: "latin1" });
    return values.find((value) => value instanceof Amf0Object) ?? [];
  } catch (error) {
    if (error instanceof ProtocolError) return [];
    throw error;
  }
}

/** A number of AMF0 without its marker. */
export function encodeAmf0Number(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(NUMBER_BYTES);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}
