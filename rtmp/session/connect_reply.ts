/**
 * The replies to `connect`. RTMP 1.0 §7.2.1.1; order and contents as SRS, which satisfies every known client. Pure.
 *
 * @module
 */
import { Amf0EcmaArray, Amf0Object } from "../wire/amf0.ts";
import { SharedMessages } from "../wire/chunk_encoder.ts";
import { encodeControl } from "../wire/control.ts";
import type { RtmpMessage } from "../wire/message.ts";
import type { ConnectCommand } from "./connect_command.ts";
import { capabilityReply } from "./enhanced_rtmp.ts";
import type { Rejection } from "./rejection.ts";
import { connectionCall, redirectTo } from "./replies.ts";
import type { SessionSettings } from "./session_settings.ts";

/** The version that clients take for a server of the Flash Media kind. */
const FMS_VERSION = "FMS/3,5,3,888";
const CAPABILITIES = 127;
const MODE = 1;

/** What the peer may send unacknowledged, bytes: SRS's constant. */
const PEER_BANDWIDTH = 2_500_000;

/** What every accepted `connect` is answered with: encoded once, for it is the same for all. */
const BANDWIDTH = encodeControl({ kind: "setPeerBandwidth", windowSize: PEER_BANDWIDTH, limit: "dynamic" });
const CONNECTION_BEGIN = encodeControl({ kind: "streamBegin", streamId: 0 });
const BANDWIDTH_DONE = connectionCall("onBWDone", 0, [null]);

/** Takes a whole `_error` into one chunk: OBS stumbles over replies that are cut. */
const REJECTION_CHUNK_SIZE = 4096;

/** What the answer to a client without wishes of its own depends on. */
interface Terms {
  readonly transactionId: number;
  readonly objectEncoding: number;
  readonly settings: SessionSettings;
}

/** The last such answer of each server, known by its data: the next client mostly gets the very same. */
const lastPlain = new WeakMap<
  SessionSettings["data"],
  { readonly terms: Terms; readonly messages: SharedMessages }
>();

/** The messages that accept a `connect`, in order. The chunk size comes before the first reply above 128 bytes. */
export function acceptConnect(
  transactionId: number,
  connect: ConnectCommand,
  settings: SessionSettings,
): SharedMessages {
  const terms = { transactionId, objectEncoding: connect.objectEncoding, settings };
  const wishes = capabilityReply(connect.capabilities);
  if (wishes.length > 0) return new SharedMessages(spellAcceptance(terms, wishes));
  const last = lastPlain.get(settings.data);
  if (last !== undefined && areSame(last.terms, terms)) return last.messages;
  const messages = new SharedMessages(spellAcceptance(terms, wishes));
  lastPlain.set(settings.data, { terms, messages });
  return messages;
}

/** Of answers with the same data. */
function areSame(a: Terms, b: Terms): boolean {
  return a.transactionId === b.transactionId && a.objectEncoding === b.objectEncoding &&
    a.settings.chunkSize === b.settings.chunkSize && a.settings.outAckSize === b.settings.outAckSize;
}

function spellAcceptance(
  { transactionId, objectEncoding, settings }: Terms,
  wishes: ReturnType<typeof capabilityReply>,
): RtmpMessage[] {
  const properties = Amf0Object.of({ fmsVer: FMS_VERSION, capabilities: CAPABILITIES, mode: MODE });
  for (const [key, value] of wishes) properties.set(key, value);
  const info = Amf0Object.of({
    level: "status",
    code: "NetConnection.Connect.Success",
    description: "Connection succeeded",
    objectEncoding,
    data: Amf0EcmaArray.of(settings.data),
  });
  const messages = [
    BANDWIDTH,
    encodeControl({ kind: "setChunkSize", chunkSize: settings.chunkSize }),
    CONNECTION_BEGIN,
    connectionCall("_result", transactionId, [properties, info]),
    BANDWIDTH_DONE,
  ];
  if (settings.outAckSize > 0) {
    messages.unshift(
      encodeControl({ kind: "windowAcknowledgementSize", windowSize: settings.outAckSize }),
    );
  }
  return messages;
}

/** The messages that refuse a `connect`, in order. */
export function rejectConnect(transactionId: number, rejection: Rejection): RtmpMessage[] {
  const { code, description, redirect } = rejection;
  const info = Amf0Object.of({ level: "error", code, description });
  if (redirect !== undefined) info.set("ex", redirectTo(redirect));
  return [
    encodeControl({ kind: "setChunkSize", chunkSize: REJECTION_CHUNK_SIZE }),
    connectionCall("_error", transactionId, [null, info]),
  ];
}
