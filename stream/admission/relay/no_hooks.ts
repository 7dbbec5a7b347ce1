/**
 * Hooks that allow everything and report nothing: of sessions that the server has with itself.
 *
 * @module
 */
import type { Hooks, Lease } from "../../../core/mod.ts";

const LEASE: Lease = Object.freeze({ rename: () => {}, end: () => Promise.resolve() });

/** Allow everything. */
export const NO_HOOKS: Hooks = Object.freeze({
  request: () => Promise.resolve({ kind: "allow" as const, lease: LEASE, decisions: {} }),
});
