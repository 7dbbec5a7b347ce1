import { assert, assertEquals, assertNotEquals } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  FAST_TIMINGS,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";
import { type Child, startScript } from "../../support/hooks/hook_process.ts";

const SLOW_RETRIES = { ...FAST_TIMINGS, backoff: { firstMs: 600_000, maxMs: 600_000 } };

const own = (receiver: HookReceiver, clientId: unknown) =>
  receiver.requests.filter((request) => request.json.client_id === clientId).map((request) => request.action);

interface SessionRecord {
  readonly starts: Set<string>;
  readonly ends: Set<string>;
  readonly order: string[];
  reason: unknown;
}

function newRecord(): SessionRecord {
  return { starts: new Set(), ends: new Set(), order: [], reason: undefined };
}

function startChild(...args: string[]): Child {
  return startScript(":", args);
}

Deno.test("After kill -9 the next start delivers the endings of open sessions", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  const path = `${dir.path}/deep/outbox.db`;
  const child = startChild(receiver.url(), path, "10");
  await child.said("checkpointed");
  await child.kill();
  const starts = receiver.requests.length;
  assertEquals(starts, 20);
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path });
  await using tested = await ServiceUnderTest.open(options);
  await receiver.waitFor((request) => "reason" in request.json, 20);
  await tested.settle();
  assertEquals(receiver.requests.length, 40);
  const clients = new Set(receiver.requests.map((request) => request.json.client_id));
  assertEquals(clients.size, 10);
  for (const clientId of clients) {
    const [connect, start, end, close] = own(receiver, clientId);
    assertEquals([connect, close], ["on_connect", "on_close"]);
    assertEquals(end, start === "on_publish" ? "on_unpublish" : "on_stop");
  }
  for (const end of receiver.requests.slice(20)) {
    assertEquals(end.json.reason, "server_restart");
    assertEquals(end.json.send_bytes, 3421);
    assertEquals(end.json.recv_bytes, 9_182_734);
    assert(Number(end.json.duration_ms) >= 50, "the last checkpoint is known");
    const start = receiver.requests.find((request) => request.json.session_id === end.json.session_id);
    assertEquals(start?.json.service_id, end.json.service_id);
    assertNotEquals(end.json.service_id, tested.service.serviceId);
    assertEquals([end.json.stream_url, end.json.param], [`/live/${end.json.stream}`, "?token=x"]);
  }
  // Numbers go on after those of the process that is gone.
  assert(!clients.has(tested.service.clientIds.next()));
});

Deno.test("A request that kill -9 interrupted is abandoned by the next start", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  receiver.reply("on_connect", "hang");
  const path = `${dir.path}/outbox.db`;
  const child = startChild(receiver.url(), path, "3");
  await receiver.waitFor("on_connect", 3);
  await child.kill();
  await using _tested = await ServiceUnderTest.open(
    hooksOptions(vhostHooks(allEvents(receiver.url())), { path }),
  );
  const ends = await receiver.waitFor("on_close", 3);
  assertEquals(ends.map((end) => end.json.reason), ["abandoned", "abandoned", "abandoned"]);
});

Deno.test("Starts and endings pair over ten kills with the service up or down", async () => {
  await using dir = await temporaryDirectory();
  const receiver = await HookReceiver.start();
  const path = `${dir.path}/outbox.db`;
  for (let round = 0; round < 10; round++) {
    const child = startChild(receiver.url(), path, "20", "allow");
    await child.said(round % 3 === 0 ? "asking" : "open");
    if (round % 4 === 1) await receiver.stop();
    await child.kill();
    if (round % 4 === 3) receiver.listen();
    if (round % 4 === 1) await comeAndGo(receiver.url(), path);
  }
  if (receiver.pending === 0) await receiver.stop();
  receiver.listen();
  await using tested = await ServiceUnderTest.open(
    hooksOptions(vhostHooks(allEvents(receiver.url())), { path }),
  );
  await tested.settle();
  const sessions = new Map<unknown, SessionRecord>();
  for (const request of receiver.requests) {
    const session = sessions.get(request.json.session_id) ??
      newRecord();
    sessions.set(request.json.session_id, session);
    const kind = "reason" in request.json ? session.ends : session.starts;
    kind.add(request.headers["webhook-id"] ?? "");
    session.order.push(request.action);
    session.reason = request.json.reason;
  }
  assert(sessions.size >= 100);
  for (const [id, { starts, ends, order, reason }] of sessions) {
    const about = `session ${id}: ${order.join(" ")} ${reason}`;
    assertEquals(ends.size, 1, about);
    // A kill between the record and the call leaves a request that may have arrived: its ending is owed.
    if (starts.size === 0) assertEquals(reason, "abandoned", about);
    else assertEquals([starts.size, order[0]?.match(/close|unpublish|stop/)], [1, null], about);
  }
  const ids = receiver.requests.filter((request) => request.action === "on_connect")
    .map((request) => `${request.json.client_id} ${request.json.session_id}`);
  const numbers = new Set(ids.map((id) => id.split(" ")[0]));
  assertEquals(numbers.size, new Set(ids).size, "no client id came twice");
  await receiver.stop();
});

/** A process that comes and goes while the service is down. */
async function comeAndGo(url: string, path: string): Promise<void> {
  const tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(allEvents(url)), { path }));
  await tested.service.close();
}

Deno.test("A start leaves the sessions of a living process alone", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  const path = `${dir.path}/outbox.db`;
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path });
  const draining = await ServiceUnderTest.open(options);
  const lease = await draining.admitted("on_publish", { clientId: draining.service.clientIds.next() });
  await using next = await ServiceUnderTest.open(options);
  assert(next.service.clientIds.next() > 1000);
  await next.settle();
  assertEquals(receiver.actions(), ["on_publish"]);
  await lease.end(CLIENT_LEFT);
  await draining.settle();
  await draining.service.close();
  assertEquals(receiver.actions(), ["on_publish", "on_unpublish"]);
});

Deno.test("What a process could not deliver before its end, the next delivers", async () => {
  await using dir = await temporaryDirectory();
  const receiver = await HookReceiver.start();
  const path = `${dir.path}/outbox.db`;
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path });
  const first = await ServiceUnderTest.open(options, SLOW_RETRIES);
  const lease = await first.admitted("on_publish");
  await receiver.stop();
  await lease.end(CLIENT_LEFT);
  assertEquals((await first.service.drain(1000)).undelivered.length, 1);
  await first.service.close();
  receiver.listen();
  await using second = await ServiceUnderTest.open(options);
  const [end] = await receiver.waitFor("on_unpublish");
  assertEquals(end?.json.reason, "client");
  assert(Number(end?.headers["srs-attempt"]) > 1);
  await second.settle();
  assertEquals(second.service.snapshot().outbox.undelivered, 0);
  await receiver.stop();
  const left = [...Deno.readDirSync(dir.path)].map((entry) => entry.name).filter((name) =>
    name.endsWith(".lock")
  );
  assertEquals(left.length, 1, "only the living process has a lock");
});
