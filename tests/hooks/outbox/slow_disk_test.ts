/**
 * A disk that does not answer delays only what has to be on it, and that for a limited time.
 *
 * @module
 */
import { SystemClock } from "../../../system/mod.ts";
import { DatabaseSync } from "node:sqlite";
import { OutboxAdmin } from "../../../hooks/outbox/outbox_admin.ts";
import { assert, assertEquals, assertLess } from "../../support/assert.ts";
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
import { ManualClock } from "../../support/manual_clock.ts";
import { until } from "../../support/wait.ts";

/** An outbox file that another writer can hold, for longer than any of the tests takes. */
class HangingDisk implements AsyncDisposable {
  readonly path: string;
  readonly #directory: string;
  #other: DatabaseSync | undefined;

  private constructor(directory: string) {
    this.#directory = directory;
    this.path = `${directory}/outbox.db`;
  }

  static async make(): Promise<HangingDisk> {
    return new HangingDisk(await Deno.makeTempDir({ prefix: "srs-outbox-" }));
  }

  hang(): void {
    this.#other = new DatabaseSync(this.path);
    this.#other.exec("BEGIN IMMEDIATE");
  }

  /** It answers, but the removals that waited for it fail; it works once the server has opened the file again. */
  async failRemovals(): Promise<void> {
    const other = this.#other;
    if (other === undefined) throw new Error("The disk does not hang");
    other.exec(`
      PRAGMA busy_timeout = 60000;
      CREATE TRIGGER refused BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'refused'); END;
      COMMIT`);
    const version = () => other.prepare("PRAGMA data_version").get()?.data_version;
    const before = version();
    await until(() => version() !== before);
    other.exec("DROP TRIGGER refused");
    this.release();
  }

  release(): void {
    this.#other?.close();
    this.#other = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    await Deno.remove(this.#directory, { recursive: true });
  }
}

Deno.test("A disk that hangs holds a request no longer than ask_timeout, and not at all when the client leaves", async () => {
  await using disk = await HangingDisk.make();
  await using receiver = await HookReceiver.start();
  const vhost = vhostHooks(allEvents(receiver.url()), { askTimeoutMs: 1000, breakerFailures: 1 });
  const timings = { ...FAST_TIMINGS, outboxHangMs: 600_000 };
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost, { path: disk.path }), timings);
  disk.hang();
  const from = performance.now();
  const gone = new TestContext();
  const left = tested.hooks.request(hookRequest("on_publish", { stream: "other" }), gone);
  const order: string[] = [];
  const stayed = tested.request("on_publish").finally(() => order.push("stayed"));
  gone.leave();
  assertEquals((await left).kind, "aborted");
  assertEquals(order, [], "who leaves does not wait");
  assert(!tested.log.text().includes("Hook call"), "nothing was called");
  assertEquals((await stayed).kind, "deny");
  assertLess(performance.now() - from, 60_000);
  assertEquals(tested.service.snapshot().origins.map(({ activeCalls }) => activeCalls), [0]);
  disk.release();
  // The service has no part in it, so its breaker is closed; and it is owed nothing.
  await tested.admitted("on_publish");
  await tested.settle();
  assertEquals(receiver.actions(), ["on_publish"]);
});

Deno.test("A disk that hangs denies a request when ask_timeout is over, not later", async () => {
  await using disk = await HangingDisk.make();
  await using receiver = await HookReceiver.start();
  const clock = new ManualClock();
  const vhost = vhostHooks(allEvents(receiver.url()), { askTimeoutMs: 1000 });
  const timings = { ...FAST_TIMINGS, outboxHangMs: 600_000 };
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost, { path: disk.path }), timings, clock);
  disk.hang();
  const from = clock.now();
  const denied = tested.request("on_publish").then(({ kind }) => [kind, clock.now() - from]);
  await clock.advance(10_000);
  disk.release();
  assertEquals(await denied, ["deny", 1000]);
  await tested.log.waitFor("cause=ask_timeout passed before the outbox was written");
});

