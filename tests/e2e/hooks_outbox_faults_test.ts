/**
 * The outbox's file is taken away from a running server: an alarm, nothing lost, and all well again afterwards.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { assertPairs } from "../support/hooks/hook_record.ts";
import { HookHarness, type HookHarnessOptions } from "../support/hooks/hook_harness.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { Filler, obeysFileModes, SmallDisk, smallDisk } from "../support/hooks/outbox_mounts.ts";
import { showFigure } from "../support/process/show.ts";

const ALARM =
  /\[error\]\[\S*\] Hook outbox cannot be written: endings are kept in memory only path=\S+ cause=/;
const RECOVERED = /\[warn\]\[\S*\] Hook outbox is written again/;
const HOOKS = ['on_error = "allow"'];

/** Publishers that come and go while the service is away, so that everything has to be kept. */
async function comeAndGo(stage: HookHarness, name: string, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, async (_, index) => {
    const publisher = await LivePublisher.publish(stage.port, `${name}${index}`);
    await publisher.leave(`${name}${index}`);
  }));
}

/** Everything is delivered after all, once and in order. */
async function allTold(stage: HookHarness, publishers: number): Promise<void> {
  stage.receiver.listen();
  await stage.settled();
  const { pairs, unseen } = assertPairs(stage.receiver.requests);
  assertEquals([pairs, unseen], [publishers * 2, 0]);
}

async function alarmRaised(stage: HookHarness): Promise<string> {
  const line = await stage.server.waitForLine(ALARM);
  const { alarm } = await stage.outboxUntil((outbox) => outbox.alarm !== null, "the alarm in the API");
  assertStringIncludes(line, "cause=");
  return alarm ?? "";
}

async function recovered(stage: HookHarness): Promise<void> {
  await stage.server.waitForLine(RECOVERED);
  await stage.outboxUntil((outbox) => outbox.alarm === null, "the end of the alarm in the API");
}

async function stageWithServiceAway(options: HookHarnessOptions = {}): Promise<HookHarness> {
  const stage = await HookHarness.open({ hooks: HOOKS, ...options });
  await stage.receiver.stop();
  return stage;
}

Deno.test("the outbox file is deleted: it is written again, and survives a kill", async () => {
  await using stage = await stageWithServiceAway();
  await using stays = await LivePublisher.publish(stage.port, "stays");
  await comeAndGo(stage, "before", 5);
  await Deno.remove(stage.outboxPath);
  assertMatch(await stage.server.waitForLine(ALARM), /cause="the file was removed or replaced"/);
  await recovered(stage);
  await comeAndGo(stage, "after", 5);
  await stage.kill();
  await stays[Symbol.asyncDispose]();
  await stage.start();
  await allTold(stage, 11);
  const reasons = stage.receiver.requests.filter(({ json }) => json.stream === "stays").map(({ json }) =>
    json.reason
  );
  assertEquals(reasons, [undefined, "server_restart", "server_restart"]);
});

Deno.test("the outbox file is made read-only: it is written on, and a start that requires it says what is wrong", async () => {
  await using stage = await stageWithServiceAway({ wrapper: obeysFileModes(), outbox: ["required = true"] });
  await comeAndGo(stage, "before", 5);
  await Deno.chmod(stage.outboxPath, 0o400);
  // The open file is not touched by that; nothing is lost, and there is nothing to raise an alarm about.
  await comeAndGo(stage, "after", 5);
  assertEquals((await stage.outbox()).alarm, null);
  await stage.kill();
  const refused = await assertRejects(() => stage.start(), Error, "Cannot open the hook outbox");
  assertStringIncludes(refused.message, stage.outboxPath);
  assertStringIncludes(refused.message, `and has mode 0400: chmod u+rw ${stage.outboxPath}`);
  assertStringIncludes(refused.message, "hooks.outbox.required = false");
  await Deno.chmod(stage.outboxPath, 0o600);
  await stage.start();
  await allTold(stage, 10);
});

Deno.test("the outbox's directory is made read-only and the file is gone: memory keeps everything until it is back", async () => {
  await using stage = await stageWithServiceAway({ wrapper: obeysFileModes() });
  const directory = stage.outboxPath.slice(0, stage.outboxPath.lastIndexOf("/"));
  await comeAndGo(stage, "before", 5);
  await Deno.remove(stage.outboxPath);
  await Deno.chmod(directory, 0o500);
  assertMatch(await alarmRaised(stage), /removed or replaced/);
  await comeAndGo(stage, "meanwhile", 20);
  assert((await stage.outbox()).alarm !== null);
  await Deno.chmod(directory, 0o700);
  await recovered(stage);
  // What was in memory only is in the file now.
  await stage.kill();
  await stage.start();
  await allTold(stage, 25);
});

