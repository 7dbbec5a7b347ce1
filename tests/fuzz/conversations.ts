/**
 * Messages that clients send, in an order that no client would choose: deeper in a session than faults in bytes get,
 * for those mostly end it at once.
 *
 * @module
 */
import { Amf0EcmaArray, Amf0Object, type Amf0Value, encodeAmf0 } from "../../rtmp/wire/amf0.ts";
import { encodeCommand, encodeData } from "../../rtmp/wire/command.ts";
import { type Control, encodeControl } from "../../rtmp/wire/control.ts";
import { MessageType, type RtmpMessage } from "../../rtmp/wire/message.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../support/stream/media.ts";
import { makeCase } from "./mutator.ts";
import type { Random } from "./random.ts";
import { asChunks } from "./recordings.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const YES = true;
const NO = false;
const MAX_MESSAGES = 40;
/** Conversations of a corpus. */
const CORPUS_SIZE = 24;

function call(name: string, ...args: readonly Amf0Value[]): RtmpMessage {
  return encodeCommand({ name, transactionId: 2, args: [null, ...args] }, { streamId: 1, chunkStreamId: 8 });
}

function amf3Call(name: string, ...args: readonly Amf0Value[]): RtmpMessage {
  const payload = new Uint8Array([0, ...encodeAmf0([name, 3, null, ...args])]);
  return { typeId: MessageType.CommandAmf3, timestamp: 0, streamId: 1, chunkStreamId: 8, payload };
}

function media(typeId: number, payload: Bytes, timestamp = 0): RtmpMessage {
  return { typeId, timestamp, streamId: 1, chunkStreamId: 6, payload };
}

/** A `connect`; Enhanced RTMP's lists and maps on top of it where `enhanced` is given. */
function connect(members: Readonly<Record<string, Amf0Value>> = {}): RtmpMessage {
  const object = Amf0Object.of({ app: "live", tcUrl: "rtmp://127.0.0.1/live", ...members });
  return encodeCommand({ name: "connect", transactionId: 1, args: [object] }, {
    streamId: 0,
    chunkStreamId: 3,
  });
}

const OPENINGS: readonly [RtmpMessage, ...RtmpMessage[]] = [
  connect(),
  connect({ objectEncoding: 3, pageUrl: "http://a.test/", swfUrl: "", flashVer: "LNX 9,0,124,2" }),
  connect({
    fourCcList: ["hvc1", "av01", "*"],
    capsEx: 15,
    videoFourCcInfoMap: Amf0Object.of({ "*": 7, hvc1: 1 }),
    audioFourCcInfoMap: Amf0Object.of({ Opus: 4 }),
  }),
];

const CONTROLS: readonly Control[] = [
  { kind: "setChunkSize", chunkSize: 4096 },
  { kind: "abort", chunkStreamId: 6 },
  { kind: "windowAcknowledgementSize", windowSize: 1 },
  { kind: "acknowledgement", sequenceNumber: 0xffffffff },
  { kind: "setPeerBandwidth", windowSize: 100, limit: "dynamic" },
  { kind: "setBufferLength", streamId: 1, bufferMs: 3000 },
  { kind: "pingRequest", timestamp: 5 },
  { kind: "pingResponse", timestamp: 0 },
  { kind: "unknownUserControl", eventType: 31, data: new Uint8Array(4) },
];

/** Everything else that is said, some of it more often. */
const POOL: readonly [RtmpMessage, ...RtmpMessage[]] = [
  call("createStream"),
  ...[call("publish", "livestream", "live"), call("publish", "livestream?key=1", "record")],
  ...[call("publish", "livestream", "live"), call("publish", NO), amf3Call("publish", "livestream")],
  ...[call("play", "livestream", -2000), call("play", "livestream", -1, 2, YES), call("play", NO)],
  ...[call("play", "livestream"), call("play2", Amf0Object.of({ streamName: "livestream" }))],
  ...[call("pause", YES, 0), call("pause", NO, 0), call("pauseRaw", YES, 5), amf3Call("pause", NO, 1)],
  ...[call("seek", 100), call("receiveAudio", NO), call("receiveVideo", YES), call("getStreamLength", "x")],
  ...[call("closeStream"), call("deleteStream", 1), call("FCUnpublish", "livestream"), call("_checkbw")],
  ...[call("releaseStream", "livestream"), call("FCPublish", "livestream"), call("FCSubscribe", "x")],
  ...[call("_result", null), call("onStatus", null), call("whatever", 1, "x")],
  ...CONTROLS.map(encodeControl),
  ...[avcSequenceHeader(), avcKeyFrame({ size: 900 }), avcInterFrame(1)].map((payload, i) =>
    media(MessageType.Video, payload, i * 40)
  ),
  ...[aacSequenceHeader(), aacFrame()].map((payload) => media(MessageType.Audio, payload)),
  media(MessageType.Video, Uint8Array.of(0x90, 0x68, 0x76, 0x63, 0x31, 1, 2), 0xffffffff),
  media(MessageType.Aggregate, Uint8Array.of(8, 0, 0, 2, 0, 0, 9, 0, 0, 0, 0, 0xaf, 1, 0, 0, 0, 13)),
  encodeData({ name: "@setDataFrame", values: ["onMetaData", Amf0EcmaArray.of({ width: 64 })] }, {
    streamId: 1,
    chunkStreamId: 4,
  }),
  encodeData({ name: "@clearDataFrame", values: ["onMetaData"] }, { streamId: 1, chunkStreamId: 4 }),
  {
    typeId: MessageType.SharedObjectAmf0,
    timestamp: 0,
    streamId: 0,
    chunkStreamId: 3,
    payload: new Uint8Array(9),
  },
];

/** A conversation: mostly a connect first, then what chance brings; one message in eight is mutated. */
export function conversation(random: Random): readonly RtmpMessage[] {
  const messages: RtmpMessage[] = random.oneIn(10) ? [] : [random.pick(OPENINGS)];
  for (let left = 1 + random.below(MAX_MESSAGES); left > 0; left--) {
    const message = random.oneIn(40) ? random.pick(OPENINGS) : random.pick(POOL);
    // What is said of the chunk size stays true: the encoder obeys it.
    const isSafe = message.typeId !== MessageType.SetChunkSize;
    const payload = isSafe && random.oneIn(8) ? makeCase([message.payload], random) : message.payload;
    messages.push({ ...message, payload, streamId: random.oneIn(10) ? random.below(4) : message.streamId });
  }
  return messages;
}

/** Conversations as chunks, the same for the same seed. */
export function conversationCorpus(random: Random): readonly Bytes[] {
  return Array.from({ length: CORPUS_SIZE }, () => asChunks(conversation(random)));
}
