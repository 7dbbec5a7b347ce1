/**
 * The last handler of errors.
 *
 * @module
 */
import { UncaughtErrors } from "../../app/uncaught_errors.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("UncaughtErrors reports and survives a rejection that nobody handles", async () => {
  const reported = Promise.withResolvers<unknown>();
  using guard = new UncaughtErrors((error) => reported.resolve(error));
  const fault = new Error("lost");
  void Promise.reject(fault);
  assertEquals(await reported.promise, fault);
  assertEquals(guard.count, 1);
});

Deno.test("UncaughtErrors reports and survives an error thrown by a timer", async () => {
  const reported = Promise.withResolvers<number>();
  using _guard = new UncaughtErrors((_error, count) => reported.resolve(count));
  setTimeout(() => {
    throw new Error("from a timer");
  }, 0);
  assertEquals(await reported.promise, 1);
});
