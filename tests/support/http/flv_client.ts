/**
 * A player of HTTP-FLV or WebSocket-FLV on a bare socket: it takes its answer apart by the letter of the specifications
 * and says how it ended.
 *
 * @module
 */
import { Inbox, PATIENCE_MS } from "../inbox.ts";
import { type ServerFrame, takeServerFrames } from "./web_socket_client.ts";

/** One tag of the file. */
export interface FlvTag {
  readonly typeId: number;
  readonly time: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** How an answer ended: whole, broken off, or by a reset of its connection. */
export type AnswerEnd = "whole" | "cut" | "reset";

/** What a client sends. */
export interface FlvRequest {
  readonly port: number;
  /** With its query. */
  readonly path: string;
  readonly method?: string;
  readonly version?: "1.0" | "1.1";
  /** Lines of further headers. */
  readonly headers?: readonly string[];
  /** Open a WebSocket. */
  readonly webSocket?: boolean;
}

const UPGRADE = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];
const BINARY = 2;

/** One request, and what came for it. */
export class FlvClient implements AsyncDisposable {
  readonly conn: Deno.TcpConn;
  /** Tags that nobody has taken. */
  readonly tags: Inbox<FlvTag> = new Inbox(PATIENCE_MS, ({ typeId }) => `a tag of type ${typeId}`);
  /** Control frames of a WebSocket. */
  readonly controls: Inbox<ServerFrame> = new Inbox(
    PATIENCE_MS,
    ({ opcode }) => `a frame of opcode ${opcode}`,
  );
  readonly #running: Promise<void>;
  #raw = new Uint8Array(0);
  #file = new Uint8Array(0);
  #head: string | undefined;
  #flags: number | undefined;
  #bodyText = "";
  #whole = false;
  #end: AnswerEnd | undefined;

  private constructor(conn: Deno.TcpConn) {
    this.conn = conn;
    this.#running = this.#run();
  }

  /** Send a request. */
  static async send(request: FlvRequest): Promise<FlvClient> {
    const { port, path, method = "GET", version = "1.1", headers = [], webSocket = false } = request;
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const lines = [
      `${method} ${path} HTTP/${version}`,
      `Host: 127.0.0.1:${port}`,
      ...(webSocket ? UPGRADE : []),
      ...headers,
    ];
    const client = new FlvClient(conn);
    await conn.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
    return client;
  }

  /** Send a request, and wait for the answer's head. */
  static async open(request: FlvRequest): Promise<FlvClient> {
    const client = await FlvClient.send(request);
    await client.head();
    return client;
  }