Deno.test("the outbox's disk is full: an alarm, memory keeps everything, and the file has it when there is room", async () => {
  const disk = await Deno.makeTempDir({ prefix: "srs-disk-" });
  try {
    await using stage = await stageWithServiceAway({
      wrapper: smallDisk(disk, 2048),
      outboxPath: `${disk}/srs.outbox.db`,
    });
    await comeAndGo(stage, "before", 5);
    const filler = await Filler.fill(stage.server, disk);
    await comeAndGo(stage, "meanwhile", 50);
    const alarm = await alarmRaised(stage);
    assertMatch(alarm, /full/);
    await comeAndGo(stage, "still", 50);
    await filler[Symbol.asyncDispose]();
    await recovered(stage);
    assertEquals(stage.server.lines.filter((line) => ALARM.test(line)).length, 1, "one alarm is one line");
    await allTold(stage, 105);
    showFigure(`disk full: alarm "${alarm}", 105 publishers, nothing lost`);
  } finally {
    await Deno.remove(disk, { recursive: true });
  }
});

/** A stage whose outbox is on a disk of 2 MB that outlives its servers; the service is away. */
function stageOn(disk: SmallDisk, options: HookHarnessOptions = {}): Promise<HookHarness> {
  const wrapperIn = (directory: string) => disk.wrapper(directory);
  return stageWithServiceAway({ ...options, wrapperIn, outboxPath: `${disk.directory}/srs.outbox.db` });
}

Deno.test("a start on a full disk: an alarm, memory keeps everything, and the file has it when there is room", async () => {
  await using disk = await SmallDisk.mount(2048);
  await using stage = await stageOn(disk);
  await comeAndGo(stage, "before", 5);
  const stays = await LivePublisher.publish(stage.port, "stays");
  await stage.kill();
  await stays[Symbol.asyncDispose]();
  const filler = await disk.fill();
  const server = await stage.start();
  const alarm = await alarmRaised(stage);
  assertMatch(alarm, /Cannot open the hook outbox \S+: .*: make room on its disk/);
  assert(
    server.lines.some((line) => line.includes("ALARM") && line.includes(alarm)),
    "the banner shows the alarm",
  );
  await comeAndGo(stage, "meanwhile", 5);
  await filler[Symbol.asyncDispose]();
  await recovered(stage);
  // What memory had, and what the file had from before, is in the file now, once.
  await stage.kill();
  await stage.start();
  await allTold(stage, 11);
  assertEquals(
    new Set(stage.receiver.requests.map(({ json }) => json.client_id)).size,
    11,
    "no client id twice",
  );
  showFigure(`start on a full disk: alarm "${alarm}", 11 publishers, nothing lost`);
});

for (const end of ["kill", "stop"] as const) {
  Deno.test(`a start on a full disk after a ${end}: what the file has is delivered, and not again when there is room`, async () => {
    await using disk = await SmallDisk.mount(2048);
    await using stage = await stageOn(disk, { top: [`pid = "${disk.directory}/srs.pid"`] });
    await comeAndGo(stage, "before", 5);
    await stage[end]();
    const filler = await disk.fill();
    await stage.start();
    await stage.server.waitForLine(
      /Hook outbox cannot be written, and what it holds is delivered from memory/,
    );
    await allTold(stage, 5);
    assert((await stage.outbox()).alarm !== null);
    await filler[Symbol.asyncDispose]();
    await recovered(stage);
    await stage.kill();
    const calls = stage.receiver.requests.length;
    await stage.start();
    await stage.settled();
    assertEquals(stage.receiver.requests.length, calls);
  });
}

Deno.test("a start on a full disk that requires the outbox says so and ends", async () => {
  await using disk = await SmallDisk.mount(2048);
  await using stage = await stageOn(disk, { outbox: ["required = true"] });
  await stage.kill();
  await using _filler = await disk.fill();
  const refused = await assertRejects(() => stage.start(), Error, "Cannot open the hook outbox");
  assertMatch(
    refused.message,
    /make room on its disk.*; or start without it: hooks\.outbox\.required = false/,
  );
});

Deno.test("an outbox of another user: the alarm names the owner, and the file is used once it may be", async () => {
  if (Deno.uid() !== 0) throw new Error("Cannot test files of another user: only root can make them");
  await using stage = await stageWithServiceAway({ wrapper: obeysFileModes() });
  await comeAndGo(stage, "before", 5);
  await stage.kill();
  await Deno.chown(stage.outboxPath, 12345, null);
  await stage.start();
  assertMatch(
    await alarmRaised(stage),
    /belongs to uid 12345 and has mode 0600, and this server runs as uid 0: .* chown 0 \S+\*/,
  );
  await comeAndGo(stage, "meanwhile", 5);
  await Deno.chown(stage.outboxPath, 0, null);
  await recovered(stage);
  await stage.server.waitForLine(/Hook outbox delivers what an earlier process left/);
  await allTold(stage, 10);
});
