import { SystemClock } from "../../../system/mod.ts";
import { OutboxAdmin } from "../../../hooks/outbox/outbox_admin.ts";
import { OutboxError } from "../../../hooks/outbox/outbox_database.ts";
import {
  assert,
  assertEquals,
  assertGreater,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  FAST_TIMINGS,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver, type ReceivedHook } from "../../support/hooks/hook_receiver.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const SLOW_RETRIES = { ...FAST_TIMINGS, backoff: { firstMs: 600_000, maxMs: 600_000 } };
const own = (receiver: HookReceiver, clientId: unknown) =>
  receiver.requests.filter((request) => request.json.client_id === clientId).map((request) => request.action);
const label = (request: ReceivedHook) => `${request.action} ${request.json.client_id}`;

interface SessionRecord {
  readonly starts: Set<string>;
  readonly ends: Set<string>;
  readonly order: string[];
  reason: unknown;
}

function newRecord(): SessionRecord {
  return { starts: new Set(), ends: new Set(), order: [], reason: undefined };
}

interface Child {
  readonly process: Deno.ChildProcess;
  /** Resolves once the child has said this line; with all lines so far. */
  said(line: string): Promise<string[]>;
  kill(): Promise<void>;
}

function startChild(...args: string[]): Child {
  return startScript(":", args);
}

/** @param prelude Shell commands before the process, for its limits. */
function startScript(prelude: string, args: readonly string[]): Child {
  const script = new URL("../../support/hooks/hook_child.ts", import.meta.url).pathname;
  const process = new Deno.Command("sh", {
    args: ["-c", `${prelude}; exec "$0" "$@"`, Deno.execPath(), "run", "-A", "--no-check", script, ...args],
    stdout: "piped",
    stdin: "null",
  }).spawn();
  const lines: string[] = [];
  let wake = Promise.withResolvers<void>();
  const reading = (async () => {
    let rest = "";
    for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      wake.resolve();
      wake = Promise.withResolvers();
    }
  })();
  return {
    process,
    async said(line) {
      while (!lines.includes(line)) await Promise.race([wake.promise, process.status.then(() => line)]);
      return lines;
    },
    async kill() {
      process.kill("SIGKILL");
      await process.status;
      await reading;
    },
  };
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

Deno.test("The outbox file is made for its owner only, and only where it is needed", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await using _none = await ServiceUnderTest.open(hooksOptions(vhostHooks({}), { path }));
  await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  const some = hooksOptions(vhostHooks({ on_stop: "http://127.0.0.1:9/" }), { path });
  await using _some = await ServiceUnderTest.open(some);
  for (const entry of Deno.readDirSync(dir.path)) {
    assertEquals((Deno.statSync(`${dir.path}/${entry.name}`).mode ?? 0) & 0o777, 0o600, entry.name);
  }
});

Deno.test("A file that is something else is a clear error at the start where the outbox is required", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await Deno.writeTextFile(
    path,
    "this is not a database, but it is long enough to be read as one".repeat(50),
  );
  const options = hooksOptions(vhostHooks({ on_stop: "http://127.0.0.1:9/" }), { path, required: true });
  const error = await assertRejects(() => ServiceUnderTest.open(options), OutboxError);
  assertStringIncludes(error.message, path);
  assertStringIncludes(error.message, "not a database");
  assertStringIncludes(error.message, "hooks.outbox.path");
});

Deno.test("A directory that cannot be made is a clear error at the start", async () => {
  await using dir = await temporaryDirectory();
  await Deno.writeTextFile(`${dir.path}/file`, "");
  const path = `${dir.path}/file/outbox.db`;
  const options = hooksOptions(vhostHooks({ on_stop: "http://127.0.0.1:9/" }), { path, required: true });
  await assertRejects(() => ServiceUnderTest.open(options), OutboxError, `${dir.path}/file`);
});

Deno.test("A client id comes once, also where the outbox file was removed meanwhile", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path });
  const given: number[] = [];
  {
    await using tested = await ServiceUnderTest.open(options);
    for (let i = 0; i < 100; i++) given.push(tested.service.clientIds.next());
    await Deno.remove(path);
    await tested.log.waitFor("written again");
    for (let i = 0; i < 5000; i++) {
      given.push(tested.service.clientIds.next());
      // The worker has its turn.
      if (i % 500 === 0) await tested.request("on_connect", { clientId: i });
    }
    await tested.request("on_connect");
  }
  await using next = await ServiceUnderTest.open(options);
  assertEquals(new Set(given).size, given.length);
  assertGreater(next.service.clientIds.next(), Math.max(...given));
});

