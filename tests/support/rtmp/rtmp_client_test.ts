import { Amf0Object, type Amf0Value } from "../../../rtmp/wire/amf0.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { type Command, decodeCommand, decodeData, encodeCommand } from "../../../rtmp/wire/command.ts";
import { decodeControl, encodeControl } from "../../../rtmp/wire/control.ts";
import { MessageDecoder } from "../../../rtmp/wire/message_decoder.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { Inbox } from "../inbox.ts";
import { aacFrame, avcKeyFrame, avcSequenceHeader, metadata } from "../stream/media.ts";
import { RtmpTestClient } from "./rtmp_client.ts";
import { realWireEnvironment } from "./wire_environment.ts";

const CONNECTION = { streamId: 0, chunkStreamId: 3 };
const STREAM = { streamId: 1, chunkStreamId: 5 };

/** Serves one connection: answers what `replies` finds for a command, collects all messages until the end. */
async function serveOne(
  listener: Deno.TcpListener,
  replies: (command: Command) => readonly RtmpMessage[] | "close",
): Promise<RtmpMessage[]> {
  const conn = await listener.accept();
  const decoder = new MessageDecoder({ environment: realWireEnvironment() });
  const encoder = new ChunkEncoder();
  const received: RtmpMessage[] = [];
  const buffer = new Uint8Array(16 * 1024);
  try {
    for (let size = await conn.read(buffer); size !== null; size = await conn.read(buffer)) {
      const messages = decoder.decode(buffer.subarray(0, size));
      const handshake = decoder.takeOutput();
      if (handshake !== undefined) await conn.write(handshake);
      for (const message of messages) {
        received.push(message);
        if (message.typeId !== MessageType.CommandAmf0) continue;
        const answer = replies(decodeCommand(message));
        if (answer === "close") return received;
        for (const reply of answer) encoder.write(reply);
      }
      const output = encoder.takeOutput();
      if (output !== undefined) await conn.write(output);
    }
    return received;
  } finally {
    conn.close();
  }
}

function listen(): Deno.TcpListener & Disposable {
  return Deno.listen({ port: 0, hostname: "127.0.0.1" });
}

function result(command: Command, ...args: readonly Amf0Value[]): RtmpMessage {
  return encodeCommand({ name: "_result", transactionId: command.transactionId, args }, CONNECTION);
}

function onStatus(level: string, code: string): RtmpMessage {
  const info = Amf0Object.of({ level, code, description: "Said by a script" });
  return encodeCommand({ name: "onStatus", transactionId: 0, args: [null, info] }, STREAM);
}

function answerPublisher(command: Command): readonly RtmpMessage[] {
  switch (command.name) {
    case "connect":
      return [result(command, Amf0Object.of({}), Amf0Object.of({ code: "NetConnection.Connect.Success" }))];
    case "createStream":
      return [encodeControl({ kind: "pingRequest", timestamp: 7 }), result(command, null, 1)];
    case "publish":
      return [onStatus("status", "NetStream.Publish.Start")];
    default:
      return [];
  }
}

Deno.test("RtmpTestClient publishes, byte for byte, in any handshake", async () => {
  for (const form of ["simple", "digest0", "digest1"] as const) {
    using listener = listen();
    const served = serveOne(listener, answerPublisher);
    const client = await RtmpTestClient.connect({
      port: listener.addr.port,
      app: "live",
      handshake: { form },
      chunkSize: 4096,
    });

    const status = await client.publish("livestream");
    assertEquals([status.level, status.code, status.streamId], ["status", "NetStream.Publish.Start", 1]);
    await client.sendMetadata(metadata());
    await client.sendVideo(avcSequenceHeader(), 0);
    await client.sendVideo(avcKeyFrame({ size: 100_000 }), 40);
    await client.sendAudio(aacFrame(), 0x1234567);
    await client.leave("livestream");
    assertEquals(await client.closed, "local");

    const received = await served;
    const media = received.filter(({ streamId, typeId }) =>
      streamId === 1 && typeId !== MessageType.CommandAmf0
    );
    assertEquals(media.map(({ typeId, timestamp, payload }) => [typeId, timestamp, payload.length]), [
      [MessageType.DataAmf0, 0, media[0]?.payload.length ?? 0],
      [MessageType.Video, 0, avcSequenceHeader().length],
      [MessageType.Video, 40, 100_000],
      [MessageType.Audio, 0x1234567, aacFrame().length],
    ]);
    assertEquals(media[2]?.payload, avcKeyFrame({ size: 100_000 }));
    const [first] = media;
    if (first !== undefined) {
      assertEquals(decodeData(first), { name: "@setDataFrame", values: ["onMetaData", metadata()] });
    }
    const commands = received.filter(({ typeId }) => typeId === MessageType.CommandAmf0).map((message) =>
      decodeCommand(message).name
    );
    assertEquals(commands, ["connect", "createStream", "publish", "FCUnpublish", "deleteStream"]);
    const pongs = received.filter(({ typeId }) => typeId === MessageType.UserControl);
    assertEquals(pongs.map((message) => decodeControl(message)), [{ kind: "pingResponse", timestamp: 7 }]);
  }
});

Deno.test("RtmpTestClient tells the server's ending, and those who wait get it", async () => {
  using listener = listen();
  const served = serveOne(
    listener,
    (command) => command.name === "connect" ? answerPublisher(command) : "close",
  );
  await using client = await RtmpTestClient.connect({ port: listener.addr.port });

  await assertRejects(() => client.createStream(), Error, "The connection has ended: fin");
  assertEquals(await client.closed, "fin");
  await served;
});

Deno.test("RtmpTestClient.connect() fails with the server's words when it is refused", async () => {
  using listener = listen();
  const served = serveOne(listener, (command) => [
    encodeCommand({
      name: "_error",
      transactionId: command.transactionId,
      args: [null, Amf0Object.of({ code: "NetConnection.Connect.Rejected" })],
    }, CONNECTION),
  ]);

  await assertRejects(
    () => RtmpTestClient.connect({ port: listener.addr.port }),
    Error,
    "NetConnection.Connect.Rejected",
  );
  await served;
});

Deno.test("RtmpTestClient.play() passes over Play.Reset and leaves other messages to be taken", async () => {
  using listener = listen();
  const served = serveOne(listener, (command) =>
    command.name === "play"
      ? [
        encodeControl({ kind: "streamBegin", streamId: 1 }),
        onStatus("status", "NetStream.Play.Reset"),
        onStatus("status", "NetStream.Play.Start"),
      ]
      : answerPublisher(command));
  await using client = await RtmpTestClient.connect({ port: listener.addr.port });

  assertEquals((await client.play("livestream")).code, "NetStream.Play.Start");
  assertEquals(await client.waitForControl("streamBegin"), { kind: "streamBegin", streamId: 1 });
  await client.close();
  await served;
});

Deno.test("Inbox fails a wait that nothing ends, and names what came instead", async () => {
  const inbox = new Inbox<number>(1, String);
  inbox.put(7);
  await assertRejects(
    () => inbox.take((item) => item === 8, "an eight"),
    Error,
    "Cannot wait for an eight: 1 ms have passed; not taken: 7",
  );
});
