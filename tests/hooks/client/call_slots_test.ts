/**
 * Who gets an origin's next call.
 *
 * @module
 */
import { CallSlots } from "../../../hooks/client/call_slots.ts";
import { SystemClock } from "../../../system/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const CLOCK = new SystemClock();

/** Requests and notifications that never run out, each for one turn of the event loop; in the order of their calls. */
async function busyOrder(max: number, calls: number): Promise<string[]> {
  const slots = new CallSlots(max, new ManualClock());
  const order: string[] = [];
  const over = Promise.withResolvers<void>();
  const started = (what: string) => {
    order.push(what);
    if (order.length >= calls) over.resolve();
  };
  const isOver = () => order.length >= calls;
  slots.onFree(() => {
    if (isOver() || !slots.tryNotification()) return false;
    started("tell");
    setTimeout(() => slots.releaseNotification());
    return true;
  });
  const ask = async (): Promise<void> => {
    while (!isOver()) {
      if (
        !slots.tryRequest() && await slots.waitForRequest(new AbortController().signal, 1000) !== "granted"
      ) return;
      if (!isOver()) started("ask");
      await new Promise((go) => setTimeout(go));
      slots.releaseRequest();
    }
  };
  const asking = [ask(), ask(), ask()];
  await over.promise;
  await Promise.all(asking);
  // The last notifications are over.
  while (slots.counts.active > 0) await new Promise((go) => setTimeout(go));
  return order.slice(0, calls);
}

Deno.test("CallSlots with a single slot let requests and notifications alternate, however many of both there are", async () => {
  const order = await busyOrder(1, 20);
  assertEquals(order, Array.from({ length: 20 }, (_, at) => at % 2 === 0 ? "ask" : "tell"));
});

Deno.test("CallSlots with two slots starve neither requests nor notifications", async () => {
  const order = await busyOrder(2, 40);
  const asks = order.filter((what) => what === "ask").length;
  assert(asks >= 10 && asks <= 30, order.join(" "));
});

Deno.test("CallSlots give what a request leaves to a waiting request, where there are slots for both", async () => {
  const slots = new CallSlots(3, CLOCK);
  assert(slots.tryRequest() && slots.tryRequest() && !slots.tryRequest());
  const order: string[] = [];
  slots.onFree(() => {
    if (!slots.tryNotification()) return false;
    order.push("tell");
    return true;
  });
  const waiting = slots.waitForRequest(new AbortController().signal, 1000).then((outcome) =>
    order.push(outcome)
  );
  slots.releaseRequest();
  await waiting;
  // The third slot is the notification's; had it been given first, the request would wait.
  assertEquals([order.toSorted(), slots.counts.waiting, slots.counts.active], [["granted", "tell"], 0, 3]);
});

Deno.test("CallSlots let notifications follow one another where no request waits, also with a single slot", () => {
  const slots = new CallSlots(1, CLOCK);
  let left = 3;
  slots.onFree(() => {
    if (left === 0 || !slots.tryNotification()) return false;
    left--;
    return true;
  });
  assert(slots.tryNotification());
  assert(!slots.tryNotification() && !slots.tryRequest());
  for (let i = 0; i < 4; i++) slots.releaseNotification();
  assertEquals([left, slots.counts.active], [0, 0]);
});

Deno.test("CallSlots give requests precedence and leave a slot to notifications", async () => {
  const slots = new CallSlots(4, CLOCK);
  assert(slots.tryRequest() && slots.tryRequest() && slots.tryRequest());
  assert(!slots.tryRequest(), "the last slot is for notifications");
  assert(slots.tryNotification());
  assert(!slots.tryNotification());
  const waiting = slots.waitForRequest(new AbortController().signal, 1000);
  slots.releaseRequest();
  assertEquals(await waiting, "granted");
  const abort = new AbortController();
  const leaving = slots.waitForRequest(abort.signal, 1000);
  abort.abort();
  assertEquals(await leaving, "aborted");
  assertEquals(await slots.waitForRequest(new AbortController().signal, 5), "expired");
  for (let i = 0; i < 3; i++) slots.releaseRequest();
  assert(slots.tryNotification());
  assert(!slots.tryNotification(), "notifications take no more than half");
  slots.releaseNotification();
  slots.releaseNotification();
  assertEquals(slots.counts.active, 0);
});

Deno.test("CallSlots with a single slot let both kinds take turns", async () => {
  const slots = new CallSlots(1, CLOCK);
  const order: string[] = [];
  let tells = 3;
  slots.onFree(() => {
    if (tells === 0 || !slots.tryNotification()) return false;
    tells--;
    order.push("tell");
    queueMicrotask(() => slots.releaseNotification());
    return true;
  });
  assert(slots.tryRequest());
  const asks = Array.from({ length: 3 }, async () => {
    assertEquals(await slots.waitForRequest(new AbortController().signal, 1000), "granted");
    order.push("ask");
    queueMicrotask(() => slots.releaseRequest());
  });
  slots.releaseRequest();
  await Promise.all(asks);
  assertEquals(order, ["tell", "ask", "tell", "ask", "tell", "ask"]);
});
