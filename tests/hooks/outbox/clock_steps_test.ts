/**
 * The system's clock is set while the server runs, or between two of its processes: no pause, age, breaker or lease
 * takes notice.
 *
 * @module
 */
import { OutboxAdmin } from "../../../hooks/outbox/outbox_admin.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertLess } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  FAST_TIMINGS,
  hookRequest,
  hooksOptions,
  ServiceUnderTest,
  TestContext,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import { SteppedClock } from "../../support/manual_clock.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STEPS = [
  { name: "back by a day", stepMs: -DAY_MS },
  { name: "back by an hour", stepMs: -HOUR_MS },
  { name: "ahead by an hour", stepMs: HOUR_MS },
  { name: "ahead by two days", stepMs: 2 * DAY_MS },
];
/** No attempt by itself within a test. */
const SLOW_RETRIES = { ...FAST_TIMINGS, backoff: { firstMs: 600_000, maxMs: 600_000 } };

for (const { name, stepMs } of STEPS) {
  Deno.test(`An ending that waits is delivered though the clock is set ${name}`, async () => {
    await using receiver = await HookReceiver.start();
    receiver.reply("on_stop", { status: 503 });
    const clock = new SteppedClock();
    await using tested = await ServiceUnderTest.open(
      hooksOptions(vhostHooks(allEvents(receiver.url()))),
      FAST_TIMINGS,
      clock,
    );
    await (await tested.admitted("on_play")).end(CLIENT_LEFT);
    await receiver.waitFor("on_stop", 2);
    clock.stepWall(stepMs);
    assertLess(tested.service.snapshot().outbox.oldestMs, HOUR_MS / 2);
    receiver.reply("on_stop", 0);
    await tested.settle();
    assertEquals(receiver.actions().at(-1), "on_stop");
    assertEquals(tested.service.snapshot().outbox.undelivered, 0);
    assertEquals(tested.log.lines.filter(({ message }) => message.includes("dead letters")), []);
  });

  Deno.test(`The breaker lets a probe through after its time though the clock is set ${name}`, async () => {
    await using receiver = await HookReceiver.start();
    receiver.reply("on_publish", { status: 500 });
    const breakerOpenMs = 100;
    const vhost = vhostHooks({ on_publish: receiver.url() }, { breakerFailures: 1, breakerOpenMs });
    const clock = new SteppedClock();
    await using tested = await ServiceUnderTest.open(hooksOptions(vhost), FAST_TIMINGS, clock);
    assertEquals((await tested.request("on_publish")).kind, "deny");
    const openedAt = performance.now();
    clock.stepWall(stepMs);
    receiver.reply("on_publish", 0);
    assertEquals((await tested.request("on_publish")).kind, "deny");
    assert(
      receiver.requests.length === 1 || performance.now() - openedAt >= breakerOpenMs,
      "asked too early",
    );
    for (let tries = 0; (await tested.request("on_publish")).kind === "deny"; tries++) {
      assertLess(tries, 1000);
      await new Promise((go) => setTimeout(go, 10));
    }
    assertEquals(tested.service.snapshot().origins[0]?.breaker, "closed");
  });

  Deno.test(`A lease ends, updates come and "last" is remembered though the clock is set ${name}`, async () => {
    await using receiver = await HookReceiver.start();
    receiver.reply("on_publish", { body: { code: 0, data: { ttl: 0.3 } } });
    const urls = { on_publish: receiver.url(), on_update: receiver.url() };
    const vhost = vhostHooks(urls, {
      updateIntervalMs: 50,
      onError: { default: "last" },
      lastTtlMs: HOUR_MS / 4,
    });
    const clock = new SteppedClock();
    await using tested = await ServiceUnderTest.open(hooksOptions(vhost), FAST_TIMINGS, clock);
    const context = new TestContext();
    const verdict = await tested.hooks.request(hookRequest("on_publish"), context);
    assert(verdict.kind === "allow");
    clock.stepWall(stepMs);
    await receiver.waitFor("on_update");
    assertEquals((await context.revoked).reason, "lease_expired");
    await verdict.lease.end(CLIENT_LEFT);
    receiver.reply("on_publish", { status: 500 });
    await (await tested.admitted("on_publish")).end(CLIENT_LEFT);
  });

  Deno.test(`What a process left is delivered by the next one though the clock was set ${name} meanwhile`, async () => {
    await using dir = await temporaryDirectory();
    await using receiver = await HookReceiver.start();
    receiver.reply("on_stop", { status: 503 });
    const options = hooksOptions(vhostHooks({ on_stop: receiver.url() }), { path: `${dir.path}/outbox.db` });
    {
      await using before = await ServiceUnderTest.open(options, SLOW_RETRIES);
      await (await before.admitted("on_play")).end(CLIENT_LEFT);
      await receiver.waitFor("on_stop");
    }
    const clock = new SteppedClock();
    clock.stepWall(stepMs);
    receiver.reply("on_stop", 0);
    await using after = await ServiceUnderTest.open(options, SLOW_RETRIES, clock);
    const { oldestMs } = after.service.snapshot().outbox;
    assert(oldestMs >= 0 && oldestMs < options.outbox.maxAgeMs, `${oldestMs} ms`);
    await receiver.waitFor("on_stop", 2);
    await after.settle();
    assertEquals(after.service.snapshot().outbox, {
      ...{ path: options.outbox.path, alarm: undefined, open: 0, undelivered: 0, undeliveredBytes: 0 },
      ...{ oldestMs: 0, dead: 0 },
    });
  });

  Deno.test(`The outbox file has moments of today's clock after it was set ${name}, and a session its true length`, async () => {
    await using dir = await temporaryDirectory();
    await using receiver = await HookReceiver.start();
    receiver.reply("on_stop", { status: 503 });
    const options = hooksOptions(vhostHooks({ on_stop: receiver.url(), on_unpublish: receiver.url() }), {
      path: `${dir.path}/outbox.db`,
    });
    const clock = new SteppedClock();
    await using tested = await ServiceUnderTest.open(options, SLOW_RETRIES, clock);
    await (await tested.admitted("on_play")).end(CLIENT_LEFT);
    const publish = await tested.admitted("on_publish", { clientId: 5 });
    clock.stepWall(stepMs);
    const [line] = await tested.log.waitFor("System clock was set");
    assertLess(Math.abs(Number(line?.fields.step_ms) - stepMs), 1000);
    using admin = OutboxAdmin.open(options.outbox.path, clock);
    // The record follows soon, and so does a checkpoint of the session that is open.
    for (;;) {
      const [due] = admin.list("due", 1);
      if (due !== undefined && Math.abs(due.dueAt - clock.wallNow()) < HOUR_MS / 2) break;
      await new Promise((go) => setTimeout(go, 10));
    }
    await publish.end(CLIENT_LEFT);
    const [unpublish] = await receiver.waitFor("on_unpublish");
    const durationMs = Number(unpublish?.json.duration_ms);
    assert(durationMs >= 0 && durationMs < HOUR_MS / 2, `${durationMs} ms`);
  });
}

