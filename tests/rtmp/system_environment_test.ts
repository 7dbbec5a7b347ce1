import { ManualClock } from "../support/manual_clock.ts";
import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { systemEnvironment } from "../../rtmp/system_environment.ts";
import { assert, assertEquals } from "../support/assert.ts";

Deno.test("systemEnvironment() computes HMAC-SHA256 as the system does, for keys of any length", () => {
  const { hmacSha256 } = systemEnvironment(new ManualClock());
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(fc.property(bytes, bytes, (key, data) => {
    const expected = createHmac("sha256", key).update(data).digest("hex");
    assertEquals(
      Array.from(hmacSha256(key, data), (byte) => byte.toString(16).padStart(2, "0")).join(""),
      expected,
    );
  }));
});

Deno.test("systemEnvironment() gives as many random bytes as asked for, never the same", () => {
  const { random } = systemEnvironment(new ManualClock());
  assertEquals(random(0).length, 0);
  assertEquals(random(1528).length, 1528);
  assert(random(16).join() !== random(16).join());
});
