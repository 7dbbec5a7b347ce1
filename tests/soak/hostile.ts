/**
 * Connections of people who mean harm, as bytes and manners: what the attack table names, and what the fuzzer makes.
 *
 * @module
 */
import { Amf0Object, type Amf0Value } from "../../rtmp/wire/amf0.ts";
import { ChunkEncoder } from "../../rtmp/wire/chunk_encoder.ts";
import { encodeCommand } from "../../rtmp/wire/command.ts";
import { MessageType, type RtmpMessage } from "../../rtmp/wire/message.ts";
import { commandBody, fullHeader, nextHeader } from "../attacks/support.ts";
import { makeCase } from "../fuzz/mutator.ts";
import type { Random } from "../fuzz/random.ts";
import { HANDSHAKE_BYTES, type Recordings } from "../fuzz/recordings.ts";
import { bytes } from "../support/bytes.ts";
import { avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** How an attacker goes on once it has said all. */
export type Manner =
  /** Ends its side, and reads the answer. */
  | "leaves"
  /** Resets. */
  | "vanishes"
  /** Stays for seconds, and reads. */
  | "stays"
  /** Stays for seconds, and reads nothing. */
  | "deaf"
  /** Says it a byte at a time, for seconds. */
  | "dribbles";

/** One connection. */
export interface Hostility {
  readonly name: string;
  readonly manner: Manner;
  readonly bytes: Bytes;
}

/** Makes attackers, whose targets and bytes chance decides. */
export interface HostileKind {
  readonly name: string;
  make(random: Random): Omit<Hostility, "name">;
}

const NET_STREAM = { streamId: 1, chunkStreamId: 8 };
const HONEST_STREAM = "honest";
const DEPTH = 500;
const TINY_KEY_FRAME = [0x17, 1, 0, 0, 0];

function handshake(): Bytes {
  const opening = new Uint8Array(HANDSHAKE_BYTES);
  opening[0] = 3;
  return opening;
}

/** A handshake, messages behind it, and further bytes. */
function connection(messages: readonly RtmpMessage[], ...rest: readonly Iterable<number>[]): Bytes {
  const encoder = new ChunkEncoder();
  for (const message of messages) encoder.write(message);
  const parts = [handshake(), encoder.takeOutput() ?? new Uint8Array(0), ...rest.map((part) => bytes(part))];
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function call(name: string, transactionId: number, ...args: readonly Amf0Value[]): RtmpMessage {
  return encodeCommand({ name, transactionId, args }, { streamId: 0, chunkStreamId: 3 });
}

function connect(tcUrl = "rtmp://127.0.0.1/live"): RtmpMessage {
  return call("connect", 1, Amf0Object.of({ app: "live", tcUrl }));
}

/** `connect`, `createStream`, and a command on the stream. */
function stream(name: "publish" | "play", streamName: string): readonly RtmpMessage[] {
  const command = encodeCommand({ name, transactionId: 3, args: [null, streamName, "live"] }, NET_STREAM);
  return [connect(), call("createStream", 2, null), command];
}

function media(typeId: number, payload: Bytes, timestamp = 0): RtmpMessage {
  return { typeId, timestamp, streamId: 1, chunkStreamId: 6, payload };
}

function raw(payload: Bytes): RtmpMessage {
  return { typeId: MessageType.CommandAmf0, timestamp: 0, streamId: 1, chunkStreamId: 3, payload };
}

function kind(name: string, manner: Manner, make: (random: Random) => Bytes): HostileKind {
  return { name, make: (random) => ({ manner, bytes: make(random) }) };
}

/** All kinds. */
export function hostileKinds({ connections, chunks }: Recordings): readonly [HostileKind, ...HostileKind[]] {
  const fuzzed = (random: Random): Bytes => makeCase(connections, random);
  const fuzzedChunks = (random: Random): Bytes => connection([], makeCase(chunks, random));
  const anyName = (random: Random): string => `hostile${random.below(1000)}`;
  return [
    kind("mutated connection", "leaves", fuzzed),
    kind("mutated connection, gone", "vanishes", fuzzed),
    kind("mutated chunks", "leaves", fuzzedChunks),
    kind("mutated chunks, gone", "vanishes", fuzzedChunks),
    kind("mutated chunks, deaf", "deaf", fuzzedChunks),
    kind("noise", "leaves", (random) => random.bytes(200 + random.below(3000))),
    kind("another protocol", "leaves", () => bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n")),
    kind("slow handshake", "dribbles", handshake),
    kind("handshake and silence", "stays", handshake),
    kind("connect and silence", "stays", () => connection([connect()])),
    kind("huge chunk size, half a message", "stays", () =>
      connection([connect()], [
        ...bytes(fullHeader({ chunkStreamId: 2, length: 4, typeId: MessageType.SetChunkSize, streamId: 0 })),
        ...[0x7f, 0xff, 0xff, 0xff],
        ...bytes(fullHeader({ chunkStreamId: 10, length: 9 * 1024 * 1024 }), new Uint8Array(30_000)),
      ])),
    kind("half a message on every chunk stream", "stays", () =>
      connection(
        [connect()],
        ...Array.from({ length: 59 }, (_, i) =>
          bytes(fullHeader({ chunkStreamId: i + 4, length: 200_000 }), new Uint8Array(128))),
      )),
    kind("a message that changes", "leaves", () =>
      connection(
        [connect()],
        bytes(
          fullHeader({ chunkStreamId: 9, length: 1000 }),
          new Uint8Array(128),
          fullHeader({ chunkStreamId: 9, length: 70_000 }),
        ),
      )),
    kind("chunk size 1", "leaves", () =>
      connection(
        [connect()],
        bytes(
          fullHeader({ chunkStreamId: 2, length: 4, typeId: MessageType.SetChunkSize, streamId: 0 }),
          ...[0, 0, 0, 1],
        ),
      )),
    kind("deep AMF", "leaves", () => connection([connect(), raw(deepObject())])),
    kind(
      "endless AMF array",
      "leaves",
      () => connection([connect(), raw(bytes(commandBody("x"), 0x0a, 0xff, 0xff, 0xff, 0xff, 5))]),
    ),
    kind(
      "bad tcUrl",
      "leaves",
      (random) => connection([connect(`rtmp://${random.pick(["", ":x", "[::", "a:99999"])}/`)]),
    ),
    kind("paths as names", "leaves", () => connection(stream("publish", "../../../etc/passwd"))),
    kind("somebody else's name", "leaves", () => connection(stream("publish", HONEST_STREAM))),
    kind(
      "a storm of commands",
      "leaves",
      () =>
        connection([connect(), ...Array.from({ length: 300 }, (_, i) => call("createStream", i + 2, null))]),
    ),
    kind(
      "a storm of starts",
      "leaves",
      (random) =>
        connection(Array.from({ length: 20 }, () => stream("play", anyName(random))).flat().slice(0, 45)),
    ),
    kind("a reader that does not read", "deaf", () => connection(stream("play", HONEST_STREAM))),
    kind("a player that vanishes", "vanishes", () => connection(stream("play", HONEST_STREAM))),
    kind("a publisher with broken media", "leaves", (random) =>
      connection([
        ...stream("publish", anyName(random)),
        ...[avcSequenceHeader(), avcKeyFrame({ size: 60_000 }), random.bytes(50), bytes(0x96, 0xff, 0xff)]
          .map(
            (payload, i) => media(MessageType.Video, payload, i === 2 ? 0xffffffff : i * 40),
          ),
        media(MessageType.Aggregate, bytes(8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
      ])),
    kind("a publisher of tiny key frames", "stays", (random) =>
      connection(
        stream("publish", anyName(random)),
        fullHeader({ chunkStreamId: 6, length: TINY_KEY_FRAME.length }),
        TINY_KEY_FRAME,
        ...Array.from({ length: 10_000 }, () => [nextHeader(6), ...TINY_KEY_FRAME]),
      )),
    kind("a publisher of many headers", "vanishes", (random) =>
      connection([
        ...stream("publish", anyName(random)),
        ...Array.from({ length: 200 }, (_, i) =>
          media(MessageType.Video, bytes(0x96, 0x00, "hvc1", i & 255, random.bytes(300)))),
      ])),
    kind(
      "fmt 3 without a beginning",
      "leaves",
      () => connection([connect()], bytes(nextHeader(40), 1, 2, 3)),
    ),
  ];
}

/** Objects inside of objects. */
function deepObject(): Bytes {
  return bytes(commandBody("x"), ...Array.from({ length: DEPTH }, () => [0x03, 0, 1, 0x61]));
}
