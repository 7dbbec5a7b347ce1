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
import { HookReceiver, type HookReply } from "../../support/hooks/hook_receiver.ts";

const OPEN_MS = 100;

Deno.test("Breaker.admit() permits requests until errors in a row, then one probe after its time", () => {
  const breaker = new Breaker(2, OPEN_MS);
  assertEquals([breaker.admit(0), breaker.admit(0), breaker.admit(0)], ["call", "call", "call"]);
  const outcomes = [
    breaker.fail("call", 0),
    breaker.succeed("call"),
    breaker.fail("call", 0),
    breaker.fail("call", 1),
  ];
  assertEquals(outcomes, [false, false, false, true]);
  assertEquals([breaker.admit(1), breaker.admit(OPEN_MS)], [undefined, undefined]);
  assertEquals([breaker.admit(1 + OPEN_MS), breaker.admit(1 + OPEN_MS)], ["probe", undefined]);
  assertEquals([breaker.fail("probe", 300), breaker.admit(300 + OPEN_MS)], [false, "probe"]);
  assertEquals([breaker.succeed("probe"), breaker.admit(400)], [true, "call"]);
});

Deno.test("Breaker.cancel() hands on the probe's turn, and nobody else's", () => {
  const breaker = new Breaker(1, OPEN_MS);
  assertEquals(breaker.admit(0), "call");
  breaker.fail("call", 0);
  assertEquals(breaker.admit(OPEN_MS), "probe");
  // A request from before the breaker opened, whose client leaves now.
  breaker.cancel("call");
  assertEquals(breaker.admit(OPEN_MS), undefined);
  breaker.cancel("probe");
  assertEquals(breaker.admit(OPEN_MS), "probe");
});

Deno.test("Breaker counts no outcome of an earlier call until its probe has one", () => {
  const breaker = new Breaker(1, OPEN_MS);
  assertEquals(
    [breaker.admit(0), breaker.admit(0), breaker.admit(0), breaker.admit(0)],
    Array(4).fill("call"),
  );
  assert(breaker.fail("call", 0));
  // Requests from before the breaker opened, answered and failed while it is open.
  assertEquals([breaker.succeed("call"), breaker.state], [false, "open"]);
  assertEquals([breaker.fail("call", 50), breaker.admit(OPEN_MS)], [false, "probe"]);
  // The same while the probe is under way.
  assertEquals([breaker.succeed("call"), breaker.fail("call", OPEN_MS), breaker.state], [
    false,
    false,
    "probing",
  ]);
  assert(breaker.succeed("probe"));
  assertEquals(breaker.state, "closed");
});

Deno.test("A service that answers every third of many requests at once opens its breaker once", async () => {
  await using receiver = await HookReceiver.start();
  const vhost = vhostHooks({ on_play: receiver.url() }, { breakerFailures: 2, breakerOpenMs: 60_000 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  const calls = new Map<unknown, (reply: HookReply) => void>();
  receiver.reply("on_play", ({ json }) => new Promise((resolve) => calls.set(json.client_id, resolve)));
  const requests = Array.from({ length: 9 }, (_, clientId) => tested.request("on_play", { clientId }));
  await receiver.waitFor("on_play", requests.length);
  // Two errors in a row and an answer, three times.
  for (const [clientId, request] of requests.entries()) {
    calls.get(clientId)?.(clientId % 3 === 2 ? 0 : { status: 500 });
    await request;
  }
  assertEquals(tested.log.lines.filter(({ message }) => message.startsWith("Hook breaker opened")).length, 1);
  assertEquals(tested.log.lines.filter(({ message }) => message === "Hook breaker closed").length, 0);
});

Deno.test("Updates that fail open the breaker and say so, and one that is answered closes it", async () => {
  await using receiver = await HookReceiver.start();
  const urls = { on_play: receiver.url(), on_update: receiver.url() };
  const vhost = vhostHooks(urls, { updateIntervalMs: 20, breakerFailures: 2, breakerOpenMs: 50 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  receiver.reply("on_update", { status: 500 });
  const verdict = await tested.hooks.request(hookRequest("on_play"), new TestContext());
  assert(verdict.kind === "allow");
  await tested.log.waitFor("Hook breaker opened");
  receiver.reply("on_update", 0);
  await tested.log.waitFor("Hook breaker closed");
  await verdict.lease.end(CLIENT_LEFT);
});