Deno.test("Events that become due after the clock was set back come after those of the process before", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  receiver.reply("*", { status: 503 });
  const options = hooksOptions(vhostHooks({ on_stop: receiver.url() }), { path: `${dir.path}/outbox.db` });
  {
    await using before = await ServiceUnderTest.open(options, SLOW_RETRIES);
    await (await before.admitted("on_play", { clientId: 1 })).end(CLIENT_LEFT);
  }
  const clock = new SteppedClock();
  clock.stepWall(-DAY_MS);
  {
    await using after = await ServiceUnderTest.open(options, SLOW_RETRIES, clock);
    await (await after.admitted("on_play", { clientId: 2 })).end(CLIENT_LEFT);
  }
  using admin = OutboxAdmin.open(options.outbox.path, clock);
  assertEquals(admin.list("due", 9).map(({ clientId }) => clientId), [1, 2]);
});

Deno.test("A session cut off has the duration that its process measured, whatever the clock showed", async () => {
  for (const stepMs of [-HOUR_MS, HOUR_MS]) {
    await using dir = await temporaryDirectory();
    await using receiver = await HookReceiver.start();
    const path = `${dir.path}/outbox.db`;
    const options = hooksOptions(vhostHooks({ on_unpublish: receiver.url() }), { path });
    const clock = new SteppedClock();
    const from = performance.now();
    const before = await ServiceUnderTest.open(options, FAST_TIMINGS, clock);
    await before.admitted("on_publish");
    clock.stepWall(stepMs);
    await before.log.waitFor("System clock was set");
    // A later checkpoint is what a crash would leave.
    await new Promise((go) => setTimeout(go, FAST_TIMINGS.checkpointMs * 3));
    await before.service.close();
    await using _after = await ServiceUnderTest.open(options, FAST_TIMINGS, clock);
    const [unpublish] = await receiver.waitFor("on_unpublish");
    assertEquals(unpublish?.json.reason, "server_restart");
    const durationMs = Number(unpublish?.json.duration_ms);
    assertGreaterOrEqual(durationMs, FAST_TIMINGS.checkpointMs);
    assertLess(durationMs, performance.now() - from);
  }
});
