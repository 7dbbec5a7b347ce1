/**
 * One row of the schema: a key, its kind, its default and why an operator would touch it.
 *
 * @module
 */

import type { ReloadWhen } from "../../core/mod.ts";
import type { ValueType } from "../types/value_type.ts";

/** Where a key lives. */
export type Scope = "root" | "vhost";

/** A key that the configuration knows. */
export interface KeySpec<T> {
  readonly scope: Scope;
  /** Dotted path below the root or below `vhost.NAME`. */
  readonly path: string;
  /** When a reload puts another value in force. */
  readonly when: ReloadWhen;
  readonly type: ValueType<T>;
  readonly default: T;
  /** One line for people. */
  readonly description: string;
  /** A value worth showing in the sample, as TOML. */
  readonly example?: string;
  /** Set while nothing obeys the key yet: the end of "is read and checked, but ...". */
  readonly notImplemented?: string;
}

/** What a row says beyond its place, kind, default and reason. */
export type KeyExtras = Pick<KeySpec<unknown>, "example" | "notImplemented">;

/** A row for a key outside of vhosts. */
export function rootKey<T>(
  path: string,
  when: ReloadWhen,
  type: ValueType<T>,
  defaultValue: T,
  description: string,
  extras: KeyExtras = {},
): KeySpec<T> {
  return Object.freeze({ scope: "root", path, when, type, default: defaultValue, description, ...extras });
}

/** A row for a key of every vhost. */
export function vhostKey<T>(
  path: string,
  when: ReloadWhen,
  type: ValueType<T>,
  defaultValue: T,
  description: string,
  extras: KeyExtras = {},
): KeySpec<T> {
  return Object.freeze({ scope: "vhost", path, when, type, default: defaultValue, description, ...extras });
}
