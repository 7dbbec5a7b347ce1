/**
 * AMF0, AMF3 values, and the bodies of messages that hold them.
 *
 * @module
 */
import { splitAggregate } from "../../../rtmp/wire/aggregate.ts";
import { Amf0Object, type Amf0Value, decodeAmf0, encodeAmf0 } from "../../../rtmp/wire/amf0.ts";
import { type Command, decodeCommand, decodeData, encodeCommand } from "../../../rtmp/wire/command.ts";
import { decodeControl, encodeControl, isControl } from "../../../rtmp/wire/control.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError } from "../../../rtmp/wire/protocol_error.ts";
import { readConnectCommand } from "../../../rtmp/session/connect_command.ts";
import { capabilityReply, readCapabilities } from "../../../rtmp/session/enhanced_rtmp.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { bytes } from "../../support/bytes.ts";
import { aacFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import type { Corpus } from "../mutator.ts";
import type { Random } from "../random.ts";
import { bodies, type Recordings } from "../recordings.ts";
import { attempt, type FuzzTarget } from "../target.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Writing values out again repeats what references share, so the second reading is not bounded. */
const WIDE = {
  ...DEFAULT_WIRE_LIMITS,
  maxAmfNodes: 1_000_000,
  maxAmfDepth: 1000,
  maxAmfStringBytes: 2 ** 31,
};

/** Values of one body as AMF3: undefined to true, an integer, a double, texts, dates, arrays, objects, vectors. */
const AMF3_BODIES: readonly Bytes[] = [
  bytes(0x11, 0x00, 0x11, 0x01, 0x11, 0x02, 0x11, 0x03),
  bytes(0x11, 0x04, 0xff, 0xff, 0xff, 0xff, 0x11, 0x05, 0x40, 0x09, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18),
  bytes(0x11, 0x06, 0x0b, "hello", 0x11, 0x08, 0x01, 0x42, 0x78, 0, 0, 0, 0, 0, 0),
  bytes(0x11, 0x09, 0x07, 0x01, 0x04, 0x01, 0x04, 0x02, 0x06, 0x03, "a"),
  bytes(0x11, 0x0a, 0x0b, 0x01, 0x07, "app", 0x06, 0x09, "live", 0x0b, "tcUrl", 0x06, 0x07, "r:/", 0x01),
  bytes(0x11, 0x0a, 0x23, 0x05, "Ab", 0x03, "x", 0x03, "y", 0x04, 0x01, 0x0a, 0x00),
  bytes(0x11, 0x0c, 0x07, 1, 2, 3, 0x11, 0x0d, 0x05, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0x11, 0x07, 0x07, "<a>"),
];

/** All that AMF0 has, references and long texts included. */
const AMF0_BODIES: readonly Bytes[] = [
  encodeAmf0([
    "connect",
    1,
    Amf0Object.of({ app: "live", nested: Amf0Object.of({ deep: [1, null, true] }) }),
  ]),
  bytes(0x03, 0, 1, "a", 0x03, 0, 0, 9, 0, 1, "b", 0x07, 0, 1, 0, 0, 9),
  bytes(0x08, 0, 0, 0, 1, 0, 1, "w", 0x00, 0x40, 0x94, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0x0a, 0, 0, 0, 2, 5, 6),
  bytes(0x0c, 0, 0, 0, 3, "abc", 0x0f, 0, 0, 0, 3, "<a>", 0x10, 0, 1, "T", 0, 0, 9, 0x0d),
  bytes(0x0b, 0x42, 0x78, 0, 0, 0, 0, 0, 0, 0, 60),
];

function assertStable(values: readonly Amf0Value[]): void {
  const written = encodeAmf0(values);
  // Bytes, not values, because NaN has many and dates hold it too.
  assertEquals(encodeAmf0(decodeAmf0(written, WIDE)), written, "writing the values twice gives other bytes");
}

/** Values in all, those inside of others counted. */
function count(values: Iterable<Amf0Value>): number {
  let sum = 0;
  for (const value of values) {
    sum += 1;
    if (Array.isArray(value)) sum += count(value);
    else if (value instanceof Amf0Object) sum += count([...value].map(([, member]) => member));
  }
  return sum;
}

function amfTarget(name: string, corpus: Corpus, prefix: readonly number[]): FuzzTarget {
  return {
    name,
    corpus,
    testCases: 1500,
    run(input, random) {
      const body = prefix.length === 0 ? input : bytes(prefix, input);
      const text = random.oneIn(3) ? "latin1" : "strict";
      const result = attempt(ProtocolError, () => decodeAmf0(body, DEFAULT_WIRE_LIMITS, { text }));
      if ("refused" in result) return;
      const values = count(result.value);
      assert(values <= DEFAULT_WIRE_LIMITS.maxAmfNodes, `${values} values in one message`);
      assertStable(result.value);
    },
  };
}

function messageOf(typeId: number, payload: Bytes, random: Random): RtmpMessage {
  return { typeId, timestamp: random.uint32(), streamId: random.below(3), chunkStreamId: 3, payload };
}

const commands = (corpus: Corpus): FuzzTarget => ({
  name: "commands",
  corpus,
  testCases: 1500,
  run(input, random) {
    const typeId = random.pick([MessageType.CommandAmf0, MessageType.CommandAmf0, MessageType.CommandAmf3]);
    const result = attempt(ProtocolError, () => decodeCommand(messageOf(typeId, input, random)));
    if ("refused" in result) return;
    const command = result.value;
    const again = encodeCommand(command, { streamId: 0, chunkStreamId: 3 });
    assertStable([command.name, command.transactionId, ...command.args]);
    assertEquals(decodeCommand(again, WIDE).name, command.name);
    checkConnect(command);
  },
});

/** What the session reads of a `connect`, whatever the command was. */
function checkConnect(command: Command): void {
  const result = attempt(ProtocolError, () => readConnectCommand(command));
  if ("value" in result) {
    for (const text of [result.value.tcUrl, result.value.pageUrl]) assertEquals(typeof text, "string");
  }
  const [members] = command.args;
  if (members instanceof Amf0Object) assertStable(capabilityReply(readCapabilities(members)).flat());
}

const data = (corpus: Corpus): FuzzTarget => ({
  name: "data",
  corpus,
  testCases: 1000,
  run(input, random) {
    const typeId = random.pick([MessageType.DataAmf0, MessageType.DataAmf3]);
    const result = attempt(ProtocolError, () => decodeData(messageOf(typeId, input, random)));
    if ("value" in result) assertStable([result.value.name, ...result.value.values]);
  },
});

const controls = (corpus: Corpus): FuzzTarget => ({
  name: "controls",
  corpus,
  testCases: 1500,
  run(input, random) {
    const message = messageOf(1 + random.below(6), input.slice(0, random.oneIn(4) ? 64 : 14), random);
    const result = attempt(ProtocolError, () => decodeControl(message));
    if ("refused" in result) return;
    const again = encodeControl(result.value);
    assertEquals(decodeControl(again), result.value, "writing the control message changed it");
  },
});

const aggregates = (corpus: Corpus): FuzzTarget => ({
  name: "aggregate",
  corpus,
  testCases: 1500,
  run(input, random) {
    const message = messageOf(MessageType.Aggregate, input, random);
    const result = attempt(ProtocolError, () => splitAggregate(message));
    if ("refused" in result) return;
    const parts = result.value;
    assert(parts.length <= DEFAULT_WIRE_LIMITS.maxAggregateMessages, `${parts.length} parts`);
    assertEquals(parts[0]?.timestamp, parts.length === 0 ? undefined : message.timestamp);
    let total = 0;
    for (const { typeId, timestamp, streamId, payload } of parts) {
      assert(payload.length > 0 && typeId !== MessageType.Aggregate, "a part is empty or an aggregate");
      assert(timestamp >= 0 && timestamp <= 0xffff_ffff && streamId === message.streamId);
      total += payload.length + 11;
    }
    assert(total <= input.length, "the parts are more than the whole");
  },
});

/** An aggregate message's body: parts of these types and payloads, with back pointers. */
function aggregateOf(...parts: readonly [number, Bytes][]): Bytes {
  const uint32 = (value: number) => [value >>> 24, value >> 16 & 255, value >> 8 & 255, value & 255];
  return bytes(...parts.flatMap(([typeId, payload], i) => [
    [typeId, ...uint32(payload.length).slice(1), ...uint32(i * 40).slice(1), 0, 0, 0, 0],
    payload,
    uint32(payload.length + 11),
  ]));
}

/** All of them. */
export function amfTargets({ messages }: Recordings): FuzzTarget[] {
  const ofType = (...types: readonly number[]) => bodies(messages, ({ typeId }) => types.includes(typeId));
  const commandBodies = ofType(MessageType.CommandAmf0, MessageType.CommandAmf3);
  const dataBodies = ofType(MessageType.DataAmf0, MessageType.DataAmf3);
  return [
    amfTarget("amf0", [...commandBodies, ...dataBodies, ...AMF0_BODIES], []),
    amfTarget("amf3", [bytes(0x11, 0x01), ...AMF3_BODIES], [0x11]),
    commands([
      ...commandBodies,
      ...AMF3_BODIES.map((body) => bytes(0x02, 0, 1, "x", 0, 0, 0, 0, 0, 0, 0, 0, 0, body)),
    ]),
    data(dataBodies),
    controls([
      ...bodies(messages, ({ typeId }) => isControl(typeId)),
      ...[
        bytes(0, 3, 0, 0, 0, 1, 0, 0, 1, 0),
        bytes(0, 6, 0, 0, 0, 9),
        bytes(0, 0, 16, 0),
        bytes(0, 38, 37, 160, 2),
        bytes(0, 31, 1, 2),
      ],
    ]),
    aggregates([
      aggregateOf([9, avcSequenceHeader()], [9, avcKeyFrame({ size: 300 })], [8, aacFrame()]),
      aggregateOf([8, aacFrame()], [18, encodeAmf0(["onMetaData", null])]),
      aggregateOf(...Array.from({ length: 40 }, (): [number, Bytes] => [8, bytes(0xaf, 1)])),
    ]),
  ];
}
