/**
 * Tests of `stream/admission/media_context.ts`: what all clients share, by options that may be replaced.
 *
 * @module
 */
import { createMediaContext } from "../../../stream/admission/media_context.ts";
import type { RegisteredClient } from "../../../stream/admission/client_registry.ts";
import { NO_USAGE } from "../../../stream/live/snapshot.ts";
import { HookScript } from "../../support/hooks/hook_script.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { realWireEnvironment } from "../../support/rtmp/wire_environment.ts";
import { testRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";

/** Counts how often all members are looked at. */
class WatchedMap<Key, Value> extends Map<Key, Value> {
  looks = 0;

  override values() {
    this.looks += 1;
    return super.values();
  }
}

const CLIENT: RegisteredClient = {
  clientId: 1,
  servedBy: "__defaultVhost__",
  usage: () => NO_USAGE,
  snapshot: () => undefined,
  sweep: () => {},
  isOfVhost: () => false,
  kick: () => {},
  end: () => {},
};

Deno.test("a media context looks for limits of what is sent once, not for each client and second", async () => {
  const clock = new ManualClock();
  const options = testRtmpOptions({});
  const vhosts = new WatchedMap(options.vhosts);
  const context = createMediaContext({ ...options, vhosts }, {
    clock,
    hooks: new HookScript(),
    log: { write: () => {} },
    clientIds: { next: () => 1 },
    environment: realWireEnvironment(),
  });
  const gone = Promise.withResolvers<void>();
  const removed = context.clients.add(CLIENT, () => gone.promise);
  const before = vhosts.looks;
  for (let second = 0; second < 3; second++) {
    await clock.advance(1000);
    context.clients.sweep();
  }
  gone.resolve();
  await removed;
  assertEquals([context.egress, vhosts.looks], [undefined, before]);

  const limited = { ...options, limits: { ...options.limits, maxEgressKbps: 1000 } };
  context.replaceOptions(limited);
  assert(context.egress !== undefined);
  context.replaceOptions(options);
  assertEquals(context.egress, undefined);
});
