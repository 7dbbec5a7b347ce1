/**
 * Why a request is answered without a handler. Pure.
 *
 * @module
 */

/** The statuses that the server gives by itself. */
export type FaultStatus = 400 | 405 | 408 | 413 | 414 | 417 | 431 | 501 | 505;

/** A request that is refused. Its connection is closed after the answer where what follows cannot be trusted. */
export interface HttpFault {
  readonly status: FaultStatus;
  /** For people: what is wrong. */
  readonly reason: string;
}

/** Make a fault. */
export function httpFault(status: FaultStatus, reason: string): HttpFault {
  return { status, reason };
}
