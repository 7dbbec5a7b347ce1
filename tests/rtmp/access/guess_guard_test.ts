/**
 * Tests of `rtmp/access/guess_guard.ts`: growing delays, the budget of an address, bounded memory.
 *
 * @module
 */
import { GuessGuard } from "../../../rtmp/access/guess_guard.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const LIMITS = { maxWrongKeys: 5, windowMs: 100_000, delayMs: 500, maxDelayMs: 3000 };
const IP = "192.0.2.1";

Deno.test("GuessGuard.countWrong() doubles the delay up to its bound", () => {
  const guard = new GuessGuard(LIMITS);
  const delays = Array.from({ length: 5 }, () => guard.countWrong(IP, 0));
  assertEquals(delays, [500, 1000, 2000, 3000, 3000]);
});

Deno.test("GuessGuard.isExhausted() after the budget, and not of other addresses", () => {
  const guard = new GuessGuard(LIMITS);
  for (let i = 0; i < 4; i++) guard.countWrong(IP, 0);
  assert(!guard.isExhausted(IP, 0));
  guard.countWrong(IP, 0);
  assert(guard.isExhausted(IP, 0));
  assert(!guard.isExhausted("192.0.2.2", 0));
});

Deno.test("GuessGuard forgives one wrong key each time the window's share has passed", () => {
  const guard = new GuessGuard(LIMITS);
  for (let i = 0; i < 5; i++) guard.countWrong(IP, 0);
  assert(guard.isExhausted(IP, 19_999));
  assert(!guard.isExhausted(IP, 20_001));
  assertEquals(guard.countWrong(IP, 100_000), 500);
});

Deno.test("GuessGuard counts an IPv6 network as one and an address in IPv6's clothes as IPv4", () => {
  const guard = new GuessGuard(LIMITS);
  for (let i = 0; i < 5; i++) guard.countWrong(`2001:db8:0:1::${i}`, 0);
  assert(guard.isExhausted("2001:db8:0:1:ffff::9", 0));
  assert(!guard.isExhausted("2001:db8:0:2::1", 0));
  for (let i = 0; i < 5; i++) guard.countWrong("::ffff:192.0.2.1", 0);
  assert(guard.isExhausted(IP, 0));
});

Deno.test("GuessGuard without a budget neither counts nor delays", () => {
  const guard = new GuessGuard({ ...LIMITS, maxWrongKeys: 0 });
  assertEquals([guard.countWrong(IP, 0), guard.isExhausted(IP, 0), guard.size], [0, false, 0]);
});

Deno.test("GuessGuard forgets the address that was quiet longest when there are too many", () => {
  const guard = new GuessGuard(LIMITS);
  for (let i = 0; i < 5; i++) guard.countWrong(IP, 0);
  for (let i = 0; i < 10_000; i++) guard.countWrong(`10.0.${i >> 8}.${i & 255}`, 1);
  assertEquals([guard.size, guard.isExhausted(IP, 1)], [10_000, false]);
});
