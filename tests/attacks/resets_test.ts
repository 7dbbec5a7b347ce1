/**
 * Connections that come to nothing before the server sees them.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import { resetAtOnce } from "../support/net/resets.ts";
import { RtmpHarness } from "../support/rtmp/rtmp_harness.ts";

attackTest(
  33,
  "hundreds of resets write no line that anybody should read, and clients are served",
  async () => {
    await using harness = RtmpHarness.start();
    for (let i = 0; i < 20; i++) {
      await Promise.all(Array.from({ length: 20 }, () => resetAtOnce(harness.port)));
      const client = await harness.client();
      await client.close();
    }
    const loud = harness.log.filter(({ level }) => level === "warn" || level === "error");
    assertEquals(loud, []);
  },
);
