/**
 * A client's side of an RTMP connection over a real socket: messages out as a test says, and kept as they come.
 *
 * @module
 */
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { ClientHandshake, type ClientHandshakeOptions } from "../../../rtmp/wire/client_handshake.ts";
import { decodeCommand } from "../../../rtmp/wire/command.ts";
import { type Control, decodeControl, encodeControl, isControl } from "../../../rtmp/wire/control.ts";
import { DEFAULT_WIRE_LIMITS } from "../../../rtmp/wire/limits.ts";
import { MessageDecoder } from "../../../rtmp/wire/message_decoder.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { Inbox, PATIENCE_MS } from "../inbox.ts";
import { realWireEnvironment } from "./wire_environment.ts";

/** Where and how to reach the server. */
export interface OpenOptions {
  readonly port: number;
  /** `127.0.0.1` by default. */
  readonly hostname?: string;
  /** The form of the handshake, `simple` by default. */
  readonly handshake?: ClientHandshakeOptions;
  /** Sent in front of everything, as proxies do. */
  readonly preamble?: Uint8Array<ArrayBuffer>;
  /** How long a wait may last before it fails the test, a minute by default. */
  readonly waitMs?: number;
  /** Answer the server's ping requests, as clients do: `true` by default. */
  readonly answersPings?: boolean;
}

/** How a connection ended: `fin` by the server, `reset` by it or the network, `local` by this client. */
export type Closing = "fin" | "reset" | "local";

/** A connection whose messages a test sends and takes one by one. */
export class RtmpTestConnection implements AsyncDisposable {
  readonly #conn: Deno.TcpConn;
  readonly #decoder: MessageDecoder;
  readonly #encoder = new ChunkEncoder();
  readonly #inbox: Inbox<RtmpMessage>;
  readonly #answersPings: boolean;
  readonly #closed: Promise<Closing>;
  #writing: Promise<void> = Promise.resolve();
  #gate: PromiseWithResolvers<void> | undefined;
  #endedHere = false;

  /** Takes an open socket; {@link RtmpTestConnection.shakeHands} comes next. */
  constructor(conn: Deno.TcpConn, options: OpenOptions) {
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

  /** Do the handshake, nothing more. */
  async shakeHands(): Promise<void> {
    await this.#flushHandshake();
    await this.#inbox.until(() => this.#decoder.handshakeDone, "the end of the handshake");
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

  /** Take the oldest control message of this kind; chunk sizes and aborts do not come here. */
  async waitForControl(kind: Control["kind"]): Promise<Control> {
    const isIt = (message: RtmpMessage) => isControl(message.typeId) && decodeControl(message).kind === kind;
    return decodeControl(await this.waitFor(isIt, kind));
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
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** The name of a command message; `undefined` for all others. */
export function commandName(message: RtmpMessage): string | undefined {
  return message.typeId === MessageType.CommandAmf0 ? decodeCommand(message).name : undefined;
}

function describeMessage(message: RtmpMessage): string {
  return commandName(message) ?? `type ${message.typeId}`;
}
