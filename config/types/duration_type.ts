/**
 * Durations and sizes: a number in the key's own unit, or a string with a unit, `"350ms"`, `"10MiB"`.
 *
 * @module
 */

import { groupThousands, invalid, type Parsed, parsed, show, unquote, type ValueType } from "./value_type.ts";

/** A unit that a duration's plain numbers count. */
export type DurationUnit = "ms" | "s";

const MILLISECONDS: Readonly<Record<string, number>> = Object.freeze({
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
});
const BYTES: Readonly<Record<string, number>> = Object.freeze({
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
});

/** The longest wait a timer can measure is 2^31 - 1 ms; whole days below it. */
export const LONGEST_MS = 24 * 86_400_000;

interface Quantity {
  readonly name: string;
  /** Factors by unit, to the base unit: ms or bytes. */
  readonly units: Readonly<Record<string, number>>;
  /** What plain numbers count, in base units. */
  readonly plain: number;
  readonly min: number;
  readonly max: number;
  readonly example: string;
  readonly zero: string | undefined;
}

/**
 * A duration, kept in milliseconds.
 *
 * @param unit What plain numbers count, as in SRS for the same key.
 * @param limits In milliseconds, both ends included; `zero` says what 0 means.
 */
export function duration(
  unit: DurationUnit,
  limits: { minMs: number; maxMs?: number; zero?: string },
): ValueType<number> {
  return quantity({
    name: unit,
    units: MILLISECONDS,
    plain: unit === "ms" ? 1 : 1000,
    min: limits.minMs,
    max: limits.maxMs ?? LONGEST_MS,
    example: '"350ms", "5s", "10m", "12h", "7d"',
    zero: limits.zero,
  });
}

/**
 * A size, kept in bytes.
 *
 * @param limits In bytes, both ends included.
 */
export function size(limits: { min: number; max: number }): ValueType<number> {
  return quantity({
    ...limits,
    name: "bytes",
    units: BYTES,
    plain: 1,
    example: '"64KiB", "10MiB"',
    zero: undefined,
  });
}

function quantity(spec: Quantity): ValueType<number> {
  const zero = spec.zero === undefined ? "" : `, 0 ${spec.zero}`;
  const range = `${plain(spec, spec.min)} to ${plain(spec, spec.max)}${zero}`;
  return Object.freeze({
    name: spec.name,
    range,
    parse(value: unknown): Parsed<number> {
      const base = typeof value === "number"
        ? value * spec.plain
        : typeof value === "string"
        ? fromText(spec, value)
        : undefined;
      if (base === undefined || !Number.isFinite(base)) {
        const message = `Expected a number of ${spec.name} or text like ${spec.example}, found ${
          show(value)
        }`;
        return invalid(message, unquote(value));
      }
      const whole = Math.round(base);
      const inRange = whole >= spec.min && whole <= spec.max;
      // A value that rounds to 0 is rejected: 0 means off.
      if (!inRange || (whole === 0 && base !== 0)) {
        return invalid(
          `${show(value)} is out of range: ${range}${spec.plain === 1 ? "" : ` ${spec.name}`}`,
        );
      }
      return parsed(whole);
    },
    fromWords(words: readonly string[]): Parsed<number> {
      const word = words.join(" ");
      return this.parse(/^-?\d+(?:\.\d+)?$/.test(word) ? Number(word) : word);
    },
    toToml: (value: number) => decimal(value / spec.plain),
  });
}

function fromText({ units }: Quantity, text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) *([A-Za-z]+)$/.exec(text);
  const unit = match?.[2];
  if (unit === undefined || !Object.hasOwn(units, unit)) return undefined;
  return Number(match?.[1]) * (units[unit] ?? Number.NaN);
}

function plain({ plain, units }: Quantity, base: number): string {
  if (units === BYTES && base >= 1024) {
    const unit = base % 1024 ** 3 === 0 ? "GiB" : base % 1024 ** 2 === 0 ? "MiB" : "KiB";
    return `${decimal(base / (units[unit] ?? 1))}${unit}`;
  }
  const value = base / plain;
  return Number.isInteger(value) ? groupThousands(value) : decimal(value);
}

function decimal(value: number): string {
  // Milliseconds in seconds need three digits; no exponent ever.
  return Number.isInteger(value) ? String(value) : value.toFixed(3).replace(/0+$/, "");
}