  /** The head of the answer. */
  async head(): Promise<string> {
    await this.tags.until(() => this.#head !== undefined, "the head of the answer");
    return this.#head ?? "";
  }

  /** Nothing has been answered. */
  get silent(): boolean {
    return this.#head === undefined && this.#raw.length === 0;
  }

  /** The status of the answer. */
  async status(): Promise<number> {
    return Number(/^HTTP\/1\.1 (\d+)/.exec(await this.head())?.[1]);
  }

  /** The flags of the file header. */
  async flags(): Promise<number> {
    await this.tags.until(() => this.#flags !== undefined, "the file header");
    return this.#flags ?? 0;
  }

  /** The next tag. */
  async tag(): Promise<FlvTag> {
    return await this.tags.take(() => true, "a tag");
  }

  /** How the answer ends. */
  async end(): Promise<AnswerEnd> {
    await this.tags.until(() => this.#end !== undefined, "the end of the answer");
    return this.#end ?? "cut";
  }

  /** The text of an answer that is not a stream, once it has ended. */
  async text(): Promise<string> {
    await this.tags.until(() => this.#end !== undefined || this.#bodyText.endsWith("\n"), "the body");
    return this.#bodyText;
  }

  /** Close the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.conn.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
    await this.#running;
  }

  async #run(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (
        let length = await this.conn.read(buffer);
        length !== null;
        length = await this.conn.read(buffer)
      ) {
        this.#raw = Uint8Array.from([...this.#raw, ...buffer.subarray(0, length)]);
        this.#take();
        this.tags.notify();
      }
      this.#end = this.#whole ? "whole" : "cut";
    } catch (error) {
      this.#end = "reset";
      // A read that is under way when the connection is closed here is interrupted; one that begins later has no connection.
      const { ConnectionReset, BadResource, Interrupted } = Deno.errors;
      if (![ConnectionReset, BadResource, Interrupted].some((kind) => error instanceof kind)) {
        this.tags.fail(error instanceof Error ? error : new Error(String(error)));
      }
    }
    this.tags.notify();
    this.tags.fail(new Error(`The answer has ended: ${this.#end}`));
    this.controls.fail(new Error(`The answer has ended: ${this.#end}`));
  }

  #take(): void {
    if (this.#head === undefined) {
      const text = new TextDecoder("latin1").decode(this.#raw);
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#head = text.slice(0, end + 4);
      this.#raw = this.#raw.slice(end + 4);
    }
    if (this.#head.startsWith("HTTP/1.1 101")) {
      this.#raw = takeServerFrames(this.#raw, (frame) => {
        if (frame.opcode === BINARY) this.#takeFile(frame.payload);
        else this.controls.put(frame);
      });
    } else if (/\r\ntransfer-encoding: chunked\r\n/i.test(this.#head)) this.#takeChunks();
    else {
      this.#takeFile(this.#raw);
      this.#raw = new Uint8Array(0);
    }
  }

  #takeChunks(): void {
    for (;;) {
      const text = new TextDecoder("latin1").decode(this.#raw.subarray(0, 20));
      const size = /^([0-9a-f]+)\r\n/.exec(text);
      if (size === null) {
        if (text.length > 12) throw new Error(`A chunk begins with ${JSON.stringify(text)}`);
        return;
      }
      const start = size[0].length;
      const end = start + parseInt(size[1] ?? "", 16);
      if (this.#raw.length < end + 2) return;
      if (this.#raw[end] !== 13 || this.#raw[end + 1] !== 10) throw new Error("A chunk has no end");
      const chunk = this.#raw.slice(start, end);
      this.#raw = this.#raw.slice(end + 2);
      if (chunk.length === 0) this.#whole = true;
      else this.#takeFile(chunk);
    }
  }

  #takeFile(bytes: Uint8Array): void {
    if (!this.#head?.startsWith("HTTP/1.1 200") && !this.#head?.startsWith("HTTP/1.1 101")) {
      this.#bodyText += new TextDecoder().decode(bytes);
      return;
    }
    this.#file = Uint8Array.from([...this.#file, ...bytes]);
    if (this.#flags === undefined) {
      if (this.#file.length < 13) return;
      const header = [...this.#file.subarray(0, 13)];
      const [f, l, v, version, flags = 0, ...rest] = header;
      if ([f, l, v, version, ...rest].join() !== "70,76,86,1,0,0,0,9,0,0,0,0") {
        throw new Error(`The file begins with ${header}`);
      }
      this.#flags = flags;
      this.#file = this.#file.slice(13);
    }
    this.#takeTags();
  }

  #takeTags(): void {
    for (;;) {
      const { buffer, length } = this.#file;
      if (length < 15) return;
      const view = new DataView(buffer);
      const size = view.getUint32(0) & 0xff_ffff;
      if (length < 11 + size + 4) return;
      if (view.getUint32(11 + size) !== 11 + size) throw new Error("The size of a tag is not behind it");
      const time = (view.getUint32(4) >>> 8) | (view.getUint8(7) << 24);
      this.tags.put({ typeId: view.getUint8(0), time, payload: this.#file.slice(11, 11 + size) });
      this.#file = this.#file.slice(11 + size + 4);
    }
  }
}
