/**
 * Sums over the members of a list. Pure.
 *
 * @module
 */

/** The sum of what `value` gives for each. */
export function sum<T>(members: readonly T[], value: (member: T) => number): number {
  return members.reduce((total, member) => total + value(member), 0);
}
