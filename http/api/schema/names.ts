/**
 * Members of one kind, by a list of their names: the numbers of the kernel, which need no sentence each. Pure.
 *
 * @module
 */
import { type Members, number } from "./json_schema.ts";

/** A number for each name. */
export function numbers(names: readonly string[], description: string): Members {
  return Object.fromEntries(names.map((name) => [name, number(description)]));
}

/** 0 for each name. */
export function zeros(names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name) => [name, 0]));
}
