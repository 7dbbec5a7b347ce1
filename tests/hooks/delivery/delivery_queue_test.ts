import fc from "fast-check";
import { backoffMs } from "../../../hooks/delivery/backoff.ts";
import { CallSlots } from "../../../hooks/client/call_slots.ts";
import type { DeliveryResult } from "../../../hooks/client/hook_client.ts";
import { DeliveryQueue } from "../../../hooks/delivery/delivery_queue.ts";
import type { OutboxRow } from "../../../hooks/outbox/outbox_row.ts";
import { SystemClock } from "../../../system/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { outboxRow } from "../../support/hooks/outbox_rows.ts";

const CLOCK = new SystemClock();

/** A clock that counts how often it is read. */
class CountedClock extends SystemClock {
  readonly #read: () => number;

  constructor(read: () => number) {
    super();
    this.#read = read;
  }

  override now(): number {
    return this.#read();
  }
}

function row(
  id: string,
  lane: string,
  stream: string,
  changes: Partial<Pick<OutboxRow, "event" | "seq">> = {},
): OutboxRow {
  return outboxRow(id, { lane, streamKeys: [stream], ...changes });
}

const EVENTS = ["on_publish", "on_unpublish", "on_stop"] as const;
const OUTCOMES: readonly DeliveryResult[] = [
  { kind: "delivered" },
  { kind: "dead", cause: "status 404" },
  { kind: "retry", cause: "status 500", reached: true, retryAfterMs: undefined },
  { kind: "retry", cause: "connection refused", reached: false, retryAfterMs: undefined },
];

interface QueueHarness {
  readonly queue: DeliveryQueue;
  readonly slots: CallSlots;
  readonly settled: string[];
  /** Starts of publishes that overtook an older ending of their stream. */
  readonly overtakers: string[];
  most: number;
}

/** What a publish of a stream must not overtake. */
function isBefore(ending: OutboxRow, start: OutboxRow): boolean {
  return start.event === "on_publish" && ending.event === "on_unpublish" && ending.seq < start.seq &&
    ending.lane !== start.lane && ending.streamKeys[0] === start.streamKeys[0];
}

/** A queue whose attempts end as `outcomes` says, over and over, and deliver once those are used up. */
function queueHarness(maxConcurrency: number, outcomes: readonly DeliveryResult[]): QueueHarness {
  const left = [...outcomes];
  const settled: string[] = [];
  const overtakers: string[] = [];
  /** Queued, and not answered by the origin yet. */
  const unanswered = new Set<OutboxRow>();
  let active = 0;
  const slots = new CallSlots(maxConcurrency, CLOCK);
  const queue = new DeliveryQueue(slots, {
    clock: CLOCK,
    random: () => 0,
    backoff: { firstMs: 1, maxMs: 2 },
    maxAgeMs: 60_000,
    async deliver(row) {
      made.most = Math.max(made.most, ++active);
      if ([...unanswered].some((older) => isBefore(older, row))) overtakers.push(row.id);
      await Promise.resolve();
      active--;
      const result = left.shift() ?? { kind: "delivered" };
      if (result.kind !== "retry" || result.reached) unanswered.delete(row);
      return result;
    },
    settled: (done) => void settled.push(done.id),
    postponed: () => {},
  });
  const enqueue = queue.enqueue.bind(queue);
  queue.enqueue = (row) => {
    unanswered.add(row);
    enqueue(row);
  };
  const made: QueueHarness = { queue, slots, settled, overtakers, most: 0 };
  return made;
}

async function drained(queue: DeliveryQueue): Promise<void> {
  while (queue.size > 0) await new Promise((go) => setTimeout(go, 1));
}

