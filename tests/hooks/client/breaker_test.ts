/**
 * The breaker by itself, and through updates.
 *
 * @module
 */
import { Breaker } from "../../../hooks/client/breaker.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import {
  CLIENT_LEFT,
  hookRequest,
  hooksOptions,
  ServiceUnderTest,
  TestContext,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";

const OPEN_MS = 100;

Deno.test("Breaker.admit() permits requests until errors in a row, then one probe after its time", () => {
  const breaker = new Breaker(2, OPEN_MS);
  assertEquals([breaker.admit(0), breaker.admit(0), breaker.admit(0)], ["call", "call", "call"]);
  assertEquals([breaker.fail(0), breaker.succeed(), breaker.fail(0), breaker.fail(1)], [
    false,
    false,
    false,
    true,
  ]);
  assertEquals([breaker.admit(1), breaker.admit(OPEN_MS)], [undefined, undefined]);
  assertEquals([breaker.admit(1 + OPEN_MS), breaker.admit(1 + OPEN_MS)], ["probe", undefined]);
  assertEquals([breaker.fail(300), breaker.admit(300 + OPEN_MS)], [false, "probe"]);
  assertEquals([breaker.succeed(), breaker.admit(400)], [true, "call"]);
});

Deno.test("Breaker.cancel() hands on the probe's turn, and nobody else's", () => {
  const breaker = new Breaker(1, OPEN_MS);
  assertEquals(breaker.admit(0), "call");
  breaker.fail(0);
  assertEquals(breaker.admit(OPEN_MS), "probe");
  // A request from before the breaker opened, whose client leaves now.
  breaker.cancel("call");
  assertEquals(breaker.admit(OPEN_MS), undefined);
  breaker.cancel("probe");
  assertEquals(breaker.admit(OPEN_MS), "probe");
});

Deno.test("Breaker.cancel() leaves a breaker as it is that closed or opened meanwhile", () => {
  const breaker = new Breaker(1, OPEN_MS);
  breaker.fail(0);
  assertEquals(breaker.admit(OPEN_MS), "probe");
  // A request from before the breaker opened is answered, and then the probe's client leaves.
  assert(breaker.succeed());
  breaker.cancel("probe");
  assertEquals([breaker.state, breaker.admit(OPEN_MS)], ["closed", "call"]);
  assert(!breaker.succeed());

  // The same where that request fails: the time counts from there.
  assert(breaker.fail(1000));
  assertEquals(breaker.admit(1000 + OPEN_MS), "probe");
  assert(!breaker.fail(1050 + OPEN_MS));
  breaker.cancel("probe");
  assertEquals(breaker.admit(1049 + 2 * OPEN_MS), undefined);
  assertEquals(breaker.admit(1050 + 2 * OPEN_MS), "probe");
});

Deno.test("Updates that fail open the breaker and say so, and one that is answered closes it", async () => {
  await using receiver = await HookReceiver.start();
  const urls = { on_play: receiver.url(), on_update: receiver.url() };
  const vhost = vhostHooks(urls, { updateIntervalMs: 20, breakerFailures: 2, breakerOpenMs: 50 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  receiver.reply("on_update", { status: 500 });
  const verdict = await tested.service.request(hookRequest("on_play"), new TestContext());
  assert(verdict.kind === "allow");
  await tested.log.waitFor("Hook breaker opened");
  receiver.reply("on_update", 0);
  await tested.log.waitFor("Hook breaker closed");
  await verdict.lease.end(CLIENT_LEFT);
});
