/**
 * Who gets a name, and when: `reserveName` against holders of every kind.
 *
 * @module
 */
import { OwnNames } from "../../rtmp/exchange.ts";
import type { Holder } from "../../rtmp/live/holder.ts";
import type { Source } from "../../rtmp/live/source.ts";
import type { PublishOptions, Takeover } from "../../rtmp/options.ts";
import { reserveName } from "../../rtmp/takeover.ts";
import { assert, assertEquals, assertStrictEquals } from "../support/assert.ts";
import { holder as newHolder, newSource } from "../support/live_stream.ts";

const TAKEOVER_AFTER_MS = 2000;

function options(takeover: Takeover = "idle"): PublishOptions {
  return {
    firstpktTimeoutMs: 20_000,
    normalTimeoutMs: 5000,
    kickoffForIdleMs: 0,
    takeover,
    takeoverAfterMs: TAKEOVER_AFTER_MS,
  };
}

/** A clock that runs by `step` at each look, so that waiting takes turns and not seconds. */
function newClock(startMs: number, stepMs: number): () => number {
  let nowMs = startMs;
  return () => nowMs += stepMs;
}

/** A holder that ends when it is replaced, or when the test ends it. */
class TestHolder implements Holder {
  ip = "127.0.0.1";
  live = true;
  leaving = false;
  heardMs = 0;
  replaced = 0;
  readonly #source: Source;
  readonly #ended = Promise.withResolvers<void>();
  readonly ended = this.#ended.promise;

  constructor(source: Source) {
    this.#source = source;
    assert(source.reserve(this));
  }

  replace(): void {
    this.replaced++;
    this.end();
  }

  end(): void {
    this.leaving = true;
    this.#source.release(this);
    this.#ended.resolve();
  }
}

/** Ask for the name as a newcomer whose clock begins at `nowMs`. */
function reserve(
  source: Source,
  { takeover, nowMs = 10_000, stepMs = 100, ip = "127.0.0.1", signal = new AbortController().signal }: {
    takeover?: Takeover;
    nowMs?: number;
    stepMs?: number;
    ip?: string;
    signal?: AbortSignal;
  } = {},
): { holder: Holder; reserved: Promise<boolean> } {
  const holder = newHolder({ ip, live: false });
  const newcomer = { holder, signal, now: newClock(nowMs, stepMs) };
  return { holder, reserved: reserveName(source, new OwnNames(), newcomer, options(takeover)) };
}

Deno.test("reserveName() gives a free name at once", async () => {
  const source = newSource();
  const { holder, reserved } = reserve(source);
  assert(await reserved);
  assertStrictEquals(source.holder, holder);
});

Deno.test("reserveName() refuses the name of a holder that was heard within a second", async () => {
  const source = newSource();
  const holder = new TestHolder(source);
  holder.heardMs = 9900;
  assert(!await reserve(source).reserved);
  assertStrictEquals(source.holder, holder);
  assertEquals(holder.replaced, 0);
});

Deno.test("reserveName() refuses the name of a holder that awaits its answer, however silent it is", async () => {
  const source = newSource();
  const holder = new TestHolder(source);
  holder.live = false;
  assert(!await reserve(source, { nowMs: 1e6 }).reserved);
});

for (const takeover of ["idle", "same_ip"] as const) {
  Deno.test(`reserveName() with ${takeover} replaces a silent holder after takeoverAfterMs`, async () => {
    const source = newSource();
    const old = new TestHolder(source);
    const { holder, reserved } = reserve(source, { takeover, stepMs: 300 });
    assertEquals(old.replaced, 0);
    assert(await reserved);
    assertEquals(old.replaced, 1);
    assertStrictEquals(source.holder, holder);
  });
}

Deno.test("reserveName() with same_ip refuses a newcomer from elsewhere", async () => {
  const source = newSource();
  const old = new TestHolder(source);
  assert(!await reserve(source, { takeover: "same_ip", ip: "10.0.0.1" }).reserved);
  assertEquals(old.replaced, 0);
});

Deno.test("reserveName() with never refuses whatever the holder does", async () => {
  const source = newSource();
  const old = new TestHolder(source);
  assert(!await reserve(source, { takeover: "never", nowMs: 1e9 }).reserved);
  assertEquals(old.replaced, 0);
});

Deno.test("reserveName() refuses when the holder speaks again", async () => {
  const source = newSource();
  const old = new TestHolder(source);
  const { reserved } = reserve(source, { stepMs: 50 });
  old.heardMs = 10_001;
  assert(!await reserved);
  assertEquals(old.replaced, 0);
});

Deno.test("reserveName() gives the name of a holder whose last words and end are read behind the newcomer's request", async () => {
  const source = newSource();
  const old = new TestHolder(source);
  old.heardMs = 9999;
  const { holder, reserved } = reserve(source, { stepMs: 50 });
  old.heardMs = 10_001;
  const timer = setTimeout(() => old.end(), 20);
  assert(await reserved);
  clearTimeout(timer);
  assertStrictEquals(source.holder, holder);
  assertEquals(old.replaced, 0);
});

Deno.test("reserveName() gives the name when the silent holder ends by itself", async () => {
  const source = newSource();
  const old = new TestHolder(source);
  const { holder, reserved } = reserve(source, { stepMs: 1 });
  old.end();
  assert(await reserved);
  assertStrictEquals(source.holder, holder);
  assertEquals(old.replaced, 0);
});

for (const takeover of ["idle", "same_ip", "never"] as const) {
  Deno.test(`reserveName() with ${takeover} waits for a holder whose ending is being recorded`, async () => {
    const source = newSource();
    const old = new TestHolder(source);
    old.live = false;
    old.leaving = true;
    old.heardMs = 9999;
    const { holder, reserved } = reserve(source, { takeover, ip: "10.0.0.1" });
    assertStrictEquals(source.holder, old);
    old.end();
    assert(await reserved);
    assertStrictEquals(source.holder, holder);
  });
}

Deno.test("reserveName() lets one of two newcomers have it, and refuses the other", async () => {
  const source = newSource();
  const old = new TestHolder(source);
  const newcomers = [reserve(source, { stepMs: 300 }), reserve(source, { stepMs: 300 })];
  const results = await Promise.all(newcomers.map(({ reserved }) => reserved));
  assertEquals([results, old.replaced], [[true, false], 1]);
  assertStrictEquals(source.holder, newcomers[0]?.holder);
});

Deno.test("reserveName() gives up when the newcomer leaves", async () => {
  const source = newSource();
  const old = new TestHolder(source);
  const aborter = new AbortController();
  const waiting = reserve(source, { stepMs: 1, signal: aborter.signal });
  const ending = newSource();
  const leaver = new TestHolder(ending);
  leaver.leaving = true;
  const behind = reserve(ending, { signal: aborter.signal });
  aborter.abort();
  assert(!await waiting.reserved);
  assert(!await behind.reserved);
  assertEquals([old.replaced, leaver.replaced], [0, 0]);
  assert(!await reserve(newSource(), { signal: aborter.signal }).reserved);
});
