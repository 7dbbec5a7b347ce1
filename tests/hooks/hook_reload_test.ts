/**
 * Hooks whose configuration changes while sessions are open.
 *
 * @module
 */
import { assert, assertEquals, assertGreaterOrEqual, assertRejects } from "../support/assert.ts";
import {
  CLIENT_LEFT,
  FAST_TIMINGS,
  hookRequest,
  hooksOptions,
  ServiceUnderTest,
  TestContext,
  vhostHooks,
} from "../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { until } from "../support/wait.ts";

const MINUTE_MS = 60_000;

Deno.test("HookService.reload(): updates of an open session begin, change their interval, and end", async () => {
  await using receiver = await HookReceiver.start();
  const clock = new ManualClock();
  const events = { on_play: receiver.url(), on_update: receiver.url() };
  // A call may take longer than the interval is shortened by.
  const patient = { timeoutMs: 10 * MINUTE_MS, askTimeoutMs: 10 * MINUTE_MS };
  const withInterval = (updateIntervalMs: number) =>
    hooksOptions(vhostHooks(events, { ...patient, updateIntervalMs }));
  await using tested = await ServiceUnderTest.open(withInterval(0), FAST_TIMINGS, clock);
  await tested.service.decisions.request(hookRequest("on_play"), new TestContext());
  const updates = () => receiver.requests.filter(({ action }) => action === "on_update").length;
  for (const [interval, after] of [[MINUTE_MS, 1], [10 * MINUTE_MS, 2]] as const) {
    await tested.service.reload(withInterval(interval));
    const from = clock.now();
    // The answer to the update before may still be on its way: the interval begins when it has come.
    await until(async () => {
      await clock.advance(MINUTE_MS / 10);
      return updates() === after;
    });
    assertGreaterOrEqual(clock.now() - from, 0.9 * interval);
  }
  await tested.service.reload(withInterval(0));
  await clock.advance(60 * MINUTE_MS);
  assertEquals(updates(), 2);
});

Deno.test("HookService.reload(): a cached answer is not that of another configuration", async () => {
  await using receiver = await HookReceiver.start();
  const options = (headers: Readonly<Record<string, string>>) =>
    hooksOptions(vhostHooks({ on_play: receiver.url() }, { cacheTtlMs: MINUTE_MS, headers }));
  await using tested = await ServiceUnderTest.open(options({}));
  // What is admitted by a cached answer is reported with a header that says so.
  const asked = () => receiver.requests.filter(({ headers }) => headers["srs-verdict"] === undefined);
  await tested.request("on_play");
  await tested.request("on_play");
  assertEquals(asked().length, 1);
  await tested.service.reload(options({}));
  await tested.request("on_play");
  assertEquals(asked().length, 1);
  await tested.service.reload(options({ "x-new": "1" }));
  await tested.request("on_play");
  assertEquals(asked().map(({ headers }) => headers["x-new"]), [undefined, "1"]);
});

Deno.test("HookService.reload(): the first hooks open the outbox, which then has what was owed before", async () => {
  await using receiver = await HookReceiver.start();
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  const path = `${directory}/outbox.db`;
  const events = { on_publish: receiver.url(), on_unpublish: receiver.url() };
  try {
    const without = {
      ...hooksOptions(vhostHooks({})),
      outbox: { ...hooksOptions(vhostHooks({})).outbox, path },
    };
    await using tested = await ServiceUnderTest.open(without);
    assertEquals(tested.service.snapshot().outbox.path, "");
    const ids = [tested.service.clientIds.next(), tested.service.clientIds.next()];
    await tested.service.reload({ ...without, vhosts: hooksOptions(vhostHooks(events)).vhosts });
    assertEquals(tested.service.snapshot().outbox.path, path);
    assert(!ids.includes(tested.service.clientIds.next()));
    const lease = await tested.admitted("on_publish");
    assertEquals((await tested.service.rows.list(["open"])).length, 1);
    await lease.end(CLIENT_LEFT);
    await receiver.waitFor(({ action }) => action === "on_unpublish");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("HookService.reload(): what cannot be used changes nothing", async () => {
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks({ on_play: receiver.url() }));
  await using tested = await ServiceUnderTest.open(options);
  const bad = hooksOptions(vhostHooks({ on_play: "http://127.0.0.1:1/" }, { secrets: ["whsec_%%%"] }));
  await assertRejects(() => tested.service.reload(bad), Error, "padding");
  await tested.request("on_play");
  assertEquals(receiver.requests.length, 1);
});
