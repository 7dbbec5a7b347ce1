import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { ClientHandshake } from "../../../rtmp/wire/client_handshake.ts";
import { encodeCommand } from "../../../rtmp/wire/command.ts";
import { encodeControl } from "../../../rtmp/wire/control.ts";
import { MessageDecoder } from "../../../rtmp/wire/message_decoder.ts";
import { MessageDecoderStream } from "../../../rtmp/wire/message_decoder_stream.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError } from "../../../rtmp/wire/protocol_error.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../../support/assert.ts";
import { bytes, cut, pattern } from "../../support/bytes.ts";
import { fixedWireEnvironment } from "../../support/rtmp/wire_environment.ts";

const CONNECT = encodeCommand({ name: "connect", transactionId: 1, args: [null] }, {
  streamId: 0,
  chunkStreamId: 3,
});
const VIDEO: RtmpMessage = {
  typeId: 9,
  timestamp: 40,
  streamId: 1,
  chunkStreamId: 6,
  payload: pattern(10_000),
};

/** All that a client sends: C0, C1, C2, a chunk size, `connect` and a video message. */
function clientBytes(): Uint8Array<ArrayBuffer> {
  const encoder = new ChunkEncoder();
  encoder.write(encodeControl({ kind: "setChunkSize", chunkSize: 4096 }));
  encoder.write(CONNECT);
  encoder.write(VIDEO);
  const c0c1 = new ClientHandshake(fixedWireEnvironment()).takeOutput() ?? bytes();
  return bytes(c0c1, pattern(1536), encoder.takeOutput() ?? []);
}

Deno.test("MessageDecoder gives the handshake's answer once and all messages, however they are cut", () => {
  const whole = clientBytes();
  for (
    const pieces of [[whole], cut(whole, [1537]), cut(whole, [3073, 3080, 3100]), cut(whole, whole.keys())]
  ) {
    const decoder = new MessageDecoder({ environment: fixedWireEnvironment() });
    const messages: RtmpMessage[] = [];
    const outputs: number[] = [];
    for (const piece of pieces) {
      messages.push(...decoder.decode(piece));
      const output = decoder.takeOutput();
      if (output !== undefined) outputs.push(output.length);
    }
    assertEquals(messages, [CONNECT, VIDEO]);
    assertEquals(outputs, [3073]);
    assert(decoder.handshakeDone);
    assertEquals([decoder.bytesReceived, decoder.chunkSize, decoder.partialBytes], [whole.length, 4096, 0]);
  }
});

Deno.test("MessageDecoder takes the client's side of the handshake", () => {
  const environment = fixedWireEnvironment();
  const client = new MessageDecoder({ environment, handshake: new ClientHandshake(environment) });
  const server = new MessageDecoder({ environment });
  server.decode(client.takeOutput() ?? bytes());
  const encoder = new ChunkEncoder();
  encoder.write(CONNECT);
  const answer = bytes(server.takeOutput() ?? [], encoder.takeOutput() ?? []);
  assertEquals(client.decode(answer), [CONNECT]);
  assert(client.handshakeDone);
  assert(!server.handshakeDone);
  server.decode(client.takeOutput() ?? bytes());
  assert(server.handshakeDone);
});

Deno.test("MessageDecoder obeys its limits", () => {
  const limits = {
    maxMediaMessageBytes: 9_999,
    maxCommandMessageBytes: 1000,
    maxChunkStreams: 64,
    maxPartialBytes: 100_000,
    minChunkSize: 128,
    maxAmfDepth: 1,
    maxAmfNodes: 1,
    maxAmfStringBytes: 65_536,
    maxAggregateMessages: 1,
  };
  const decoder = new MessageDecoder({ environment: fixedWireEnvironment(), limits });
  assertThrows(() => decoder.decode(clientBytes()), ProtocolError, "the limit is 9999 bytes");
});

Deno.test("MessageDecoderStream gives arrays of messages, none of them empty", async () => {
  const decoder = new MessageDecoder({ environment: fixedWireEnvironment() });
  const whole = clientBytes();
  const arrays = await Array.fromAsync(
    ReadableStream.from(cut(whole, [100, 2000, 3100, 5000])).pipeThrough(new MessageDecoderStream(decoder)),
  );
  assertEquals(arrays.flat(), [CONNECT, VIDEO]);
  assert(arrays.every((messages) => messages.length > 0));
  assertEquals(decoder.takeOutput()?.length, 3073);
});

Deno.test("MessageDecoderStream fails with the decoder's ProtocolError", async () => {
  const decoder = new MessageDecoder({ environment: fixedWireEnvironment() });
  await assertRejects(
    () => Array.fromAsync(ReadableStream.from([bytes(6)]).pipeThrough(new MessageDecoderStream(decoder))),
    ProtocolError,
    "RTMPE",
  );
});
