/**
 * Tests of `stream/admission/access/key_attempt_limiter.ts`: growing delays, the budget of an address, bounded memory.
 *
 * @module
 */
import {
  KEY_ATTEMPT_CELLS,
  KeyAttemptLimiter,
} from "../../../../stream/admission/access/key_attempt_limiter.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { keyAttemptMemory } from "./support.ts";

const LIMITS = { maxWrongKeys: 5, windowMs: 100_000, delayMs: 500, maxDelayMs: 3000 };
const IP = "192.0.2.1";

Deno.test("KeyAttemptLimiter.countWrong() doubles the delay up to its bound", () => {
  const guard = new KeyAttemptLimiter(LIMITS, keyAttemptMemory());
  const delays = Array.from({ length: 5 }, () => guard.countWrong(IP, 0));
  assertEquals(delays, [500, 1000, 2000, 3000, 3000]);
});

Deno.test("KeyAttemptLimiter.isExhausted() after the budget, and not of other addresses", () => {
  const guard = new KeyAttemptLimiter(LIMITS, keyAttemptMemory());
  for (let i = 0; i < 4; i++) guard.countWrong(IP, 0);
  assert(!guard.isExhausted(IP, 0));
  guard.countWrong(IP, 0);
  assert(guard.isExhausted(IP, 0));
  assert(!guard.isExhausted("192.0.2.2", 0));
});

Deno.test("KeyAttemptLimiter forgives one wrong key each time the window's share has passed", () => {
  const guard = new KeyAttemptLimiter(LIMITS, keyAttemptMemory());
  for (let i = 0; i < 5; i++) guard.countWrong(IP, 0);
  assert(guard.isExhausted(IP, 19_999));
  assert(!guard.isExhausted(IP, 20_001));
  assertEquals(guard.countWrong(IP, 100_000), 500);
});

Deno.test("KeyAttemptLimiter counts an IPv6 network as one and an IPv4-mapped address as IPv4", () => {
  const guard = new KeyAttemptLimiter(LIMITS, keyAttemptMemory());
  for (let i = 0; i < 5; i++) guard.countWrong(`2001:db8:0:1::${i}`, 0);
  assert(guard.isExhausted("2001:db8:0:1:ffff::9", 0));
  assert(!guard.isExhausted("2001:db8:0:2::1", 0));
  for (let i = 0; i < 5; i++) guard.countWrong("::ffff:192.0.2.1", 0);
  assert(guard.isExhausted(IP, 0));
});

Deno.test("KeyAttemptLimiter without a budget neither counts nor delays", () => {
  const guard = new KeyAttemptLimiter({ ...LIMITS, maxWrongKeys: 0 }, keyAttemptMemory());
  assertEquals([guard.countWrong(IP, 0), guard.isExhausted(IP, 0)], [0, false]);
  // An address whose tag is that of an empty cell.
  const zeros = { ...keyAttemptMemory(), hash: () => new Uint8Array(8) };
  assert(!new KeyAttemptLimiter({ ...LIMITS, maxWrongKeys: 0 }, zeros).isExhausted(IP, 0));
});

Deno.test("KeyAttemptLimiter counts together with those that share its memory", () => {
  const memory = keyAttemptMemory(new BigUint64Array(new SharedArrayBuffer(8 * KEY_ATTEMPT_CELLS)));
  const [one, other] = [new KeyAttemptLimiter(LIMITS, memory), new KeyAttemptLimiter(LIMITS, memory)];
  assertEquals([one, other, one, other].map((guard) => guard.countWrong(IP, 0)), [500, 1000, 2000, 3000]);
  assert(!one.isExhausted(IP, 0));
  other.countWrong(IP, 0);
  assert(one.isExhausted(IP, 0));
});

Deno.test("KeyAttemptLimiter forgets the address that is closest to forgiven when there are too many", () => {
  const guard = new KeyAttemptLimiter(LIMITS, keyAttemptMemory(new BigUint64Array(4)));
  const addresses = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"];
  for (const ip of addresses) for (let i = 0; i < 5; i++) guard.countWrong(ip, ip === IP ? 0 : 1000);
  guard.countWrong("192.0.2.5", 1000);
  assertEquals(addresses.map((ip) => guard.isExhausted(ip, 1000)), [false, true, true, true]);
  assertEquals(guard.countWrong("192.0.2.5", 1000), 1000);
});

Deno.test("KeyAttemptLimiter locks nobody out because the clock was put back", () => {
  const guard = new KeyAttemptLimiter(LIMITS, keyAttemptMemory());
  for (let i = 0; i < 5; i++) guard.countWrong(IP, 3_600_000);
  assert(guard.isExhausted(IP, 3_600_000));
  assert(!guard.isExhausted(IP, 0));
});

Deno.test("KeyAttemptLimiter keeps its count where the window is not a multiple of the budget", () => {
  const guard = new KeyAttemptLimiter({ ...LIMITS, maxWrongKeys: 3, windowMs: 1000 }, keyAttemptMemory());
  const seen = [1, 2, 3].map(() => (guard.countWrong(IP, 7), guard.isExhausted(IP, 7)));
  assertEquals(seen, [false, false, true]);
});
