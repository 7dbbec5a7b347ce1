/**
 * How much is kept of recordings: `{ max_age = "30d", max_bytes = "500GiB" }`.
 *
 * @module
 */

import type { DvrKeep } from "../../stream/admission/options.ts";
import { duration, size } from "./duration_type.ts";
import { invalid, type Parsed, parsed, show, type ValueType } from "./value_type.ts";

const MAX_AGE = duration("s", { minMs: 0, maxMs: 10 * 365 * 86_400_000 });
const MAX_BYTES = size({ min: 0, max: 1024 ** 5 });

/** An age, a size, both or neither. */
export const KEEP: ValueType<DvrKeep> = Object.freeze({
  name: "table",
  range: "max_age in s, max_bytes; 0 for no limit",
  parse(value: unknown): Parsed<DvrKeep> {
    if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Date) {
      return invalid(`Expected a table, found ${show(value)}`, '{ max_age = "30d", max_bytes = "500GiB" }');
    }
    const { max_age = 0, max_bytes = 0, ...others } = Object.fromEntries(Object.entries(value));
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) return invalid(`${show(unknown)} is not one of max_age and max_bytes`);
    const age = MAX_AGE.parse(max_age);
    if (!age.ok) return { ...age, message: `max_age: ${age.message}` };
    const bytes = MAX_BYTES.parse(max_bytes);
    if (!bytes.ok) return { ...bytes, message: `max_bytes: ${bytes.message}` };
    return parsed(Object.freeze({ maxAgeMs: age.value, maxBytes: bytes.value }));
  },
  toToml({ maxAgeMs, maxBytes }: DvrKeep): string {
    const members = [
      ...(maxAgeMs === 0 ? [] : [`max_age = ${MAX_AGE.toToml(maxAgeMs)}`]),
      ...(maxBytes === 0 ? [] : [`max_bytes = ${MAX_BYTES.toToml(maxBytes)}`]),
    ];
    return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
  },
});