Deno.test("DeliveryQueue settles every row once and in the order of its lane, whatever attempts come to", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 }), fc.constantFrom(...EVENTS)),
        { maxLength: 40 },
      ),
      fc.array(fc.constantFrom(...OUTCOMES), { maxLength: 40 }),
      fc.integer({ min: 1, max: 6 }),
      async (plan, outcomes, maxConcurrency) => {
        const made = queueHarness(maxConcurrency, outcomes);
        const { queue, settled } = made;
        const rows = plan.map(([lane, stream, event], seq) =>
          row(`r${seq}`, `lane${lane}`, `stream${stream}`, { event, seq })
        );
        const clearing = [];
        for (const [i, each] of rows.entries()) {
          queue.enqueue(each);
          if (i % 3 === 0) clearing.push(queue.clear(`stream${i % 4}`));
        }
        await Promise.all(clearing);
        await drained(queue);
        await queue.close();
        assertEquals([...settled].sort(), rows.map(({ id }) => id).sort());
        const byLane = Map.groupBy(rows, ({ lane }) => lane);
        for (const lane of byLane.values()) {
          const order = lane.map(({ id }) => settled.indexOf(id));
          assertEquals(order, [...order].sort((a, b) => a - b));
        }
        assert(made.most <= maxConcurrency);
        assertEquals(made.overtakers, []);
        assertEquals(queue.clear("stream0"), undefined);
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("DeliveryQueue sends a start of a publish only after the origin has answered the previous one's end", async () => {
  for (const flushed of [false, true]) {
    const sent: string[] = [];
    const answer = Promise.withResolvers<void>();
    const refused = { kind: "retry", cause: "status 500", reached: true, retryAfterMs: 60_000 } as const;
    const queue = new DeliveryQueue(new CallSlots(4, CLOCK), {
      clock: CLOCK,
      random: () => 0,
      backoff: { firstMs: 1, maxMs: 2 },
      maxAgeMs: 60_000,
      async deliver({ id }) {
        sent.push(id);
        if (id !== "end") return { kind: "delivered" };
        await answer.promise;
        return refused;
      },
      settled: () => {},
      postponed: () => {},
    });
    queue.enqueue(row("end", "a", "s", { event: "on_unpublish", seq: 1 }));
    queue.enqueue(row("start", "b", "s", { event: "on_publish", seq: 2 }));
    queue.enqueue(row("end of it", "b", "s", { event: "on_unpublish", seq: 3 }));
    queue.enqueue(row("other", "c", "t", { event: "on_publish", seq: 4 }));
    const flushing = flushed ? queue.flush() : undefined;
    while (!sent.includes("other")) await new Promise((go) => setTimeout(go, 1));
    // Everything that the queue has to do, it does again for what comes now; and longer pauses than its own pass.
    await new Promise((go) => setTimeout(go, 10));
    queue.enqueue(row("last", "d", "u", { event: "on_publish", seq: 5 }));
    while (!sent.includes("last")) await new Promise((go) => setTimeout(go, 1));
    assertEquals(sent, ["end", "other", "last"]);
    answer.resolve();
    while (sent.length < 5) await new Promise((go) => setTimeout(go, 1));
    assertEquals(sent.slice(0, 5).filter((id) => id !== "end"), ["other", "last", "start", "end of it"]);
    await flushing;
    await queue.close();
  }
});

Deno.test("DeliveryQueue.clear() also awaits endings whose start waits for the previous publish's end", async () => {
  for (const outcome of ["clear", "unreachable"] as const) {
    const sent: string[] = [];
    const answer = Promise.withResolvers<DeliveryResult>();
    const queue = new DeliveryQueue(new CallSlots(4, CLOCK), {
      clock: new ManualClock(),
      random: () => 0,
      backoff: { firstMs: 1000, maxMs: 1000 },
      maxAgeMs: 60_000,
      deliver({ id }) {
        sent.push(id);
        return id === "end" ? answer.promise : Promise.resolve({ kind: "delivered" });
      },
      settled: () => {},
      postponed: () => {},
    });
    queue.enqueue(row("end", "a", "s", { event: "on_unpublish", seq: 1 }));
    queue.enqueue(row("start", "b", "s", { event: "on_publish", seq: 2 }));
    queue.enqueue(row("end of it", "b", "s", { event: "on_unpublish", seq: 3 }));
    const clearing = queue.clear("s");
    const refused = { kind: "retry", cause: "connection refused", reached: false } as const;
    answer.resolve(outcome === "clear" ? { kind: "delivered" } : { ...refused, retryAfterMs: undefined });
    assertEquals(await clearing, outcome);
    assertEquals(sent, outcome === "clear" ? ["end", "start", "end of it"] : ["end"]);
    await queue.close();
  }
});

Deno.test("DeliveryQueue goes on after a pause that ends while it looks at the clock", async () => {
  for (let step = 1; step <= 40; step++) {
    let looks = 0;
    let calls = 0;
    let settled = 0;
    const queue = new DeliveryQueue(new CallSlots(4, CLOCK), {
      // The pause of the first attempt is over at one look, whichever that is.
      clock: new CountedClock(() => ++looks > step ? 1000 + looks : 0),
      random: () => 0,
      backoff: { firstMs: 10, maxMs: 10 },
      maxAgeMs: 60_000,
      deliver: () =>
        Promise.resolve(
          calls++ === 0
            ? { kind: "retry", cause: "connection refused", reached: false, retryAfterMs: undefined }
            : { kind: "delivered" },
        ),
      settled: () => void settled++,
      postponed: () => {},
    });
    queue.enqueue({ ...row("r", "lane", "stream"), dueAt: 0 });
    for (let i = 0; i < 50 && queue.size > 0; i++) await new Promise((go) => setTimeout(go, 1));
    await queue.close();
    assertEquals(settled, 1, `the clock moved at look ${step}`);
  }
});

Deno.test("DeliveryQueue.flush() gives what stands behind an attempt under way one of its own", async () => {
  const settled: string[] = [];
  const first = Promise.withResolvers<DeliveryResult>();
  let calls = 0;
  const queue = new DeliveryQueue(new CallSlots(4, CLOCK), {
    clock: CLOCK,
    random: () => 0,
    // No retry by itself within this test.
    backoff: { firstMs: 60_000, maxMs: 60_000 },
    maxAgeMs: 3_600_000,
    deliver: () => calls++ === 0 ? first.promise : Promise.resolve({ kind: "delivered" }),
    settled: (done) => void settled.push(done.id),
    postponed: () => {},
  });
  queue.enqueue(row("stream", "lane", "s"));
  queue.enqueue(row("connection", "lane", "s"));
  const flushed = queue.flush();
  first.resolve({ kind: "retry", cause: "status 500", reached: true, retryAfterMs: undefined });
  await flushed;
  assertEquals(settled, ["stream", "connection"]);
  await queue.close();
});

Deno.test("DeliveryQueue.clear() resolves after each older row of the stream was attempted", async () => {
  const { queue } = queueHarness(1, []);
  const rows = Array.from(
    { length: 9 },
    (_, i) => row(`r${i}`, `lane${i % 3}`, i % 2 === 0 ? "even" : "odd"),
  );
  for (const each of rows) queue.enqueue(each);
  assertEquals(await queue.clear("even"), "clear");
  for (const each of rows) if (each.streamKeys.includes("even")) assertEquals(each.attempts, 1);
  await drained(queue);
  await queue.close();
});

Deno.test("DeliveryQueue.withdraw() takes out what is not under way and lets the rest go on", async () => {
  const { queue, settled } = queueHarness(2, [
    { kind: "retry", cause: "status 500", reached: true, retryAfterMs: 30 },
  ]);
  const [first, second, third] = ["a", "b", "c"].map((id) => row(id, "lane", "s"));
  assert(first !== undefined && second !== undefined && third !== undefined);
  for (const each of [first, second, third]) queue.enqueue(each);
  assert(!queue.withdraw(first), "it is under way");
  assert(queue.withdraw(second));
  assert(!queue.withdraw(second));
  await drained(queue);
  await queue.close();
  assertEquals(settled, ["a", "c"]);
});

Deno.test("backoffMs() doubles up to its bound, spread over the upper half", () => {
  const options = { firstMs: 1000, maxMs: 300_000 };
  for (let failures = 1; failures < 40; failures++) {
    const full = Math.min(300_000, 1000 * 2 ** (failures - 1));
    assertEquals(backoffMs(options, failures, 0), full / 2);
    assert(backoffMs(options, failures, 0.999) <= full);
    assert(backoffMs(options, failures, 0.999) > full * 0.99);
  }
});
