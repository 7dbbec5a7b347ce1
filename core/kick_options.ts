/**
 * How an operator ends a client.
 *
 * @module
 */

/** How a client is kicked. */
export interface KickOptions {
  /** How long the name that it publishes is kept from its address, milliseconds; absent: `publish.kick_hold`. */
  readonly holdMs?: number | undefined;
}
