/**
 * Who gets a name, and when: `reserveName` against holders of every kind.
 *
 * @module
 */
import type { PublisherHandle } from "../../../../stream/live/publisher_handle.ts";
import type { ReadMark } from "../../../../stream/live/read_mark.ts";
import type { Source } from "../../../../stream/live/source.ts";
import type { PublishOptions, Takeover } from "../../../../stream/admission/options.ts";
import { reserveName } from "../../../../stream/admission/names/name_reservation.ts";
import { assert, assertEquals, assertStrictEquals } from "../../../support/assert.ts";
import { ManualClock } from "../../../support/manual_clock.ts";
import { holder as newHolder, newSource } from "../../../support/stream/live_stream.ts";

const TAKEOVER_AFTER_MS = 2000;

function options(takeover: Takeover = "idle"): PublishOptions {
  return {
    firstpktTimeoutMs: 20_000,
    normalTimeoutMs: 5000,
    kickoffForIdleMs: 0,
    takeover,
    takeoverAfterMs: TAKEOVER_AFTER_MS,
    kickHoldMs: 0,
  };
}

/** A holder that ends when it is replaced, or when the test ends it. */
class TestPublisher implements PublisherHandle {
  ip = "127.0.0.1";
  live = true;
  leaving = false;
  readonly id: number;
  reads: ReadMark = { reads: 9, drains: 5, drained: true, waiting: true };
  replaced = 0;
  readonly #source: Source;
  readonly #ended = Promise.withResolvers<void>();
  readonly ended = this.#ended.promise;

