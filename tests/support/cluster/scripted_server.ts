/**
 * A server of RTMP whose every word a test says, over real sockets of loopback.
 *
 * @module
 */
import { Amf0Object, type Amf0Value } from "../../../rtmp/wire/amf0.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { type Command, decodeCommand, encodeCommand } from "../../../rtmp/wire/command.ts";
import { MessageDecoder } from "../../../rtmp/wire/message_decoder.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { Inbox, PATIENCE_MS } from "../inbox.ts";
import { realWireEnvironment } from "../rtmp/wire_environment.ts";

/** One client of it. */
export class ScriptedPeer {
  /** Its messages, commands too. */
  readonly messages = new Inbox<RtmpMessage>(PATIENCE_MS, ({ typeId }) => String(typeId));
  readonly #conn: Deno.TcpConn;
  readonly #encoder = new ChunkEncoder();
  #isOpen = true;

  /** Takes the connection over. */
  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Wait for a command of this name. */
  async command(name: string): Promise<Command> {
    const isIt = (message: RtmpMessage): boolean =>
      message.typeId === MessageType.CommandAmf0 && decodeCommand(message).name === name;
    return decodeCommand(await this.messages.take(isIt, name));
  }

  /** Answer a command. */
  async say(name: string, transactionId: number, ...args: Amf0Value[]): Promise<void> {
    this.#encoder.write(encodeCommand({ name, transactionId, args }, { streamId: 0, chunkStreamId: 3 }));
    await this.#conn.write(this.#encoder.takeOutput() ?? new Uint8Array());
  }

  /** An `onStatus`. */
  async status(level: string, code: string, more: Record<string, Amf0Value> = {}): Promise<void> {
    await this.say("onStatus", 0, null, Amf0Object.of({ level, code, description: "", ...more }));
  }

  /** Take its `connect`, and create the message stream of this id. */
  async connected(streamId = 1): Promise<Command> {
    const connect = await this.command("connect");
    await this.say("_result", 1, null, Amf0Object.of({ level: "status" }));
    await this.command("createStream");
    await this.say("_result", 2, null, streamId);
    return connect;
  }

  /** Take its publish. */
  async accept(): Promise<void> {
    await this.connected();
    await this.command("publish");
    await this.status("status", "NetStream.Publish.Start");
  }

  /** Close the connection. */
  close(): void {
    if (this.#isOpen) this.#conn.close();
    this.#isOpen = false;
  }

  /** Read until it leaves. Never rejects. */
  async read(): Promise<void> {
    const decoder = new MessageDecoder({ environment: realWireEnvironment() });
    const buffer = new Uint8Array(32 * 1024);
    try {
      for (
        let length = await this.#conn.read(buffer);
        length !== null;
        length = await this.#conn.read(buffer)
      ) {
        for (const message of decoder.decode(buffer.subarray(0, length))) this.messages.put(message);
        const answer = decoder.takeOutput();
        if (answer !== undefined) await this.#conn.write(answer);
      }
      this.messages.fail(new Error("The client has left"));
    } catch (error) {
      // Closed at one of its ends.
      this.messages.fail(new Error("The connection is gone", { cause: error }));
    }
  }
}

/** Listens, and leaves everything else to the test. */
export class ScriptedServer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #peers = new Inbox<ScriptedPeer>(PATIENCE_MS, () => "a client");
  readonly #all: ScriptedPeer[] = [];
  readonly #work: Promise<void>;

  /** Listens from now on. */
  constructor() {
    this.#work = this.#accept();
  }

  /** Where it listens. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Connections so far. */
  get accepted(): number {
    return this.#all.length;
  }

  /** The next client. */
  async client(): Promise<ScriptedPeer> {
    return await this.#peers.take(() => true, "a client");
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const peer of this.#all) peer.close();
    await this.#work;
  }

  async #accept(): Promise<void> {
    const reads: Promise<void>[] = [];
    try {
      for await (const conn of this.#listener) {
        const peer = new ScriptedPeer(conn);
        this.#all.push(peer);
        this.#peers.put(peer);
        reads.push(peer.read());
      }
    } finally {
      await Promise.all(reads);
    }
  }
}
