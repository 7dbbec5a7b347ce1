/**
 * The messages that answer commands. RTMP 1.0 §7.2; texts and codes as SRS and Flash Media Server have them. Pure.
 *
 * @module
 */
import { Amf0Object, type Amf0Value } from "../wire/amf0.ts";
import { encodeCommand, encodeData } from "../wire/command.ts";
import { ChunkStream, NET_STREAM_ID, type RtmpMessage } from "../wire/message.ts";

/** `ex.code` of a refusal with another address, as Flash Media Server has it. */
const REDIRECT_CODE = 302;

/** The `clientid` of every status; players only look whether there is one. */
const CLIENT_ID = "ASAICiss";

const ON_CONNECTION = { streamId: 0, chunkStreamId: ChunkStream.Connection } as const;
const ON_STREAM = { streamId: NET_STREAM_ID, chunkStreamId: ChunkStream.Stream } as const;
const ON_STREAM_DATA = { streamId: NET_STREAM_ID, chunkStreamId: ChunkStream.Data } as const;

/** A status of the NetStream. */
export interface Status {
  /** `error` tells the client that its stream is over. */
  readonly level: "status" | "warning" | "error";
  /** `NetStream.Publish.Start` and the like. */
  readonly code: string;
  /** For people. */
  readonly description: string;
  /** The stream it is about, where a client expects it. */
  readonly details?: string;
  /** The address to try instead. */
  readonly redirect?: string;
}

/** Why and where to connect again. */
export interface ReconnectRequest {
  /** For people. */
  readonly description: string;
  /** Absolute, or relative to the client's own; where the client is now when absent. */
  readonly tcUrl?: string;
}

/** `_result` of a call: the command object is `null`, `values` follow it. */
export function resultMessage(transactionId: number, ...values: Amf0Value[]): RtmpMessage {
  return encodeCommand({ name: "_result", transactionId, args: [null, ...values] }, ON_CONNECTION);
}

/** A call to the connection that wants no answer. */
export function connectionCall(name: string, transactionId: number, args: readonly Amf0Value[]): RtmpMessage {
  return encodeCommand({ name, transactionId, args }, ON_CONNECTION);
}

/** `onStatus` of the NetStream (§7.2.2). */
export function statusMessage(status: Status): RtmpMessage {
  const { level, code, description, details, redirect } = status;
  const info = Amf0Object.of({ level, code, description });
  if (details !== undefined) info.set("details", details);
  info.set("clientid", CLIENT_ID);
  if (redirect !== undefined) info.set("ex", redirectTo(redirect));
  return encodeCommand({ name: "onStatus", transactionId: 0, args: [null, info] }, ON_STREAM);
}

/** Where to go instead, as clients that follow read it. */
export function redirectTo(redirect: string): Amf0Object {
  return Amf0Object.of({ code: REDIRECT_CODE, redirect });
}

/** `onFCPublish` or `onFCUnpublish`, which FMLE and its kin wait for. */
export function fcStatusMessage(
  name: "onFCPublish" | "onFCUnpublish",
  code: string,
  description: string,
): RtmpMessage {
  const info = Amf0Object.of({ code, description });
  return encodeCommand({ name, transactionId: 0, args: [null, info] }, ON_STREAM);
}

/** `onFCSubscribe` or `onFCUnsubscribe`; the connection has them, for there is no NetStream yet. */
export function fcSubscribeMessage(
  name: "onFCSubscribe" | "onFCUnsubscribe",
  code: string,
  description: string,
): RtmpMessage {
  return connectionCall(name, 0, [null, Amf0Object.of({ level: "status", code, description })]);
}

/**
 * A data message of the NetStream.
 *
 * @param timeMs Stream time, milliseconds; it goes onto the wire modulo 2^32.
 */
export function streamData(name: string, values: readonly Amf0Value[], timeMs: number): RtmpMessage {
  return encodeData({ name, values }, { ...ON_STREAM_DATA, timestamp: timeMs >>> 0 });
}

/** `onStatus` of the NetConnection. */
export function connectionStatusMessage({ level, code, description }: Status): RtmpMessage {
  return connectionCall("onStatus", 0, [null, Amf0Object.of({ level, code, description })]);
}

/** `onStatus` of the NetConnection that asks the client to connect again. Enhanced RTMP v2, "Reconnect Request". */
export function reconnectMessage(request: ReconnectRequest): RtmpMessage {
  const { description, tcUrl } = request;
  const info = Amf0Object.of({
    level: "status",
    code: "NetConnection.Connect.ReconnectRequest",
    description,
    ...(tcUrl === undefined ? {} : { tcUrl }),
  });
  return connectionCall("onStatus", 0, [null, info]);
}
