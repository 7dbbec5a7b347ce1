/**
 * What Enhanced RTMP adds to `connect`: FourCC lists and capability flags, read from the command object and
 * answered in the properties of the reply. Enhanced RTMP v1 and v2, "Enhancing NetConnection connect Command". Pure.
 *
 * @module
 */
import { Amf0Object, type Amf0Value } from "../wire/amf0.ts";

/** Most codecs that are read from one list; there are about a dozen. */
const MAX_FOUR_CCS = 64;

/** `FourCcInfoMask.CanForward`: a relay neither decodes nor encodes. */
const CAN_FORWARD = 4;

/** `CapsExMask` flag of a client that takes a reconnect request, and of a server that may send one. */
const RECONNECT = 0x01;
/** `CapsExMask` flags of what a relay passes on as it is: multitrack, ModEx and nanosecond offsets. */
const PASSED_ON = 0x02 | 0x04 | 0x08;

/** `*` means every codec. */
const FOUR_CC = /^(?:[\x20-\x7e]{4}|\*)$/;

/** What a client said about itself. */
export interface EnhancedCapabilities {
  /** v1: codecs, any number of FourCCs or `*`; empty when it listed none. */
  readonly fourCcList: readonly string[];
  /** v2: codecs of its two info maps; `undefined` when it sent no such map. */
  readonly videoFourCcs: readonly string[] | undefined;
  readonly audioFourCcs: readonly string[] | undefined;
  /** v2: capability flags, 0 when absent. */
  readonly capsEx: number;
}

/** Read the capabilities in a `connect`'s command object. Entries that are no FourCC are ignored. */
export function readCapabilities(commandObject: Amf0Object): EnhancedCapabilities {
  const list = commandObject.get("fourCcList");
  const capsEx = commandObject.get("capsEx");
  return {
    fourCcList: Array.isArray(list) ? fourCcs(list) : [],
    videoFourCcs: mapKeys(commandObject.get("videoFourCcInfoMap")),
    audioFourCcs: mapKeys(commandObject.get("audioFourCcInfoMap")),
    capsEx: typeof capsEx === "number" && Number.isFinite(capsEx) ? capsEx >>> 0 : 0,
  };
}

/** Whether the client takes a reconnect request. Enhanced RTMP v2, "Reconnect Request". */
export function takesReconnect(capabilities: EnhancedCapabilities): boolean {
  return (capabilities.capsEx & RECONNECT) !== 0;
}

/** The members that the reply's properties get: every codec is forwarded, so the client's lists come back. */
export function capabilityReply(capabilities: EnhancedCapabilities): [string, Amf0Value][] {
  const { fourCcList, videoFourCcs, audioFourCcs, capsEx } = capabilities;
  const members: [string, Amf0Value][] = [];
  if (fourCcList.length > 0) members.push(["fourCcList", [...fourCcList]]);
  if (videoFourCcs !== undefined) members.push(["videoFourCcInfoMap", forwarding(videoFourCcs)]);
  if (audioFourCcs !== undefined) members.push(["audioFourCcInfoMap", forwarding(audioFourCcs)]);
  if (capsEx !== 0) members.push(["capsEx", capsEx & (RECONNECT | PASSED_ON)]);
  return members;
}

function mapKeys(value: Amf0Value): string[] | undefined {
  return value instanceof Amf0Object ? fourCcs([...value.keys()]) : undefined;
}

function fourCcs(values: readonly Amf0Value[]): string[] {
  const found: string[] = [];
  for (const value of values) {
    if (found.length === MAX_FOUR_CCS) break;
    if (typeof value === "string" && FOUR_CC.test(value)) found.push(value);
  }
  return found;
}

function forwarding(codecs: readonly string[]): Amf0Object {
  return new Amf0Object(codecs.map((codec) => [codec, CAN_FORWARD]));
}
