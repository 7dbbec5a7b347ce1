/**
 * Publishing sessions by the thousand for benches: one write that connects and publishes, one read that sees it
 * accepted, one close. Costs as little as a client can, so that the server is what is measured.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { encodeCommand } from "../../../rtmp/wire/command.ts";
import { NET_STREAM_ID } from "../../../rtmp/wire/message.ts";

/** C0, C1 and C2: nobody looks into C2. */
const HANDSHAKE_BYTES = 1 + 1536 + 1536;
const RTMP_VERSION = 3;
/** What is put in the place of a name; all names are as long. */
const NAME_DIGITS = 8;
const PLACEHOLDER = "s".repeat(NAME_DIGITS);
const ACCEPTED = Buffer.from("NetStream.Publish.Start");
const REFUSED = Buffer.from("error");

/** Makes sessions on one port. */
export class SessionDriver {
  readonly #port: number;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #nameAt: number;
  readonly #buffers: Uint8Array<ArrayBuffer>[] = [];
  #count = 0;

  /** @param port The server's. */
  constructor(port: number) {
    this.#port = port;
    const encoder = new ChunkEncoder();
    const app = "live";
    const connect = Amf0Object.of({ app, tcUrl: `rtmp://127.0.0.1:${port}/${app}` });
    const control = { streamId: 0, chunkStreamId: 3 };
    encoder.write(encodeCommand({ name: "connect", transactionId: 1, args: [connect] }, control));
    encoder.write(encodeCommand({ name: "createStream", transactionId: 2, args: [null] }, control));
    const publish = { name: "publish", transactionId: 3, args: [null, PLACEHOLDER, app] };
    encoder.write(encodeCommand(publish, { streamId: NET_STREAM_ID, chunkStreamId: 8 }));
    const commands = encoder.takeOutput() ?? new Uint8Array(0);
    this.#bytes = new Uint8Array(HANDSHAKE_BYTES + commands.length);
    this.#bytes[0] = RTMP_VERSION;
    this.#bytes.set(commands, HANDSHAKE_BYTES);
    this.#nameAt = Buffer.from(this.#bytes.buffer).indexOf(PLACEHOLDER);
  }

  /**
   * Connect, publish under a name of its own, leave.
   *
   * @returns From the write to the acceptance, milliseconds.
   * @throws {Error} When it is not accepted.
   */
  async run(): Promise<number> {
    const bytes = this.#bytes.slice();
    Buffer.from(bytes.buffer).write(String(++this.#count).padStart(NAME_DIGITS, "0"), this.#nameAt, "latin1");
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
    const buffer = this.#buffers.pop() ?? new Uint8Array(16 * 1024);
    try {
      const from = performance.now();
      for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
      for (let length = 0;;) {
        const size = await conn.read(buffer.subarray(length));
        if (size === null) throw new Error("The server closed a session before it was accepted");
        length += size;
        const received = Buffer.from(buffer.buffer, 0, length);
        if (received.includes(ACCEPTED)) return performance.now() - from;
        if (received.includes(REFUSED, HANDSHAKE_BYTES)) {
          throw new Error(`Refused: ${received.subarray(HANDSHAKE_BYTES)}`);
        }
      }
    } finally {
      conn.close();
      this.#buffers.push(buffer);
    }
  }
}
