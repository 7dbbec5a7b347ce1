/**
 * What load balancers see.
 *
 * @module
 */
import type { Readiness } from "../../../http/ports.ts";
import { assertEquals } from "../../support/assert.ts";
import { ApiHarness } from "../../support/http/api_harness.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

const READY: Readiness = { listening: true, outbox: true, draining: false };

const CASES: readonly (readonly [state: Readiness, status: number, code: number])[] = [
  [READY, 200, 0],
  [{ ...READY, listening: false }, 503, 1001],
  [{ ...READY, outbox: false }, 503, 1001],
  [{ ...READY, draining: true }, 503, 1001],
];

Deno.test("/readyz says what is missing, /healthz that the process serves", async () => {
  let state = READY;
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server, { readiness: () => state });
  for (const [next, status, code] of CASES) {
    state = next;
    const reply = await fetch(`${api.url}/readyz`);
    assertEquals([reply.status, await reply.json()], [status, { code, ...next }]);
    const alive = await fetch(`${api.url}/healthz`);
    assertEquals([alive.status, await alive.json()], [200, { code: 0 }]);
  }
});
