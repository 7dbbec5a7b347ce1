/**
 * Whom the server pings when: silent clients, relays that need a byte, clients whose socket is left unread.
 *
 * @module
 */
import { KeepAlive } from "../../../rtmp/server/keep_alive.ts";
import { assertEquals } from "../../support/assert.ts";

const LIMITS = { pingIntervalMs: 30_000, pingTimeoutMs: 20_000 };

/** Seconds at which a client is pinged, looked at once a second; a ping is a byte that is sent. */
function pingsOf(
  keeper: KeepAlive,
  { seconds, aliveMs, unread = false }: {
    seconds: number;
    aliveMs: (nowMs: number) => number;
    unread?: boolean;
  },
): (number | string)[] {
  const steps: (number | string)[] = [];
  let sentMs = 0;
  for (let second = 1; second <= seconds; second++) {
    const nowMs = second * 1000;
    const step = keeper.check(nowMs, { aliveMs: aliveMs(nowMs), sentMs, unread });
    if (step === "wait") continue;
    steps.push(step === "ping" ? second : step);
    if (step === "end") break;
    sentMs = nowMs;
  }
  return steps;
}

Deno.test("KeepAlive pings who is silent, and ends it without a sign of life", () => {
  assertEquals(pingsOf(new KeepAlive(LIMITS), { seconds: 60, aliveMs: () => 0 }), [30, "end"]);
  assertEquals(pingsOf(new KeepAlive(LIMITS), { seconds: 60, aliveMs: (nowMs) => nowMs }), []);
});

Deno.test("KeepAlive sends a relay something at least every 4 s, and ends it as any other", () => {
  const relay = new KeepAlive(LIMITS);
  relay.expectRelay();
  assertEquals(pingsOf(relay, { seconds: 13, aliveMs: (nowMs) => nowMs }), [3, 6, 9, 12]);
  const lost = new KeepAlive(LIMITS);
  lost.expectRelay();
  assertEquals(pingsOf(lost, { seconds: 60, aliveMs: () => 0 }).slice(-2), [48, "end"]);
});

Deno.test("KeepAlive sends a relay nothing while media flows to it", () => {
  const relay = new KeepAlive(LIMITS);
  relay.expectRelay();
  for (let nowMs = 1000; nowMs <= 60_000; nowMs += 1000) {
    assertEquals(relay.check(nowMs, { aliveMs: nowMs, sentMs: nowMs - 100, unread: false }), "wait");
  }
});

Deno.test("KeepAlive pings a client that is not read every 2 s, and never ends it", () => {
  const pings = pingsOf(new KeepAlive(LIMITS), { seconds: 120, aliveMs: () => 0, unread: true });
  assertEquals([pings.length, pings.slice(0, 3)], [60, [1, 3, 5]]);
});
