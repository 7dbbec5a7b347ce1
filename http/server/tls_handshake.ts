/**
 * A connection by TLS until its client has shaken hands, which may take as long as the head of a request.
 *
 * @module
 */
import { canonicalIp, errorMessage } from "../../core/mod.ts";
import type { TlsClientConn } from "../../system/mod.ts";
import type { HttpServerEvents, ServedConnection } from "./ports.ts";

/** What comes of it. */
export interface HandshakeEvents extends Pick<HttpServerEvents, "limit" | "handshakeFailed"> {
  /** The client speaks this protocol, `undefined` for the one that needs no choice. */
  shaken(protocol: string | undefined): void;
  /** It came to nothing, and is closed. */
  ended(): void;
}

/** Waits for one client. */
export class TlsHandshake implements ServedConnection {
  /** Of the client, canonical. */
  readonly ip: string;
  readonly #conn: TlsClientConn;
  readonly #events: HandshakeEvents;
  readonly #untilMs: number;
  #closed = false;

  /** @param untilMs Monotonic milliseconds. */
  constructor(conn: TlsClientConn, untilMs: number, events: HandshakeEvents) {
    this.ip = canonicalIp(conn.remoteAddr.hostname);
    this.#conn = conn;
    this.#untilMs = untilMs;
    this.#events = events;
  }

  /** Wait. Never rejects. */
  async run(): Promise<void> {
    try {
      const protocol = await this.#conn.handshake();
      if (!this.#closed) this.#events.shaken(protocol);
    } catch (error) {
      if (!this.#closed) this.#events.handshakeFailed(errorMessage(error), this.ip);
      this.close();
    }
  }

  /** @inheritdoc */
  sweep(nowMs: number): void {
    if (nowMs < this.#untilMs || this.#closed) return;
    this.#events.limit("head_timeout", { ip: this.ip, quiet: false });
    this.close();
  }

  /** @inheritdoc */
  end(): void {
    this.close();
  }

  /** @inheritdoc */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
    this.#events.ended();
  }
}
