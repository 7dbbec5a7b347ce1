/**
 * Which configured vhost answers for the one that a client asked for. SRS's rule. Pure.
 *
 * @module
 */
import { DEFAULT_VHOST } from "../../../core/mod.ts";

/** The configured names; a `Map` or `Set` of them will do. */
export interface VhostNames {
  /** Whether a vhost of exactly this name is configured. */
  has(name: string): boolean;
}

/**
 * The name of the vhost that answers for `candidate`: itself when it is configured (case counts, no wildcard),
 * else {@link DEFAULT_VHOST} when that is, else `undefined`.
 */
export function selectVhost(candidate: string, names: VhostNames): string | undefined {
  if (names.has(candidate)) return candidate;
  return names.has(DEFAULT_VHOST) ? DEFAULT_VHOST : undefined;
}
