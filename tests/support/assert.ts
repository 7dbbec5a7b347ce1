/**
 * The one place that names the assertion library, with the types that its JavaScript lacks.
 *
 * @module
 */
import * as std from "@std/assert";

/**
 * Deep equality, constructors included.
 *
 * The library takes seconds for a million bytes that are equal, so they are compared here first.
 */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  if (isSameRow(actual, expected)) return;
  std.assertEquals(actual, expected, message);
}

/** Whether both are byte arrays, or arrays, of the same values. */
function isSameRow(a: unknown, b: unknown): boolean {
  const areBytes = a instanceof Uint8Array && b instanceof Uint8Array && a.constructor === b.constructor;
  if (!areBytes && !(Array.isArray(a) && Array.isArray(b))) return false;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (!Object.is(a[i], b[i])) return false;
  }
  return true;
}

/** Deep inequality. */
export const assertNotEquals: <T>(actual: T, expected: T, message?: string) => void = std.assertNotEquals;

/** `Object.is` equality. */
export const assertStrictEquals: <T>(actual: T, expected: T, message?: string) => void =
  std.assertStrictEquals;

/** Truth, which the compiler believes from there on. */
export function assert(condition: unknown, message = ""): asserts condition {
  if (!condition) throw new std.AssertionError(message === "" ? "Expected a true condition" : message);
}

/** Neither `null` nor `undefined`, which the compiler believes from there on. */
export function assertExists<T>(value: T, message = ""): asserts value is NonNullable<T> {
  if (value === null || value === undefined) {
    throw new std.AssertionError(message === "" ? `Expected a value, not ${value}` : message);
  }
}

/** That `value` is an instance of `type`, which the compiler believes from there on. */
export function assertInstanceOf<T>(
  value: unknown,
  type: abstract new (...args: never[]) => T,
  message = "",
): asserts value is T {
  if (!(value instanceof type)) {
    throw new std.AssertionError(message === "" ? `Expected an instance of ${type.name}` : message);
  }
}

/** Part of a text. */
export const assertStringIncludes: (actual: string, expected: string, message?: string) => void =
  std.assertStringIncludes;

/** A text that fits a pattern. */
export const assertMatch: (actual: string, expected: RegExp, message?: string) => void = std.assertMatch;

/** A text that does not fit a pattern. */
export const assertNotMatch: (actual: string, expected: RegExp, message?: string) => void =
  std.assertNotMatch;

/** `actual > expected`. */
export const assertGreater: <T>(actual: T, expected: T, message?: string) => void = std.assertGreater;

/** `actual >= expected`. */
export const assertGreaterOrEqual: <T>(actual: T, expected: T, message?: string) => void =
  std.assertGreaterOrEqual;

/** `actual < expected`. */
export const assertLess: <T>(actual: T, expected: T, message?: string) => void = std.assertLess;

/** `actual <= expected`. */
export const assertLessOrEqual: <T>(actual: T, expected: T, message?: string) => void = std.assertLessOrEqual;

/** That the numbers differ by no more than `tolerance`. */
export const assertAlmostEquals: (
  actual: number,
  expected: number,
  tolerance?: number,
  message?: string,
) => void = std.assertAlmostEquals;

/** An error class, whatever its constructor takes. */
export type ErrorClass<E extends Error> = abstract new (...args: never[]) => E;

/** That `fn` throws an `E` whose message includes a text; the error, for more questions. */
export const assertThrows: <E extends Error = Error>(
  fn: () => unknown,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
) => E = std.assertThrows;

/** That the promise of `fn` rejects with an `E` whose message includes a text; the error, for more questions. */
export const assertRejects: <E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
) => Promise<E> = std.assertRejects;

/** Fail here. */
export function fail(message: string): never {
  throw new std.AssertionError(message);
}
