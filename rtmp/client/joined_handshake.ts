/**
 * The client's side of the handshake in one write: C2 follows C1 unasked, blank, so that everything else can follow
 * it in the same packet. RTMP 1.0 §5.2.1 has the client wait for S1 first; this server, SRS and nginx-rtmp do not mind.
 *
 * @module
 */
import type { Handshake, WireEnvironment } from "../wire/mod.ts";
import { ProtocolError, ProtocolErrorCode } from "../wire/mod.ts";

const RTMP_VERSION = 3;
const PACKET_BYTES = 1536;
/** Time and version. */
const RANDOM_OFFSET = 8;
const FLIGHT_BYTES = 1 + 2 * PACKET_BYTES;

/** C0, C1 and a blank C2 at once; S0, S1 and S2 are read and not looked at, but for the version. */
export class JoinedHandshake implements Handshake {
  #output: Uint8Array<ArrayBuffer> | undefined;
  #left = FLIGHT_BYTES;

  /** A handshake whose three packets are to be sent. */
  constructor(environment: WireEnvironment) {
    const output = new Uint8Array(FLIGHT_BYTES);
    output[0] = RTMP_VERSION;
    new DataView(output.buffer).setUint32(1, environment.now());
    output.set(environment.random(PACKET_BYTES - RANDOM_OFFSET), 1 + RANDOM_OFFSET);
    this.#output = output;
  }

  /** Whether all of S2 has arrived. */
  get done(): boolean {
    return this.#left === 0;
  }

  /** Take what belongs to S0, S1 and S2. */
  receive(bytes: Uint8Array): number {
    const version = bytes[0];
    if (this.#left === FLIGHT_BYTES && version !== undefined && version !== RTMP_VERSION) {
      throw new ProtocolError(
        ProtocolErrorCode.Handshake,
        `Cannot shake hands with a server of protocol version ${version}: this client speaks ${RTMP_VERSION}`,
      );
    }
    const taken = Math.min(bytes.length, this.#left);
    this.#left -= taken;
    return taken;
  }

  /** The three packets, once. */
  takeOutput(): Uint8Array<ArrayBuffer> | undefined {
    const output = this.#output;
    this.#output = undefined;
    return output;
  }
}
