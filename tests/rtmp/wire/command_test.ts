import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { decodeCommand, decodeData, encodeCommand, encodeData } from "../../../rtmp/wire/command.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { bytes } from "../../support/bytes.ts";

const ONE = [0x00, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0];
// §7.2.1.1: name, transaction id 1, command object
const CONNECT = bytes(0x02, 0, 7, "connect", ONE, 0x03, 0, 3, "app", 0x02, 0, 4, "live", 0, 0, 9);

function message(typeId: number, payload: Uint8Array<ArrayBuffer>): RtmpMessage {
  return { typeId, timestamp: 0, streamId: 0, chunkStreamId: 3, payload };
}

const CONNECT_COMMAND = { name: "connect", transactionId: 1, args: [Amf0Object.of({ app: "live" })] };

Deno.test("decodeCommand() reads name, transaction id and arguments", () => {
  assertEquals(decodeCommand(message(MessageType.CommandAmf0, CONNECT)), CONNECT_COMMAND);
});

Deno.test("decodeCommand() reads an AMF3 command with and without its leading zero", () => {
  assertEquals(decodeCommand(message(MessageType.CommandAmf3, bytes(0, CONNECT))), CONNECT_COMMAND);
  assertEquals(decodeCommand(message(MessageType.CommandAmf3, CONNECT)), CONNECT_COMMAND);
});

Deno.test("decodeCommand() refuses what has no name, no transaction id or others' types", () => {
  const refused = [
    { payload: bytes(), says: "its name is undefined" },
    { payload: bytes(ONE, ONE), says: "its name is number" },
    { payload: bytes(0x02, 0, 1, "x"), says: `command "x": its transaction id is undefined` },
    {
      payload: bytes(0x02, 0, 1, "\n", 0x02, 0, 1, "1"),
      says: `command "\\n": its transaction id is string`,
    },
  ];
  for (const { payload, says } of refused) {
    const error = assertThrows(
      () => decodeCommand(message(MessageType.CommandAmf0, payload)),
      ProtocolError,
      says,
    );
    assertEquals(error.code, ProtocolErrorCode.Command);
  }
});

Deno.test("decodeCommand() refuses strings that are no UTF-8: two names must not become one", () => {
  const payload = bytes(0x02, 0, 7, "publish", ONE, 0x05, 0x02, 0, 1, 0xe9);
  const error = assertThrows(() => decodeCommand(message(MessageType.CommandAmf0, payload)), ProtocolError);
  assertEquals(error.code, ProtocolErrorCode.Amf0);
});

Deno.test("encodeCommand() writes what the specification shows, at the given offset", () => {
  assertEquals(encodeCommand(CONNECT_COMMAND, { streamId: 1, chunkStreamId: 5, timestamp: 40 }), {
    typeId: MessageType.CommandAmf0,
    timestamp: 40,
    streamId: 1,
    chunkStreamId: 5,
    payload: CONNECT,
  });
  assertEquals(encodeCommand(CONNECT_COMMAND, { streamId: 0, chunkStreamId: 3 }).timestamp, 0);
});

Deno.test("decodeData() and encodeData() are each other's reverse", () => {
  const data = { name: "onMetaData", values: [Amf0Object.of({ width: 1 }), "x"] };
  const encoded = encodeData(data, { streamId: 1, chunkStreamId: 4 });
  assertEquals(encoded.typeId, MessageType.DataAmf0);
  assertEquals(decodeData(encoded), data);
  assertEquals(decodeData(message(MessageType.DataAmf3, bytes(0, encoded.payload))), data);
});

Deno.test("decodeData() takes Latin-1 for what is not UTF-8", () => {
  const payload = bytes(0x02, 0, 1, "x", 0x02, 0, 4, "caf", 0xe9);
  assertEquals(decodeData(message(MessageType.DataAmf0, payload)), { name: "x", values: ["café"] });
});

Deno.test("decodeData() refuses what begins with no name", () => {
  const error = assertThrows(
    () => decodeData(message(MessageType.DataAmf0, bytes(ONE))),
    ProtocolError,
    "its name is number",
  );
  assertEquals(error.code, ProtocolErrorCode.Command);
});

Deno.test("decodeCommand() and decodeData() refuse each other's messages as a caller's mistake", () => {
  assertThrows(() => decodeCommand(message(MessageType.DataAmf0, CONNECT)), RangeError, "message type 18");
  assertThrows(() => decodeData(message(MessageType.CommandAmf0, CONNECT)), RangeError, "message type 20");
});
