/**
 * A start whose outbox file cannot be used: an alarm with the way out, everything in memory, and the file again once
 * it can be written.
 *
 * @module
 */
import { OutboxAdmin } from "../../../hooks/outbox/outbox_admin.ts";
import { explainOutboxFailure } from "../../../hooks/outbox/outbox_failure.ts";
import { SystemClock } from "../../../system/mod.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

Deno.test("What has the outbox's name is named in an alarm, and the file is used once it is out of the way", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await Deno.mkdir(path);
  await using receiver = await HookReceiver.start();
  const options = hooksOptions(vhostHooks(allEvents(receiver.url())), { path });
  await using tested = await ServiceUnderTest.open(options);
  assertMatch(
    tested.service.snapshot().outbox.alarm ?? "",
    /a directory has this name: name another file by hooks/,
  );
  const lease = await tested.admitted("on_publish", { clientId: tested.service.clientIds.next() });
  await Deno.remove(path);
  await tested.log.waitFor("written again");
  assertEquals(tested.service.snapshot().outbox.alarm, undefined);
  using admin = OutboxAdmin.open(path, new SystemClock());
  assertEquals(admin.list("open", 10).map(({ event }) => event), ["on_unpublish"]);
  await lease.end(CLIENT_LEFT);
  await tested.settle();
  assertEquals(receiver.actions(), ["on_publish", "on_unpublish"]);
});

Deno.test("Client ids of a start without the file are not given again by the next one with it", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  const options = hooksOptions(vhostHooks({ on_stop: "http://127.0.0.1:9/" }), { path });
  let last = 0;
  {
    await using first = await ServiceUnderTest.open(options);
    last = first.service.clientIds.next();
  }
  await Deno.rename(path, `${path}.away`);
  await Deno.mkdir(path);
  {
    await using without = await ServiceUnderTest.open(options);
    for (let i = 0; i < 400; i++) last = without.service.clientIds.next();
    await Deno.remove(path);
    await Deno.rename(`${path}.away`, path);
    await without.log.waitFor("written again");
  }
  await using next = await ServiceUnderTest.open(options);
  assert(next.service.clientIds.next() > last);
});

Deno.test("A directory that cannot be made does not stop a start", async () => {
  await using dir = await temporaryDirectory();
  await Deno.writeTextFile(`${dir.path}/file`, "");
  const path = `${dir.path}/file/below/outbox.db`;
  const options = hooksOptions(vhostHooks({ on_stop: "http://127.0.0.1:9/" }), { path });
  await using tested = await ServiceUnderTest.open(options);
  assertStringIncludes(tested.service.snapshot().outbox.alarm ?? "", `${dir.path}/file is not a directory`);
  await Deno.remove(`${dir.path}/file`);
  await tested.log.waitFor("written again");
});

const DETAILS: readonly (readonly [string, RegExp])[] = [
  ["database or disk is full", /full: make room on its disk$/],
  ["No space left on device (os error 28): open '/x'", /: make room on its disk$/],
  ["Read-only file system (os error 30)", /mounted read-only: mount it for writing/],
  ["disk I/O error", /make room on its disk, or replace the disk$/],
  ["file is not a database", /the file is not an outbox: name another file by hooks\.outbox\.path$/],
  [
    "it was written by a newer version (schema 9)",
    /start that version, so that it delivers the endings in the file/,
  ],
  [
    "database disk image is malformed",
    /move this one away; the endings that it holds are then lost to your service$/,
  ],
  ["database is locked", /another program holds the file: end that program$/],
];
for (const [detail, expected] of DETAILS) {
  Deno.test(`explainOutboxFailure() has a way out of "${detail}"`, async () => {
    await using dir = await temporaryDirectory();
    const path = `${dir.path}/outbox.db`;
    await Deno.writeTextFile(path, "x");
    const text = explainOutboxFailure(path, detail);
    assertStringIncludes(text, `Cannot open the hook outbox ${path}: ${detail}: `);
    assertMatch(text, expected);
    assert(!/move/.test(text) || /lost/.test(text), "moving a file away loses its endings");
  });
}

Deno.test("explainOutboxFailure() names owner and mode of a file that is not to be opened", async () => {
  await using dir = await temporaryDirectory();
  const path = `${dir.path}/outbox.db`;
  await Deno.writeTextFile(path, "x", { mode: 0o400 });
  const detail = "Permission denied (os error 13)";
  const own = Deno.statSync(path).uid;
  assertStringIncludes(
    explainOutboxFailure(path, detail),
    `the file ${path} belongs to uid ${own} and has mode 0400: chmod u+rw ${path}`,
  );
  await Deno.chmod(path, 0o600);
  await Deno.chmod(dir.path, 0o500);
  assertStringIncludes(explainOutboxFailure(path, detail), `the directory ${dir.path} belongs to uid ${own}`);
  await Deno.chmod(dir.path, 0o700);
  // Only root can give a file to another user.
  if (own !== 0) return;
  await Deno.chown(path, 12345, null);
  assertStringIncludes(
    explainOutboxFailure(path, detail),
    `belongs to uid 12345 and has mode 0600, and this server runs as uid 0: start the server as the owner, or give it ` +
      `the file: chown 0 ${path}*`,
  );
});
