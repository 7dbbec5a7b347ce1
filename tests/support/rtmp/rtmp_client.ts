/**
 * A scripted RTMP client over a real socket: it does what a test tells it, in its order, and keeps what comes.
 *
 * ```ts
 * await using client = await RtmpTestClient.connect({ port, app: "live" });
 * const status = await client.publish("livestream");
 * assertEquals(status.code, "NetStream.Publish.Start");
 * await client.sendVideo(avcSequenceHeader(), 0);
 * ```
 *
 * @module
 */
import { Amf0Object, type Amf0Value } from "../../../rtmp/wire/amf0.ts";
import { type Command, decodeCommand, encodeCommand, encodeData } from "../../../rtmp/wire/command.ts";
import { MessageType, NET_STREAM_ID, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { commandName, type OpenOptions, RtmpTestConnection } from "./rtmp_connection.ts";

const CONNECTION_CHUNK_STREAM = 3;
const DATA_CHUNK_STREAM = 4;
const VIDEO_CHUNK_STREAM = 6;
const AUDIO_CHUNK_STREAM = 7;
const STREAM_CHUNK_STREAM = 8;

/** An opened connection and its `connect`. */
export interface ConnectOptions extends OpenOptions {
  /** `live` by default. */
  readonly app?: string;
  /** `rtmp://hostname:port/app` by default; `null` leaves it out. */
  readonly tcUrl?: string | null;
  /** Further members of the command object, or others in place of the usual ones. */
  readonly extras?: Readonly<Record<string, Amf0Value>>;
  /** Arguments behind the command object. */
  readonly args?: readonly Amf0Value[];
  /** Sent to the server before `connect`, as OBS does; bytes. */
  readonly chunkSize?: number;
}

/** An `onStatus`. */
export interface StatusReply {
  readonly level: string;
  readonly code: string;
  /** `""` when there is none. */
  readonly description: string;
  /** The message stream that it came on. */
  readonly streamId: number;
  /** All that it says. */
  readonly info: Amf0Object;
}

/** One connection to the server. */
export class RtmpTestClient extends RtmpTestConnection {
  #transactionId = 0;
  #streamId = 0;

  /** Open a connection and shake hands, nothing more. */
  static async open(options: OpenOptions): Promise<RtmpTestClient> {
    const { port, hostname = "127.0.0.1", preamble } = options;
    const conn = await Deno.connect({ port, hostname });
    if (preamble !== undefined) await conn.write(preamble);
    const client = new RtmpTestClient(conn, options);
    await client.shakeHands();
    return client;
  }

  /**
   * Open a connection and `connect` to an app.
   *
   * @throws {Error} When the answer is not `_result`; to see a refusal use `open` and `connectApp`.
   */
  static async connect(options: ConnectOptions): Promise<RtmpTestClient> {
    const client = await RtmpTestClient.open(options);
    try {
      const reply = await client.connectApp(options);
      if (reply.name !== "_result") throw new Error(`connect was answered ${describeInfo(reply)}`);
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /** Send `connect`; its answer, whatever it is. */
  async connectApp(options: ConnectOptions): Promise<Command> {
    const { port, hostname = "127.0.0.1", app = "live", chunkSize } = options;
    const { tcUrl = `rtmp://${hostname}:${port}/${app}` } = options;
    if (chunkSize !== undefined) await this.sendControl({ kind: "setChunkSize", chunkSize });
    const members = { app, flashVer: "FMLE/3.0 (compatible; srs-test)", type: "nonprivate" };
    const object = Amf0Object.of({ ...members, ...(tcUrl === null ? {} : { tcUrl }), ...options.extras });
    return await this.#call("connect", [object, ...(options.args ?? [])]);
  }

  /** Call a NetConnection command, with a null command object; its `_result` or `_error`. */
  async command(name: string, ...args: readonly Amf0Value[]): Promise<Command> {
    return await this.#call(name, [null, ...args]);
  }

  /** Send a command on the NetStream without waiting; its transaction id. */
  async streamCommand(name: string, ...args: readonly Amf0Value[]): Promise<number> {
    const transactionId = ++this.#transactionId;
    const address = { streamId: this.#streamId || NET_STREAM_ID, chunkStreamId: STREAM_CHUNK_STREAM };
    await this.send(encodeCommand({ name, transactionId, args: [null, ...args] }, address));
    return transactionId;
  }

  /** `createStream`; the id of the NetStream, which the stream commands use from here on. */
  async createStream(): Promise<number> {
    const reply = await this.command("createStream");
    const id = reply.args[1];
    if (reply.name !== "_result" || typeof id !== "number") {
      throw new Error(`createStream was answered ${describeInfo(reply)}`);
    }
    this.#streamId = id;
    return id;
  }

  /** `publish`, after `createStream` where that is missing; the first status, whatever it says. */
  async publish(name: string, type = "live"): Promise<StatusReply> {
    if (this.#streamId === 0) await this.createStream();
    await this.streamCommand("publish", name, type);
    return await this.status();
  }

  /** `play`, after `createStream` where that is missing; the first status that is not Play.Reset. */
  async play(name: string, start = -2000): Promise<StatusReply> {
    if (this.#streamId === 0) await this.createStream();
    await this.streamCommand("play", name, start);
    const status = await this.status();
    return status.code === "NetStream.Play.Reset" ? await this.status() : status;
  }

  /** Send video; `timestamp` in milliseconds. */
  async sendVideo(payload: Uint8Array<ArrayBuffer>, timestamp: number): Promise<void> {
    await this.#sendMedia(MessageType.Video, VIDEO_CHUNK_STREAM, payload, timestamp);
  }

  /** Send audio; `timestamp` in milliseconds. */
  async sendAudio(payload: Uint8Array<ArrayBuffer>, timestamp: number): Promise<void> {
    await this.#sendMedia(MessageType.Audio, AUDIO_CHUNK_STREAM, payload, timestamp);
  }

  /** Send `@setDataFrame`, `onMetaData` and the values. */
  async sendMetadata(values: Amf0Object, timestamp = 0): Promise<void> {
    const address = { streamId: this.#streamId, chunkStreamId: DATA_CHUNK_STREAM, timestamp };
    await this.send(encodeData({ name: "@setDataFrame", values: ["onMetaData", values] }, address));
  }

  /** Take the oldest command with this name. */
  async waitForCommand(name: string): Promise<Command> {
    return decodeCommand(await this.waitFor((message) => commandName(message) === name, name));
  }

  /** Take the oldest `onStatus`, or the oldest with this code. */
  async status(code?: string): Promise<StatusReply> {
    const message = await this.waitFor((candidate) => {
      if (commandName(candidate) !== "onStatus") return false;
      return code === undefined || toStatus(candidate).code === code;
    }, code ?? "onStatus");
    return toStatus(message);
  }

  /** End as encoders do: `FCUnpublish` and `deleteStream` where there is a NetStream, then the connection. */
  async leave(name: string): Promise<void> {
    if (this.#streamId !== 0) {
      await this.streamCommand("FCUnpublish", name);
      await this.streamCommand("deleteStream", this.#streamId);
    }
    await this.close();
  }

  async #call(name: string, args: readonly Amf0Value[]): Promise<Command> {
    const transactionId = ++this.#transactionId;
    const address = { streamId: 0, chunkStreamId: CONNECTION_CHUNK_STREAM };
    await this.send(encodeCommand({ name, transactionId, args }, address));
    const reply = await this.waitFor((message) => {
      const replyName = commandName(message);
      if (replyName !== "_result" && replyName !== "_error") return false;
      return decodeCommand(message).transactionId === transactionId;
    }, `the answer to ${name}`);
    return decodeCommand(reply);
  }

  async #sendMedia(
    typeId: number,
    chunkStreamId: number,
    payload: Uint8Array<ArrayBuffer>,
    timestamp: number,
  ): Promise<void> {
    await this.send({ typeId, chunkStreamId, payload, timestamp, streamId: this.#streamId });
  }
}

function toStatus(message: RtmpMessage): StatusReply {
  const command = decodeCommand(message);
  const info = command.args.find((arg) => arg instanceof Amf0Object) ?? new Amf0Object();
  const text = (name: string) => String(info.get(name) ?? "");
  const { streamId } = message;
  return { level: text("level"), code: text("code"), description: text("description"), streamId, info };
}

function describeInfo(command: Command): string {
  const info = command.args.find((arg) => arg instanceof Amf0Object);
  return `${command.name} ${JSON.stringify(info === undefined ? {} : Object.fromEntries(info))}`;
}