Deno.test("A new process goes on a thousand client ids after the one before", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path: `${dir.path}/outbox.db` });
  const first: number[] = [];
  for (let i = 0; i < 3; i++) {
    await using tested = await ServiceUnderTest.open(options);
    first.push(tested.service.clientIds.next());
  }
  assertEquals(first, [1, 1001, 2001]);
});

Deno.test("An outbox that cannot grow raises an alarm, and everybody is served from memory", async () => {
  await using dir = await temporaryDirectory();
  await using receiver = await HookReceiver.start();
  // Files of this process end at 400 KiB; without the trap the system would end the process itself.
  const child = startScript("trap '' XFSZ; ulimit -f 800", [receiver.url(), `${dir.path}/outbox.db`, "300"]);
  const lines = await child.said("open");
  assert(lines.includes("outbox alarm"));
  assertEquals(lines.filter((line) => line.startsWith("client ")).length, 300);
  await child.kill();
  assertEquals(receiver.requests.length, 600);
});

Deno.test("What is on a disk that cannot grow stays there while the outbox tries again, and the next start delivers it", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await using receiver = await HookReceiver.start();
  const child = startScript("trap '' XFSZ; ulimit -f 800", [receiver.url(), path, "300"]);
  assert((await child.said("checkpointed")).includes("outbox alarm"));
  await child.kill();
  using admin = OutboxAdmin.open(path, new SystemClock());
  const { asked, open } = admin.counts();
  assertGreater(asked + open, 100);
  receiver.requests.length = 0;
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path });
  await using tested = await ServiceUnderTest.open(options);
  await receiver.waitFor((request) => "reason" in request.json, asked + open);
  await tested.settle();
  assertEquals(receiver.requests.length, asked + open);
});

Deno.test("OutboxAdmin shows what is owed and replays dead events while a server runs", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await using receiver = await HookReceiver.start();
  receiver.reply("on_stop", { status: 404 });
  await using tested = await ServiceUnderTest.open(
    hooksOptions(vhostHooks(allEvents(receiver.url())), { path }),
  );
  await (await tested.admitted("on_play", { clientId: 7 })).end(CLIENT_LEFT);
  await (await tested.admitted("on_play", { clientId: 8 })).end(CLIENT_LEFT);
  await tested.log.waitFor("Hook event moved to the dead letters", 2);
  await tested.settle();
  using admin = OutboxAdmin.open(path, new SystemClock());
  const dead = admin.list("dead", 10);
  assertEquals(dead.map(({ event, clientId, cause }) => ({ event, clientId, cause })), [
    { event: "on_stop", clientId: 7, cause: "status 404" },
    { event: "on_stop", clientId: 8, cause: "status 404" },
  ]);
  assertEquals(tested.service.snapshot().outbox.dead, 2);
  receiver.reply("on_stop", 0);
  assertEquals(admin.replay("no such id"), 0);
  assertEquals(admin.replay(dead[1]?.id), 1);
  await receiver.waitFor("on_stop", 3);
  assertEquals(admin.replay(undefined), 1);
  await receiver.waitFor("on_stop", 4);
  await tested.settle();
  const stops = receiver.requests.filter((request) => request.action === "on_stop");
  assertEquals(stops.map(label), ["on_stop 7", "on_stop 8", "on_stop 8", "on_stop 7"]);
  assertEquals(new Set(stops.map((stop) => stop.headers["webhook-id"])).size, 2);
  assertEquals(admin.counts().dead, 0);
});

Deno.test("OutboxAdmin.open() says what is missing", async () => {
  await using dir = await temporaryDirectory();
  let message = "";
  try {
    OutboxAdmin.open(`${dir.path}/none.db`, new SystemClock());
  } catch (error) {
    if (error instanceof OutboxError) message = error.message;
  }
  assertStringIncludes(message, "no server with hooks has made it yet");
});
