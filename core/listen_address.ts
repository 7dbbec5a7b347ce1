/**
 * Where a server listens.
 *
 * @module
 */

/** An address to listen on. */
export interface ListenAddress {
  /** `0.0.0.0` or `::` for all addresses. */
  readonly hostname: string;
  /** 0 lets the system choose. */
  readonly port: number;
}
