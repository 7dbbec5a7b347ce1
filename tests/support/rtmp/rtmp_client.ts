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
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { ClientHandshake, type ClientHandshakeOptions } from "../../../rtmp/wire/client_handshake.ts";
import { type Command, decodeCommand, encodeCommand, encodeData } from "../../../rtmp/wire/command.ts";
import { type Control, decodeControl, encodeControl, isControl } from "../../../rtmp/wire/control.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import { MessageDecoder } from "../../../rtmp/wire/message_decoder.ts";
import { MessageType, NET_STREAM_ID, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { Inbox, PATIENCE_MS } from "../inbox.ts";
import { realWireEnvironment } from "./wire_environment.ts";

const CONNECTION_CHUNK_STREAM = 3;
const DATA_CHUNK_STREAM = 4;
const VIDEO_CHUNK_STREAM = 6;
const AUDIO_CHUNK_STREAM = 7;
const STREAM_CHUNK_STREAM = 8;

/** Where and how to reach the server. */
export interface OpenOptions {
  readonly port: number;
  /** `127.0.0.1` by default. */
  readonly hostname?: string;
  /** The form of the handshake, `simple` by default. */
  readonly handshake?: ClientHandshakeOptions;
  /** How long a wait may last before it fails the test, a minute by default. */
  readonly waitMs?: number;
  /** Answer the server's ping requests, as clients do: `true` by default. */
  readonly answersPings?: boolean;
}

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

/** How a connection ended: `fin` by the server, `reset` by it or the network, `local` by this client. */
export type Closing = "fin" | "reset" | "local";

/** One connection to the server. */
export class RtmpTestClient implements AsyncDisposable {
  readonly #conn: Deno.TcpConn;
  readonly #decoder: MessageDecoder;
  readonly #encoder = new ChunkEncoder();
  readonly #inbox: Inbox<RtmpMessage>;
  readonly #answersPings: boolean;
  readonly #closed: Promise<Closing>;
  #writing: Promise<void> = Promise.resolve();
  #gate: PromiseWithResolvers<void> | undefined;
  #endedHere = false;
  #transactionId = 0;
  #streamId = 0;

  private constructor(conn: Deno.TcpConn, options: OpenOptions) {
    const environment = realWireEnvironment();
    this.#conn = conn;
    // Small writes follow each other here; Nagle's algorithm would hold each back for 40 ms.
    conn.setNoDelay();
    this.#answersPings = options.answersPings ?? true;
    this.#inbox = new Inbox(options.waitMs ?? PATIENCE_MS, describeMessage);
    this.#decoder = new MessageDecoder({
      environment,
      limits: { ...DEFAULT_WIRE_LIMITS, minChunkSize: 1 },
      handshake: new ClientHandshake(environment, options.handshake),
    });
    this.#closed = this.#readAll();
  }

  /** Open a connection and shake hands, nothing more. */
  static async open(options: OpenOptions): Promise<RtmpTestClient> {
    const { port, hostname = "127.0.0.1" } = options;
    const client = new RtmpTestClient(await Deno.connect({ port, hostname }), options);
    await client.#flushHandshake();
    await client.#inbox.until(() => client.#decoder.handshakeDone, "the end of the handshake");
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

  /** Tells how the connection ended, once it has. */
  get closed(): Promise<Closing> {
    return this.#closed;
  }

  /** All bytes that have come, those of the handshake included. */
  get bytesReceived(): number {
    return this.#decoder.bytesReceived;
  }

  /** The server's chunk size, bytes. */
  get serverChunkSize(): number {
    return this.#decoder.chunkSize;
  }

  /** Messages that have come and that nobody has taken, oldest first. */
  get pending(): readonly RtmpMessage[] {
    return this.#inbox.items;
  }

  /** Send a message, behind all that was sent before. */
  async send(message: RtmpMessage): Promise<void> {
    this.#encoder.write(message);
    const output = this.#encoder.takeOutput();
    if (output !== undefined) await this.sendBytes(output);
  }

  /** Send bytes as they are. */
  sendBytes(bytes: Uint8Array): Promise<void> {
    const written = this.#writing.then(() => writeAll(this.#conn, bytes));
    // The next write goes its own way, and tells its own caller what went wrong.
    this.#writing = written.catch(() => undefined);
    return written;
  }

  /** Send a protocol control or user control message. */
  async sendControl(control: Control): Promise<void> {
    await this.send(encodeControl(control));
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

  /** Take the oldest message that nobody has taken. */
  async nextMessage(): Promise<RtmpMessage> {
    return await this.waitFor(() => true, "a message");
  }

  /** Take the oldest message that fits, leaving the others; `what` names it where it does not come. */
  async waitFor(
    predicate: (message: RtmpMessage) => boolean,
    what = "a certain message",
  ): Promise<RtmpMessage> {
    return await this.#inbox.take(predicate, what);
  }

  /** Take the oldest command with this name. */
  async waitForCommand(name: string): Promise<Command> {
    return decodeCommand(await this.waitFor((message) => commandName(message) === name, name));
  }

  /** Take the oldest control message of this kind; chunk sizes and aborts do not come here. */
  async waitForControl(kind: Control["kind"]): Promise<Control> {
    const isIt = (message: RtmpMessage) => isControl(message.typeId) && decodeControl(message).kind === kind;
    return decodeControl(await this.waitFor(isIt, kind));
  }

  /** Take the oldest `onStatus`, or the oldest with this code. */
  async status(code?: string): Promise<StatusReply> {
    const message = await this.waitFor((candidate) => {
      if (commandName(candidate) !== "onStatus") return false;
      return code === undefined || toStatus(candidate).code === code;
    }, code ?? "onStatus");
    return toStatus(message);
  }

  /** Take nothing more from the socket, as a player that is too slow; what is being read still comes. */
  pauseReading(): void {
    this.#gate ??= Promise.withResolvers<void>();
  }

  /** Take from the socket again. */
  resumeReading(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  /** End as encoders do: `FCUnpublish` and `deleteStream` where there is a NetStream, then the connection. */
  async leave(name: string): Promise<void> {
    if (this.#streamId !== 0) {
      await this.streamCommand("FCUnpublish", name);
      await this.streamCommand("deleteStream", this.#streamId);
    }
    await this.close();
  }

  /**
   * End the connection without a word: a FIN, or a reset where bytes of the server are unread (`pauseReading`).
   * Resolves when nothing of it is left; a second call does nothing.
   */
  async close(): Promise<void> {
    if (!this.#endedHere) {
      this.#endedHere = true;
      this.#conn.close();
    }
    this.resumeReading();
    await this.#closed;
  }

  /** Say with a FIN that nothing more will come, and go on reading. */
  async closeWrite(): Promise<void> {
    await this.#writing;
    await this.#conn.closeWrite();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #readAll(): Promise<Closing> {
    const buffer = new Uint8Array(64 * 1024);
    let closing: Closing = "fin";
    try {
      for (;;) {
        await this.#gate?.promise;
        const size = await this.#conn.read(buffer);
        if (size === null) break;
        for (const message of this.#decoder.decode(buffer.subarray(0, size))) this.#receive(message);
        await this.#flushHandshake();
        this.#inbox.notify();
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      closing = "reset";
      this.#inbox.fail(error);
    }
    if (this.#endedHere) closing = "local";
    else this.#conn.close();
    this.#endedHere = true;
    this.#inbox.fail(new Error(`The connection has ended: ${closing}`));
    return closing;
  }

  #receive(message: RtmpMessage): void {
    if (this.#answersPings && message.typeId === MessageType.UserControl) {
      const control = decodeControl(message);
      if (control.kind === "pingRequest") {
        // A server that has gone meanwhile is seen by the read.
        this.sendControl({ kind: "pingResponse", timestamp: control.timestamp }).catch(() => undefined);
      }
    }
    this.#inbox.put(message);
  }

  async #flushHandshake(): Promise<void> {
    const output = this.#decoder.takeOutput();
    if (output !== undefined) await this.sendBytes(output);
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

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** The name of a command message; `undefined` for all others. */
function commandName(message: RtmpMessage): string | undefined {
  return message.typeId === MessageType.CommandAmf0 ? decodeCommand(message).name : undefined;
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

function describeMessage(message: RtmpMessage): string {
  return commandName(message) ?? `type ${message.typeId}`;
}
