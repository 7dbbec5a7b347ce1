/**
 * Waits with a bound, on a clock that stands still until it is moved.
 *
 * @module
 */
import { deadline, delay } from "../../system/timers.ts";
import { assertEquals, assertRejects } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";

const NEVER = new Promise<"value">(() => {});

/** `undefined` while the promise is pending. */
function watch<T>(promise: Promise<T>): { readonly value: T | undefined } {
  const seen: { value: T | undefined } = { value: undefined };
  void promise.then((value) => seen.value = value);
  return seen;
}

Deno.test("delay() ends when its time has passed, and not before", async () => {
  const clock = new ManualClock();
  const seen = watch(delay(clock, 100));
  await clock.advance(99);
  assertEquals(seen.value, undefined);
  await clock.advance(1);
  assertEquals(seen.value, "elapsed");
});

Deno.test("delay() ends by its signal and leaves no timer", async () => {
  const clock = new ManualClock();
  const abort = new AbortController();
  const waiting = delay(clock, 100, { signal: abort.signal });
  abort.abort();
  assertEquals([await waiting, clock.timers], ["aborted", 0]);
  assertEquals([await delay(clock, 100, { signal: abort.signal }), clock.timers], ["aborted", 0]);
});

Deno.test("deadline() gives the promise's value and leaves no timer", async () => {
  const clock = new ManualClock();
  const abort = new AbortController();
  const options = { maxMs: 100, signal: abort.signal };
  assertEquals([await deadline(clock, Promise.resolve("value"), options), clock.timers], ["value", 0]);
});

Deno.test("deadline() expires after its time, and at once for none", async () => {
  const clock = new ManualClock();
  const seen = watch(deadline(clock, NEVER, { maxMs: 100 }));
  await clock.advance(99);
  assertEquals(seen.value, undefined);
  await clock.advance(1);
  assertEquals(seen.value, "expired");
  const none = watch(deadline(clock, NEVER, { maxMs: -5 }));
  await clock.advance(0);
  assertEquals(none.value, "expired");
  assertEquals(await deadline(clock, Promise.resolve("settled"), { maxMs: 0 }), "settled");
});

Deno.test("deadline() without a bound sets no timer", async () => {
  const clock = new ManualClock();
  const abort = new AbortController();
  const waiting = deadline(clock, NEVER, { maxMs: Infinity, signal: abort.signal });
  assertEquals(clock.timers, 0);
  abort.abort();
  assertEquals(await waiting, "aborted");
});

Deno.test("deadline() ends by its signal, also by one that has aborted, and leaves no timer", async () => {
  const clock = new ManualClock();
  const abort = new AbortController();
  const waiting = deadline(clock, NEVER, { maxMs: 100, signal: abort.signal });
  abort.abort();
  assertEquals([await waiting, clock.timers], ["aborted", 0]);
  const failing = Promise.reject(new Error("nobody listens"));
  const late = await deadline(clock, failing, { maxMs: 100, signal: abort.signal });
  assertEquals([late, clock.timers], ["aborted", 0]);
});

Deno.test("deadline() rejects as the promise does, and ignores what rejects later", async () => {
  const clock = new ManualClock();
  await assertRejects(
    () => deadline(clock, Promise.reject(new Error("broken")), { maxMs: 100 }),
    Error,
    "broken",
  );
  assertEquals(clock.timers, 0);
  const later = Promise.withResolvers<"value">();
  const waiting = deadline(clock, later.promise, { maxMs: 100 });
  await clock.advance(100);
  assertEquals(await waiting, "expired");
  later.reject(new Error("too late"));
  await clock.advance(1);
});
