/**
 * Where listeners are by default.
 *
 * @module
 */

import type { ListenAddress } from "../../core/mod.ts";

/** One address. */
export function listeners(hostname: string, port: number): readonly ListenAddress[] {
  return Object.freeze([Object.freeze({ hostname, port })]);
}
