/**
 * What a connection by TLS is made of: the runtime's, or one that is relayed to it.
 *
 * @module
 */
import type { ClientConn } from "./client_conn.ts";

/** A connection that shakes hands from its first moment on. */
export interface TlsTransport extends Omit<ClientConn, "readArrived" | "setNoDelay"> {
  /**
   * The handshake; the protocol that the client has chosen, `null` where it was not asked. Fails at once when the
   * connection is closed. May be called again.
   */
  handshake(): Promise<{ readonly alpnProtocol: string | null }>;
  /** The handshake has ended, well or not. */
  readonly hasShaken: boolean;
  /** Settled when it was closed and its socket belongs to this process no longer; absent from then on. Never rejects. */
  readonly released: Promise<void> | undefined;
}