Deno.test("A client without a request is admitted when its ending is recorded, not before", async () => {
  await using disk = await HangingDisk.make();
  const options = hooksOptions(vhostHooks({ on_stop: "http://127.0.0.1:9/" }), { path: disk.path });
  await using tested = await ServiceUnderTest.open(options, { ...FAST_TIMINGS, outboxHangMs: 200 });
  disk.hang();
  await tested.admitted("on_play");
  assert(tested.log.text().includes("Hook outbox cannot be written"), "it waited for the disk");
});

Deno.test("A disk that hangs counts as one that fails: who was let in leaves, and all is written when it is back", async () => {
  await using disk = await HangingDisk.make();
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path: disk.path });
  await using tested = await ServiceUnderTest.open(options, { ...FAST_TIMINGS, outboxHangMs: 200 });
  const lease = await tested.admitted("on_publish");
  disk.hang();
  // The disk hangs until it is released below: that this ends is the proof.
  await lease.end(CLIENT_LEFT);
  const [line] = await tested.log.waitFor("Hook outbox cannot be written");
  assertEquals(line?.fields.cause, "no answer within 200 ms");
  await tested.settle();
  assertEquals(receiver.actions(), ["on_publish", "on_unpublish"]);
  disk.release();
  await tested.log.waitFor("written again");
  await tested.service.close();
  using admin = OutboxAdmin.open(disk.path, new SystemClock());
  assertEquals(admin.counts(), { asked: 0, open: 0, due: 0, dead: 0 });
});

Deno.test("What a hanging disk failed to remove is removed once it works, so that no ending is sent twice", async () => {
  await using disk = await HangingDisk.make();
  await using receiver = await HookReceiver.start();
  const answer = Promise.withResolvers<number>();
  receiver.reply("on_stop", () => answer.promise);
  const options = hooksOptions(vhostHooks({ on_stop: receiver.url() }), { path: disk.path });
  await using tested = await ServiceUnderTest.open(options, { ...FAST_TIMINGS, outboxHangMs: 200 });
  await (await tested.admitted("on_play")).end(CLIENT_LEFT);
  await receiver.waitFor("on_stop");
  disk.hang();
  answer.resolve(0);
  await tested.log.waitFor("Hook outbox cannot be written");
  await disk.failRemovals();
  await tested.log.waitFor("written again");
  using admin = OutboxAdmin.open(disk.path, new SystemClock());
  assertEquals(admin.counts(), { asked: 0, open: 0, due: 0, dead: 0 });
});

Deno.test("HookService.close() waits for no disk that hangs, and says so", async () => {
  await using disk = await HangingDisk.make();
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path: disk.path });
  const timings = { ...FAST_TIMINGS, outboxHangMs: 600_000 };
  await using tested = await ServiceUnderTest.open(options, timings);
  const lease = await tested.admitted("on_publish");
  disk.hang();
  void lease.end(CLIENT_LEFT);
  const from = performance.now();
  await tested.service.close();
  assertLess(performance.now() - from, 60_000);
  const [line] = await tested.log.waitFor("Hook outbox cannot be written");
  assertEquals(line?.fields.cause, "the file was not written in time before the end");
});

Deno.test("HookService.close() writes what memory alone has, where the disk works again by then", async () => {
  await using disk = await HangingDisk.make();
  await using receiver = await HookReceiver.start();
  receiver.reply("on_stop", { status: 503 });
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path: disk.path });
  const timings = { ...FAST_TIMINGS, outboxHangMs: 200, outboxCheckMs: 600_000 };
  await using tested = await ServiceUnderTest.open(options, timings);
  const lease = await tested.admitted("on_publish");
  disk.hang();
  await lease.end(CLIENT_LEFT);
  await tested.log.waitFor("Hook outbox cannot be written");
  await (await tested.admitted("on_play")).end(CLIENT_LEFT);
  disk.release();
  await tested.service.close();
  using admin = OutboxAdmin.open(disk.path, new SystemClock());
  assertEquals(admin.list("due", 10).map((entry) => entry.event), ["on_stop"]);
});
