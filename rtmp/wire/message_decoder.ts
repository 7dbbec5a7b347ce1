/**
 * Bytes of a connection to messages: the handshake, then chunks. Pure.
 *
 * @module
 */
import { ChunkDecoder } from "./chunk_decoder.ts";
import type { WireEnvironment } from "./environment.ts";
import type { Handshake } from "./handshake.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./limits.ts";
import type { PayloadMemory, RtmpMessage } from "./message.ts";
import { ServerHandshake } from "./server_handshake.ts";

/** Options of a {@link MessageDecoder}. */
export interface MessageDecoderOptions extends PayloadMemory {
  /** Of the handshake. */
  readonly environment: WireEnvironment;
  /** {@link DEFAULT_WIRE_LIMITS} when absent. */
  readonly limits?: WireLimits;
  /** The server's side by default; a `ClientHandshake` makes it a client's. */
  readonly handshake?: Handshake;
}

/** One connection's incoming bytes. */
export class MessageDecoder {
  readonly #chunks: ChunkDecoder;
  readonly #handshake: Handshake;
  #bytesReceived = 0;

  /** A decoder at the start of a connection. */
  constructor(options: MessageDecoderOptions) {
    const { environment, limits = DEFAULT_WIRE_LIMITS } = options;
    this.#handshake = options.handshake ?? new ServerHandshake(environment);
    this.#chunks = new ChunkDecoder(limits, options);
  }

  /** All bytes so far, those of the handshake included: what an acknowledgement tells. */
  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  /** Whether the handshake is over on this side. */
  get handshakeDone(): boolean {
    return this.#handshake.done;
  }

  /** The size of the peer's chunks, bytes. */
  get chunkSize(): number {
    return this.#chunks.chunkSize;
  }

  /** Bytes held for unfinished messages. */
  get partialBytes(): number {
    return this.#chunks.partialBytes;
  }

  /** Bytes of media messages that came in several parts: it grows while such a message is under way. */
  get mediaInParts(): number {
    return this.#chunks.mediaInParts;
  }

  /**
   * Take all of `bytes`; ask `takeOutput` afterwards. Set Chunk Size and Abort are obeyed and not given out.
   *
   * @param bytes Neither kept nor changed, unless payloads are {@link PayloadMemory.borrowed}.
   * @returns The messages that are whole now, in order, often none.
   * @throws {ProtocolError} The decoder is of no use afterwards.
   */
  decode(bytes: Uint8Array): RtmpMessage[] {
    this.#bytesReceived += bytes.length;
    if (this.#handshake.done) return this.#chunks.decode(bytes);
    const taken = this.#handshake.receive(bytes);
    return taken < bytes.length ? this.#chunks.decode(bytes.subarray(taken)) : [];
  }

  /** The handshake's bytes to send, once each; `undefined` when there are none. */
  takeOutput(): Uint8Array<ArrayBuffer> | undefined {
    return this.#handshake.takeOutput();
  }
}
