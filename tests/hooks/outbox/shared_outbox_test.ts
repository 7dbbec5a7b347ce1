/**
 * One outbox file of servers with different configurations: no event is given up by a server that has no address for
 * it while another one may have.
 *
 * @module
 */
import type { HooksOptions } from "../../../hooks/options.ts";
import { OutboxAdmin } from "../../../hooks/outbox/outbox_admin.ts";
import { PATIENT_LOOKS, RowClaims, type RowFilter } from "../../../hooks/outbox/row_claims.ts";
import { storeRow } from "../../../hooks/outbox/stored_row.ts";
import { ProcessLock, SystemClock } from "../../../system/mod.ts";
import { assertEquals } from "../../support/assert.ts";
import {
  CLIENT_LEFT,
  FAST_TIMINGS,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { outboxRow } from "../../support/hooks/outbox_rows.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const CLOCK = new SystemClock();
const SLOW_RETRIES = { ...FAST_TIMINGS, backoff: { firstMs: 600_000, maxMs: 600_000 } };

/** A server whose vhosts have their endings at paths of their own names. */
function optionsOf(path: string, receiver: HookReceiver, ...vhosts: string[]): HooksOptions {
  const hooks = (name: string) => vhostHooks({ on_unpublish: receiver.url(`/${name}`) });
  return {
    ...hooksOptions(vhostHooks({}), { path }),
    vhosts: new Map(vhosts.map((name) => [name, hooks(name)])),
  };
}

/** A server that ends with an undelivered event and an open session of each of its vhosts. */
async function leave(options: HooksOptions): Promise<void> {
  await using tested = await ServiceUnderTest.open(options, SLOW_RETRIES);
  for (const [index, vhost] of [...options.vhosts.keys()].entries()) {
    await (await tested.admitted("on_publish", { vhost, clientId: index + 1, stream: "one" })).end(
      CLIENT_LEFT,
    );
    await tested.admitted("on_publish", { vhost, clientId: index + 1, stream: "two" });
  }
  await tested.settle();
}

const pathsOf = ({ requests }: HookReceiver) => requests.map(({ path }) => path).sort();

Deno.test("A server that runs leaves what it has no address for to the one that starts again", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  const path = `${dir.path}/outbox.db`;
  await using other = await ServiceUnderTest.open(optionsOf(path, receiver, "both"), SLOW_RETRIES);
  receiver.reply("*", { status: 503 });
  await leave(optionsOf(path, receiver, "both", "own"));
  receiver.reply("*", 0);
  receiver.requests.length = 0;

  // It takes over what it can deliver, so it has seen the rest.
  await receiver.waitFor("on_unpublish", 2);
  assertEquals(pathsOf(receiver), ["/both", "/both"]);
  await other.settle();
  using admin = OutboxAdmin.open(path, CLOCK);
  // What was delivered leaves the file soon after.
  while (admin.counts().due > 1) await new Promise((go) => setTimeout(go, 10));
  assertEquals(admin.counts(), { asked: 0, open: 1, due: 1, dead: 0 });

  await using again = await ServiceUnderTest.open(optionsOf(path, receiver, "both", "own"), SLOW_RETRIES);
  await again.settle();
  assertEquals(pathsOf(receiver), ["/both", "/both", "/own", "/own"]);
  assertEquals(admin.counts().dead, 0);
});

Deno.test("A server that starts leaves what it has no address for to another one that lives", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  const path = `${dir.path}/outbox.db`;
  receiver.reply("*", { status: 503 });
  await leave(optionsOf(path, receiver, "own"));
  receiver.reply("*", 0);
  const lock = ProcessLock.try(path, "another");
  await using other = await ServiceUnderTest.open(optionsOf(path, receiver, "both"), SLOW_RETRIES);
  await other.settle();
  using admin = OutboxAdmin.open(path, CLOCK);
  assertEquals(admin.counts(), { asked: 0, open: 1, due: 1, dead: 0 });
  lock?.release();
});

Deno.test("What an operator puts back waits for the server that has an address for it", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  const path = `${dir.path}/outbox.db`;
  receiver.reply("*", { status: 400 });
  await leave(optionsOf(path, receiver, "own"));
  receiver.reply("*", 0);
  receiver.requests.length = 0;
  using admin = OutboxAdmin.open(path, CLOCK);
  assertEquals(admin.counts().dead, 1);
  const lock = ProcessLock.try(path, "another");
  {
    await using other = await ServiceUnderTest.open(optionsOf(path, receiver, "both"), SLOW_RETRIES);
    assertEquals(admin.replay(undefined), 1);
    // Its next look at the file sees what the operator changed.
    const isGivenUp = () => other.log.text().includes("no address any more");
    while (other.service.snapshot().outbox.dead > 0 && !isGivenUp()) {
      await new Promise((go) => setTimeout(go, 10));
    }
    assertEquals(admin.counts().dead, 0);
  }
  lock?.release();
  await using again = await ServiceUnderTest.open(optionsOf(path, receiver, "own"), SLOW_RETRIES);
  await again.settle();
  assertEquals(pathsOf(receiver), ["/own", "/own"]);
});

Deno.test("RowClaims takes everything once nobody took it for long, or nobody else is there", () => {
  const row = storeRow(outboxRow("owed"), new ManualClock());
  const known = { vhost: "v", event: row.event, urls: ["http://127.0.0.1:8085/today"] };
  const claims = new RowClaims([known]);
  const stranger = new RowClaims([]);
  const taken = (filter: RowFilter, stored = row) =>
    filter === undefined ? "all" : filter(stored) ? "it" : "none";
  const alone = () => false;
  const shared = () => true;
  assertEquals(taken(claims.whileRunning("gone", shared)), "it");
  assertEquals(taken(claims.atStart({ isShared: true })), "it");
  assertEquals(taken(claims.atStart({ isShared: false })), "all");
  assertEquals(taken(stranger.whileRunning("", shared)), "none");
  assertEquals(taken(stranger.whileRunning("", alone)), "all");
  for (let looks = 0; looks <= PATIENT_LOOKS; looks++) {
    assertEquals(taken(stranger.whileRunning("gone", alone)), "none");
    assertEquals(taken(stranger.whileRunning("gone", alone), { ...row, facts: "" }), "none");
    stranger.beginCheck(["gone"]);
  }
  assertEquals(taken(stranger.whileRunning("gone", shared)), "all");
  // Other rows of a process of this name would wait again.
  stranger.beginCheck([]);
  assertEquals(taken(stranger.whileRunning("gone", shared)), "none");
});
