/**
 * The assertion library, with types: the only file that names it.
 *
 * @module
 */
import * as std from "@std/assert";

/** A class whose instances are errors. */
export type ErrorClass<E extends Error> = new (...args: never[]) => E;

/** Fail unless `condition` holds. */
export function assert(condition: unknown, message?: string): asserts condition {
  std.assert(condition, message);
}

/** Fail unless both are structurally equal. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  std.assertEquals(actual, expected, message);
}

/** Fail if both are structurally equal. */
export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  std.assertNotEquals(actual, expected, message);
}

/** Fail unless both are the same value by `Object.is`. */
export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): asserts actual is T {
  std.assertStrictEquals(actual, expected, message);
}

/** Fail for `undefined` and `null`. */
export function assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T> {
  std.assertExists(actual, message);
}

/** Fail unless `actual` is an instance of `expected`. */
export function assertInstanceOf<T>(
  actual: unknown,
  expected: new (...args: never[]) => T,
  message?: string,
): asserts actual is T {
  std.assertInstanceOf(actual, expected, message);
}

/** Fail unless `actual` contains `expected`. */
export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  std.assertStringIncludes(actual, expected, message);
}

/** Fail unless `expected` matches `actual`. */
export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  std.assertMatch(actual, expected, message);
}

/** Fail if `expected` matches `actual`. */
export function assertNotMatch(actual: string, expected: RegExp, message?: string): void {
  std.assertNotMatch(actual, expected, message);
}

/** Fail unless `run` throws an `errorClass` whose message contains `messageIncludes`. */
export function assertThrows<E extends Error>(
  run: () => unknown,
  errorClass: ErrorClass<E>,
  messageIncludes?: string,
): E {
  const error: unknown = std.assertThrows(run, errorClass, messageIncludes);
  assertInstanceOf(error, errorClass);
  return error;
}

/** Fail unless `run` rejects with an `errorClass` whose message contains `messageIncludes`. */
export async function assertRejects<E extends Error>(
  run: () => Promise<unknown>,
  errorClass: ErrorClass<E>,
  messageIncludes?: string,
): Promise<E> {
  const error: unknown = await std.assertRejects(run, errorClass, messageIncludes);
  assertInstanceOf(error, errorClass);
  return error;
}

/** Fail always. */
export function fail(message: string): never {
  throw new Error(message);
}
