/**
 * The part of a session that has no state of commands: acknowledgements, pings and the client's buffer. Control
 * messages are applied at once, also while a request waits for its answer. RTMP 1.0 §5.4 and §7.1.7. Pure.
 *
 * @module
 */
import { decodeControl } from "../wire/control.ts";
import type { WireLimits } from "../wire/limits.ts";
import type { RtmpMessage } from "../wire/message.ts";
import { Acknowledger } from "./acknowledger.ts";
import type { SessionContext } from "./session_context.ts";

/** Answers the peer's control messages and sends ours. */
export class PeerControl {
  readonly #context: SessionContext;
  readonly #limits: WireLimits;
  readonly #acknowledger = new Acknowledger();
  /** The newest ping that was not answered; older ones are of no interest any more. */
  #ping: { readonly timestamp: number; readonly sentMs: number } | undefined;
  #bufferLengthMs = 0;

  constructor(context: SessionContext, limits: WireLimits) {
    this.#context = context;
    this.#limits = limits;
  }

  /** The buffer that the client said it has, milliseconds; 0 until it says. */
  get bufferLengthMs(): number {
    return this.#bufferLengthMs;
  }

  /** Acknowledge each time that this many bytes have come; 0 obeys the peer. */
  set inAckSize(bytes: number) {
    this.#acknowledger.fixedSize = bytes;
  }

  /** @throws {ProtocolError} As `decodeControl`. */
  receive(message: RtmpMessage): void {
    const control = decodeControl(message, this.#limits);
    switch (control.kind) {
      case "windowAcknowledgementSize":
        this.#acknowledger.peerWindow = control.windowSize;
        break;
      case "pingRequest":
        this.#context.sendControl({ kind: "pingResponse", timestamp: control.timestamp });
        break;
      case "pingResponse":
        this.#pong(control.timestamp);
        break;
      case "setBufferLength":
        this.#bufferLengthMs = control.bufferMs;
        break;
      default:
        // Acknowledgements and bandwidths ask nothing of a server; chunk size and abort are the decoder's.
        break;
    }
  }

  /** Send an acknowledgement if the received bytes, all since the connection began, make one due. */
  countReceived(totalBytes: number): void {
    const sequenceNumber = this.#acknowledger.count(totalBytes);
    if (sequenceNumber !== undefined) this.#context.sendControl({ kind: "acknowledgement", sequenceNumber });
  }

  /** Ask the peer for a sign of life. */
  ping(): void {
    const sentMs = this.#context.environment.now();
    const timestamp = Math.floor(sentMs) >>> 0;
    this.#ping = { timestamp, sentMs };
    this.#context.sendControl({ kind: "pingRequest", timestamp });
  }

  #pong(timestamp: number): void {
    if (this.#ping?.timestamp !== timestamp) return;
    const roundTripMs = this.#context.environment.now() - this.#ping.sentMs;
    this.#ping = undefined;
    this.#context.emit({ kind: "pong", roundTripMs });
  }
}