  constructor(source: Source, id = 7) {
    this.#source = source;
    this.id = id;
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

/** The mark after one more read that left the socket empty. */
function read(mark: ReadMark): ReadMark {
  return { ...mark, reads: mark.reads + 1, drains: mark.drains + 1, drained: true };
}

/** Longer than any claimant waits, milliseconds. */
const LONG_MS = 60_000;

/** Claim the name. */
function reserve(
  source: Source,
  { takeover, clock = new ManualClock(), ip = "127.0.0.1", signal = new AbortController().signal }: {
    takeover?: Takeover;
    clock?: ManualClock;
    ip?: string;
    signal?: AbortSignal;
  } = {},
): { holder: PublisherHandle; clock: ManualClock; reserved: Promise<boolean> } {
  const holder = newHolder({ ip, live: false });
  const claimant = { holder, signal, clock };
  return { holder, clock, reserved: reserveName(source, undefined, claimant, options(takeover)) };
}

/** What becomes of a claim when much time passes. */
async function inTime({ clock, reserved }: ReturnType<typeof reserve>): Promise<boolean> {
  await clock.advance(LONG_MS);
  return await reserved;
}

Deno.test("reserveName() gives a free name at once", async () => {
  const source = newSource();
  const { holder, reserved } = reserve(source);
  assert(await reserved);
  assertStrictEquals(source.holder, holder);
});

Deno.test("reserveName() waits for a holder that awaits its answer, however silent it is, and then refuses", async () => {
  const source = newSource();
  const holder = new TestPublisher(source);
  holder.live = false;
  assert(!await inTime(reserve(source)));
  assertStrictEquals(source.holder, holder);
  assertEquals(holder.replaced, 0);
});

Deno.test("reserveName() gives the name of a holder whose answer is no", async () => {
  const source = newSource();
  const refused = new TestPublisher(source);
  refused.live = false;
  const { holder, reserved } = reserve(source);
  refused.end();
  assert(await reserved);
  assertStrictEquals(source.holder, holder);
});

Deno.test("reserveName() gives a holder its time from the answer on", async () => {
  const source = newSource();
  const old = new TestPublisher(source);
  old.live = false;
  const { clock, reserved } = reserve(source);
  await clock.advance(1500);
  old.live = true;
  await clock.advance(1900);
  assertEquals(old.replaced, 0);
  await clock.advance(200);
  assertEquals(old.replaced, 1);
  assert(await reserved);
});

for (const takeover of ["idle", "same_ip"] as const) {
  Deno.test(`reserveName() with ${takeover} replaces a silent holder after takeoverAfterMs`, async () => {
    const source = newSource();
    const old = new TestPublisher(source);
    const { holder, clock, reserved } = reserve(source, { takeover });
    // Its last bytes are read after the claim: they were in its socket before.
    await clock.advance(20);
    old.reads = read(old.reads);
    await clock.advance(1970);
    assertEquals(old.replaced, 0);
    await clock.advance(60);
    assert(await reserved);
    assertEquals(old.replaced, 1);
    assertStrictEquals(source.holder, holder);
  });
}

Deno.test("reserveName() with same_ip refuses a claimant from elsewhere", async () => {
  const source = newSource();
  const old = new TestPublisher(source);
  assert(!await inTime(reserve(source, { takeover: "same_ip", ip: "10.0.0.1" })));
  assertEquals(old.replaced, 0);
});

Deno.test("reserveName() with never refuses whatever the holder does", async () => {
  const source = newSource();
  const old = new TestPublisher(source);
  assert(!await inTime(reserve(source, { takeover: "never" })));
  assertEquals(old.replaced, 0);
});

Deno.test("reserveName() refuses when the holder sends something new", async () => {
  const source = newSource();
  const old = new TestPublisher(source);
  const { clock, reserved } = reserve(source);
  await clock.advance(20);
  old.reads = read(read(old.reads));
  await clock.advance(50);
  assert(!await reserved);
  assertEquals(old.replaced, 0);
});

Deno.test("reserveName() gives the name of a holder whose last bytes and end are read after the claim", async () => {
  const source = newSource();
  const old = new TestPublisher(source);
  const { holder, clock, reserved } = reserve(source, { takeover: "never" });
  old.reads = { ...read(old.reads), waiting: false };
  await clock.advance(200);
  old.end();
  await clock.advance(50);
  assert(await reserved);
  assertStrictEquals(source.holder, holder);
  assertEquals(old.replaced, 0);
});

Deno.test("reserveName() gives the name when the silent holder ends by itself", async () => {
  const source = newSource();
  const old = new TestPublisher(source);
  const { holder, reserved } = reserve(source);
  old.end();
  assert(await reserved);
  assertStrictEquals(source.holder, holder);
  assertEquals(old.replaced, 0);
});

for (const takeover of ["idle", "same_ip", "never"] as const) {
  Deno.test(`reserveName() with ${takeover} waits for a holder whose ending is being recorded`, async () => {
    const source = newSource();
    const old = new TestPublisher(source);
    old.live = false;
    old.leaving = true;
    const { holder, reserved } = reserve(source, { takeover, ip: "10.0.0.1" });
    assertStrictEquals(source.holder, old);
    old.end();
    assert(await reserved);
    assertStrictEquals(source.holder, holder);
  });
}

Deno.test("reserveName() lets one of two claimants have it, and refuses the other", async () => {
  const source = newSource();
  const old = new TestPublisher(source);
  const clock = new ManualClock();
  const claims = [reserve(source, { clock }), reserve(source, { clock })];
  await clock.advance(LONG_MS);
  const results = await Promise.all(claims.map(({ reserved }) => reserved));
  assertEquals([results, old.replaced], [[true, false], 1]);
  assertStrictEquals(source.holder, claims[0]?.holder);
});

Deno.test("reserveName() gives up when the claimant leaves", async () => {
  const source = newSource();
  const old = new TestPublisher(source);
  const aborter = new AbortController();
  const waiting = reserve(source, { signal: aborter.signal });
  const ending = newSource();
  const leaver = new TestPublisher(ending);
  leaver.leaving = true;
  const behind = reserve(ending, { signal: aborter.signal });
  aborter.abort();
  assert(!await waiting.reserved);
  assert(!await behind.reserved);
  assertEquals([old.replaced, leaver.replaced], [0, 0]);
  assert(!await reserve(newSource(), { signal: aborter.signal }).reserved);
});
