/**
 * What all connections of a server share, when other options come into force.
 *
 * @module
 */
import { createContext } from "../../../rtmp/server/server_context.ts";
import { SystemClock } from "../../../system/system_clock.ts";
import { assertEquals } from "../../support/assert.ts";
import { HookScript } from "../../support/hooks/hook_script.ts";
import { testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { realWireEnvironment } from "../../support/rtmp/wire_environment.ts";

Deno.test("ServerContext limits what is sent from a reload on that limits it, and no longer than that", () => {
  const unlimited = testRtmpOptions({});
  const limited = { ...unlimited, limits: { ...unlimited.limits, maxEgressKbps: 1000 } };
  const context = createContext(unlimited, {
    hooks: new HookScript(),
    log: { write: () => {} },
    clientIds: { next: () => 1 },
    clock: new SystemClock(),
    environment: realWireEnvironment(),
  });
  const isLimited = [unlimited, limited, unlimited].map((options) => {
    context.replaceRtmpOptions(options);
    return context.egress !== undefined;
  });
  assertEquals(isLimited, [false, true, false]);
});
