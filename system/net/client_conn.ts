/**
 * A client's connection, plain or by TLS.
 *
 * @module
 */

/** What servers need of a connection. */
export interface ClientConn {
  /** The client's address, as the system writes it. */
  readonly remoteAddr: { readonly hostname: string; readonly port: number };
  /** Where it arrived. */
  readonly localAddr: { readonly hostname: string; readonly port: number };
  /** Bytes read into `buffer`, `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /**
   * Everything that has arrived, as far as `buffer` has room; waits while that is nothing. Where it is absent, `read`
   * does so. Once it was called, `read` is not.
   */
  readArrived?(buffer: Uint8Array): Promise<number | null>;
  /** Bytes that were written, at least 1 and at most all. */
  write(bytes: Uint8Array): Promise<number>;
  /** Say that nothing more is sent. */
  closeWrite(): Promise<void>;
  /** Close at once. */
  close(): void;
  /**
   * Settled when it was closed and its socket is this process's no longer. Absent where that is at once, or has happened.
   * Never rejects.
   */
  readonly released?: Promise<void> | undefined;
  /** Absent by TLS, where nothing waits for an acknowledgement anyway. */
  setNoDelay?(noDelay?: boolean): void;
}

/** Call back when a connection that was closed is gone. */
export function whenReleased({ released }: ClientConn, callback: () => void): void {
  if (released === undefined) callback();
  else void released.then(callback);
}
