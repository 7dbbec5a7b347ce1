/**
 * Names that are kept from an address: for how long, against whom, and how many.
 *
 * @module
 */
import { type KickHold, KickHolds } from "../../../../stream/admission/names/kick_holds.ts";
import { assertEquals } from "../../../support/assert.ts";

const HOLD: KickHold = { key: "v/live/cam", ip: "192.0.2.1", reason: "Enough", forMs: 10_000 };

function newHolds() {
  const clock = { nowMs: 5000 };
  const shared: KickHold[] = [];
  return { clock, shared, holds: new KickHolds(() => clock.nowMs, (hold) => shared.push(hold)) };
}

Deno.test("KickHolds keeps a name from one address until its time is over, and says why and how long", () => {
  const { clock, shared, holds } = newHolds();
  holds.hold(HOLD);
  assertEquals(shared, [HOLD]);
  assertEquals(holds.refusal(HOLD.key, HOLD.ip), "Enough; this name is held for 10 s more");
  assertEquals([holds.refusal(HOLD.key, "192.0.2.2"), holds.refusal("v/live/other", HOLD.ip)], [
    undefined,
    undefined,
  ]);
  clock.nowMs += 9999;
  assertEquals(holds.refusal(HOLD.key, HOLD.ip), "Enough; this name is held for 1 s more");
  clock.nowMs += 1;
  assertEquals([holds.refusal(HOLD.key, HOLD.ip), holds.size], [undefined, 0]);
});

Deno.test("KickHolds keeps a name from a whole network of IPv6: its hosts change their addresses", () => {
  const { holds } = newHolds();
  holds.hold({ ...HOLD, ip: "2001:db8:1:2::1" });
  assertEquals(holds.refusal(HOLD.key, "2001:db8:1:2:ffff::9"), "Enough; this name is held for 10 s more");
  assertEquals(holds.refusal(HOLD.key, "2001:db8:1:3::1"), undefined);
});

Deno.test("KickHolds keeps nothing where the time is 0, and takes what another thread keeps", () => {
  const { shared, holds } = newHolds();
  holds.hold({ ...HOLD, forMs: 0 });
  assertEquals([shared, holds.size], [[], 0]);
  holds.take(HOLD);
  assertEquals([shared, holds.refusal(HOLD.key, HOLD.ip)], [[], "Enough; this name is held for 10 s more"]);
});

Deno.test("KickHolds counts from the newest kick", () => {
  const { clock, holds } = newHolds();
  holds.hold(HOLD);
  clock.nowMs += 8000;
  holds.hold({ ...HOLD, reason: "Again" });
  assertEquals([holds.refusal(HOLD.key, HOLD.ip), holds.size], ["Again; this name is held for 10 s more", 1]);
});

Deno.test("KickHolds is bounded: the oldest goes first, what is over at once, and reasons are cut", () => {
  const { clock, holds } = newHolds();
  for (let i = 0; i < 10_001; i++) holds.hold({ ...HOLD, ip: String(i) });
  assertEquals([holds.size, holds.refusal(HOLD.key, "0")], [10_000, undefined]);
  assertEquals(holds.refusal(HOLD.key, "1"), "Enough; this name is held for 10 s more");
  clock.nowMs += 10_000;
  holds.hold({ ...HOLD, reason: "x".repeat(5000) });
  assertEquals([holds.size, (holds.refusal(HOLD.key, HOLD.ip) ?? "").length < 600], [1, true]);
});
