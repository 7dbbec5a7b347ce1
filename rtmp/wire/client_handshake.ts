/**
 * The client's side of the handshake, in its simple form (RTMP 1.0 §5.2) and its digest form. Pure.
 *
 * @module
 */
import {
  CLIENT_KEY,
  CLIENT_KEY_LONG,
  DIGEST_BYTES,
  findDigest,
  SERVER_KEY,
  signPacket,
  signResponse,
} from "./digest.ts";
import type { WireEnvironment } from "./environment.ts";
import {
  ByteCollector,
  type Handshake,
  OPENING_BYTES,
  PACKET_BYTES,
  RANDOM_OFFSET,
  RTMP_VERSION,
} from "./handshake.ts";
import { ProtocolError, ProtocolErrorCode } from "./protocol_error.ts";

const VERSION_OFFSET = 4;
/** A Flash Player that knew the digest. */
const SIGNED_VERSION = [9, 0, 124, 2] as const;

/** How C1 is made. */
export interface ClientHandshakeOptions {
  /** `simple` (default), or a digest by schema 0 or 1. */
  readonly form?: "simple" | "digest0" | "digest1";
}

/** Sends C0 and C1, answers S1 with C2; S2 is read and not verified. */
export class ClientHandshake implements Handshake {
  readonly #environment: WireEnvironment;
  #opening: ByteCollector | undefined = new ByteCollector(OPENING_BYTES);
  #responseLeft = PACKET_BYTES;
  #output: Uint8Array<ArrayBuffer> | undefined;

  /** A handshake whose C0 and C1 are already to be sent. */
  constructor(environment: WireEnvironment, options: ClientHandshakeOptions = {}) {
    this.#environment = environment;
    const output = new Uint8Array(OPENING_BYTES);
    output[0] = RTMP_VERSION;
    const c1 = output.subarray(1);
    new DataView(c1.buffer, c1.byteOffset).setUint32(0, environment.now());
    c1.set(environment.random(PACKET_BYTES - RANDOM_OFFSET), RANDOM_OFFSET);
    const { form = "simple" } = options;
    if (form !== "simple") {
      c1.set(SIGNED_VERSION, VERSION_OFFSET);
      signPacket(c1, form === "digest0" ? 0 : 1, CLIENT_KEY, environment);
    }
    this.#output = output;
  }

  /** Whether S2 has arrived. C2 may still have to be sent, in front of everything else. */
  get done(): boolean {
    return this.#responseLeft === 0;
  }

  receive(bytes: Uint8Array): number {
    let taken = 0;
    if (this.#opening !== undefined) {
      taken = this.#opening.take(bytes);
      const opening = this.#opening.bytes;
      checkVersion(opening[0]);
      if (!this.#opening.full) return taken;
      this.#queue(this.#answer(opening.subarray(1)));
      this.#opening = undefined;
    }
    const response = Math.min(bytes.length - taken, this.#responseLeft);
    this.#responseLeft -= response;
    return taken + response;
  }

  takeOutput(): Uint8Array<ArrayBuffer> | undefined {
    const output = this.#output;
    this.#output = undefined;
    return output;
  }

  #answer(s1: Uint8Array): Uint8Array<ArrayBuffer> {
    const c2 = new Uint8Array(PACKET_BYTES);
    const maybeSigned = s1.subarray(VERSION_OFFSET, RANDOM_OFFSET).some((byte) => byte !== 0);
    const found = maybeSigned ? findDigest(s1, SERVER_KEY, this.#environment) : undefined;
    if (found === undefined) {
      c2.set(s1);
      return c2;
    }
    c2.set(this.#environment.random(PACKET_BYTES - DIGEST_BYTES));
    signResponse(c2, found.digest, CLIENT_KEY_LONG, this.#environment);
    return c2;
  }

  /** Behind C0 and C1 where a server spoke before they were taken. */
  #queue(bytes: Uint8Array<ArrayBuffer>): void {
    const before = this.#output;
    if (before === undefined) {
      this.#output = bytes;
      return;
    }
    const joined = new Uint8Array(before.length + bytes.length);
    joined.set(before);
    joined.set(bytes, before.length);
    this.#output = joined;
  }
}

function checkVersion(version: number | undefined): void {
  if (version === undefined || version === RTMP_VERSION) return;
  throw new ProtocolError(
    ProtocolErrorCode.Handshake,
    `Cannot shake hands with a server of protocol version ${version}: this client speaks ${RTMP_VERSION}`,
  );
}
