/**
 * Data messages on their way through: which one is the metadata, and what of it an operator wants to read.
 * RTMP 1.0 §7.1.2; `@setDataFrame` is the publisher's wrapper and goes no further.
 *
 * @module
 */
import {
  Amf0Object,
  Amf0Reader,
  type Amf0Value,
  decodeAmf0,
  DEFAULT_WIRE_LIMITS,
  ProtocolError,
} from "../../rtmp/wire/mod.ts";
import { readName, STRING_MARKER } from "./data_name.ts";
import { audioCodecName, fourCcName } from "./codec_names.ts";
import { withoutDuration } from "./metadata_duration.ts";
import { repairMetadata } from "./metadata_repair.ts";

/** A data message as players get it. */
export interface DataMessage {
  /** `onMetaData`, `onTextData`, ...; `""` when the body does not begin with a name. */
  readonly name: string;
  /** AMF0 without the publisher's wrapper; metadata in a form that players can read, without a duration. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** What metadata tells; each is absent when it was not said or not understood. */
export interface MetadataFacts {
  /** Pixels. */
  readonly width?: number;
  /** Pixels. */
  readonly height?: number;
  /** Frames a second. */
  readonly fps?: number;
  /** As the encoder names itself. */
  readonly encoder?: string;
}

/** Values before the publisher's wrapper that are ignored; two have been seen. */
const MAX_LEADING_VALUES = 8;
const WRAPPERS: ReadonlySet<string> = new Set(["@setDataFrame", "@clearDataFrame"]);
const MAX_ENCODER_CHARACTERS = 100;
const MAX_FLV_SOUND_FORMAT = 15;

/**
 * Unwrap the AMF0 body of a data message; `undefined` when nothing is left to pass on. Metadata that players could not read is repaired.
 */
export function readDataMessage(payload: Uint8Array<ArrayBuffer>): DataMessage | undefined {
  const body = withoutLeadingValues(payload);
  const first = readName(body);
  if (first === undefined) return body.length === 0 ? undefined : { name: "", payload: body };
  if (first.name === "@clearDataFrame") return undefined;
  if (first.name !== "@setDataFrame") return toDataMessage(first.name, body);
  const inner = body.subarray(first.end);
  if (inner.length === 0) return undefined;
  return toDataMessage(readName(inner)?.name ?? "", inner);
}

function toDataMessage(name: string, body: Uint8Array<ArrayBuffer>): DataMessage {
  return { name, payload: name === "onMetaData" ? withoutDuration(repairMetadata(body)) : body };
}

/** Cameras of one maker put two numbers before `@setDataFrame`. What has no such name stays whole. */
function withoutLeadingValues(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (body[0] === STRING_MARKER) return body;
  const reader = new Amf0Reader(body, DEFAULT_WIRE_LIMITS, { text: "latin1" });
  try {
    for (let i = 0; i < MAX_LEADING_VALUES; i++) {
      reader.readValue();
      const rest = body.subarray(body.length - reader.left);
      if (rest[0] === STRING_MARKER) return WRAPPERS.has(readName(rest)?.name ?? "") ? rest : body;
    }
    return body;
  } catch (error) {
    if (error instanceof ProtocolError) return body;
    throw error;
  }
}

/** Read the facts of an `onMetaData` body. Metadata that cannot be read has none; it is relayed all the same. */
export function readMetadataFacts(payload: Uint8Array): MetadataFacts {
  const values = decodeTolerant(payload);
  const properties = values.find((value) => value instanceof Amf0Object);
  if (properties === undefined) return {};
  const width = numberOf(properties.get("width"));
  const height = numberOf(properties.get("height"));
  const fps = numberOf(properties.get("framerate")) ?? numberOf(properties.get("videoframerate"));
  const encoder = properties.get("encoder");
  return {
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(fps === undefined ? {} : { fps: Math.round(fps * 100) / 100 }),
    ...(typeof encoder === "string" ? { encoder: encoder.slice(0, MAX_ENCODER_CHARACTERS) } : {}),
  };
}

/** The audio codec that `audiocodecid` of an `onMetaData` body names; `""` where it names none. */
export function readNamedAudioCodec(payload: Uint8Array): string {
  const properties = decodeTolerant(payload).find((value) => value instanceof Amf0Object);
  const id = properties?.get("audiocodecid");
  if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > 0xffff_ffff) return "";
  if (id <= MAX_FLV_SOUND_FORMAT) return audioCodecName(id);
  // Enhanced RTMP writes the FourCC as a number.
  return fourCcName(String.fromCharCode(id >>> 24, (id >>> 16) & 0xff, (id >>> 8) & 0xff, id & 0xff));
}

function decodeTolerant(payload: Uint8Array): Amf0Value[] {
  try {
    return decodeAmf0(payload, DEFAULT_WIRE_LIMITS, { text: "latin1" });
  } catch (error) {
    if (error instanceof ProtocolError) return [];
    throw error;
  }
}

function numberOf(value: Amf0Value): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : undefined;
}
