/**
 * Who calls the API, and what that permits. Pure.
 *
 * @module
 */

/**
 * What a caller has to be permitted: nothing at all, to read, to end clients, or everything. Each includes those before
 * it.
 */
export type ApiScope = "open" | "read" | "kick" | "admin";

/** Who calls. */
export interface Caller {
  /** For the log: the name of the token, or the user. */
  readonly name: string;
  /** What is permitted. */
  readonly scope: ApiScope;
  /** A browser sends basic credentials by itself, a token only where a page has it. */
  readonly by: "nothing" | "basic" | "bearer";
}

const RANKS: Readonly<Record<ApiScope, number>> = { open: 0, read: 1, kick: 2, admin: 3 };

/** Whether a caller of the scope `has` may do what needs the scope `needed`. */
export function permits(has: ApiScope, needed: ApiScope): boolean {
  return RANKS[has] >= RANKS[needed];
}
