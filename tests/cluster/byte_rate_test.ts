import { ByteRate } from "../../cluster/link/byte_rate.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("ByteRate is that of the latest ten seconds", () => {
  const rate = new ByteRate();
  assertEquals(rate.kbps, 0);
  rate.take(0, 0);
  assertEquals(rate.kbps, 0);
  for (let second = 1; second <= 10; second++) rate.take(second * 1000, second * 125_000);
  assertEquals(rate.kbps, 1000);
  for (let second = 11; second <= 20; second++) rate.take(second * 1000, 1_250_000);
  assertEquals(rate.kbps, 0);
});
