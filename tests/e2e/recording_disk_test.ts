/**
 * Recordings on disks that take nothing, or nothing more: the stream goes on for its players, the service and the operator
 * learn why, and what was written stays whole.
 *
 * @module
 */
import { assert, assertEquals, assertGreater, assertLess } from "../support/assert.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { Filler, obeysFileModes, smallDisk } from "../support/hooks/outbox_mounts.ts";
import { asBody, type Body } from "../support/http/api_harness.ts";
import { mediaTools, runTool } from "../support/process/ffmpeg.ts";
import { pause, SHOW_FULL, showFigure } from "../support/process/show.ts";
import { StallingDisk } from "../support/record/stalling_disk.ts";
import { GapPlayer, LivePublisher } from "../support/rtmp/live_client.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";
import { until } from "../support/wait.ts";

const ENDED = /Recording ended by its disk url=\/live\/cam error=(.*)/;
const MEGABYTE = 1024 * 1024;

function dvr(path: string, ...more: readonly string[]): readonly string[] {
  return ["[vhost.__defaultVhost__.dvr]", "enabled = true", `dvr_path = "${path}"`, ...more];
}

async function records(stage: HookHarness): Promise<readonly Body[]> {
  const { records } = JSON.parse(await stage.api("/api/v1/records"));
  assert(Array.isArray(records));
  return records.map(asBody);
}

/** It plays without an error from its first frame to its last. */
async function assertPlays(path: string): Promise<void> {
  const { ffmpeg } = await mediaTools();
  const args = ["-v", "error", "-xerror", "-i", path, "-f", "null", "-"];
  const { code, stderr } = await runTool(ffmpeg, args);
  assertEquals([code, stderr], [0, ""], path);
}

Deno.test("a stream that is to be recorded in a read-only directory goes on without, and the log says why once", async () => {
  await using folder = await temporaryDirectory();
  await Deno.chmod(folder.path, 0o555);
  await using stage = await HookHarness.open({
    sections: dvr(`${folder.path}/[app]/[stream].mp4`),
    wrapper: obeysFileModes(),
  });
  await using _publisher = await LivePublisher.publish(stage.port, "cam");
  await using player = await GapPlayer.play(stage.port, "cam");
  const cannotBegin =
    /Recording cannot begin url=\/live\/cam error=.*Cannot make .*live.*: Permission denied"?$/;
  await stage.server.waitForLine(cannotBegin);
  await stage.server.waitForLine(/dvr\.dvr_path: Cannot record below .*: Permission denied/);
  const seen = player.frames;
  await until(() => player.frames > seen + 50);
  assertEquals(stage.server.lines.filter((line) => cannotBegin.test(line)).length, 1);
  assertEquals(await records(stage), []);
  assertEquals([...Deno.readDirSync(folder.path)], []);
  await Deno.chmod(folder.path, 0o755);
});

Deno.test("recordings of one name are numbered, also next to a file that was there, and while one is written", async () => {
  await using folder = await temporaryDirectory();
  await Deno.mkdir(`${folder.path}/live`);
  await Deno.writeTextFile(`${folder.path}/live/cam.flv`, "mine");
  await using stage = await HookHarness.open({ sections: dvr(`${folder.path}/[app]/cam.flv`) });
  await using first = await LivePublisher.publish(stage.port, "a");
  await until(async () => (await records(stage)).length === 1);
  await using second = await LivePublisher.publish(stage.port, "b");
  await until(async () => (await records(stage)).length === 2);
  await until(() => first.frames > 50 && second.frames > 50);
  await first.leave("a");
  await second.leave("b");
  const reports = await stage.receiver.waitFor("on_dvr", 2);
  assertEquals(
    reports.map(({ json }) => [json.stream, json.file]).sort(),
    [["a", `${folder.path}/live/cam-1.flv`], ["b", `${folder.path}/live/cam-2.flv`]],
  );
  assertEquals(await Deno.readTextFile(`${folder.path}/live/cam.flv`), "mine");
  for (const number of [1, 2]) await assertPlays(`${folder.path}/live/cam-${number}.flv`);
});

for (const format of ["flv", "mp4"] as const) {
  Deno.test(`a full disk ends a recording as ${format} and not the stream; what was written plays and is reported at once`, async () => {
    await using folder = await temporaryDirectory();
    const limit = "dvr_min_free = 0";
    await using stage = await HookHarness.open({
      sections: dvr(`${folder.path}/[stream].[timestamp].${format}`, limit),
      wrapper: smallDisk(folder.path, 4096),
    });
    await using publisher = await LivePublisher.publish(stage.port, "cam");
    await using player = await GapPlayer.play(stage.port, "cam");
    await until(async () => (await records(stage)).some(({ bytes }) => Number(bytes) > 100_000));
    const from = publisher.frames;
    const filler = await Filler.fill(stage.server, folder.path);
    assert(/os error 28/.test(await stage.server.waitForLine(ENDED)));
    const [report] = await stage.receiver.waitFor("on_dvr");
    assertEquals([report?.json.stream, report?.json.reason], ["cam", "disk"]);
    assertGreater(Number(report?.json.bytes), 100_000);
    await until(() => player.frames > from);
    const file = `/proc/${stage.server.pid}/root${report?.json.file}`;
    assertEquals((await Deno.stat(file)).size, report?.json.bytes);
    await assertPlays(file);
    await filler[Symbol.asyncDispose]();
    // Where there is room again a new file of the same publish begins, after a pause.
    await until(async () => (await records(stage)).some(({ running }) => running === true));
    await publisher.leave("cam");
    const reports = await stage.receiver.waitFor("on_dvr", 2);
    assertEquals(reports.map(({ json }) => json.reason), ["disk", "client"]);
    assertEquals(new Set(reports.map(({ json }) => json.session_id)).size, 1);
    await assertPlays(`/proc/${stage.server.pid}/root${reports[1]?.json.file}`);
  });
}

/** Longer than what a recording bears. */
const STALL_MS = 25_000;
const MOST_MEMORY_BYTES = 100 * MEGABYTE;
const STREAMS = 10;

// Few machines permit the mount.
if (SHOW_FULL) {
  Deno.test("a disk that stands still ends recordings and reports them; publishers, players, hooks and API notice nothing", async () => {
    await using disk = await StallingDisk.mount();
    await using stage = await HookHarness.open({ sections: dvr(`${disk.path}/[stream].[timestamp].mp4`) });
    await using clients = new AsyncDisposableStack();
    const names = Array.from({ length: STREAMS }, (_, i) => `cam${i}`);
    const players: GapPlayer[] = [];
    for (const name of names) {
      clients.use(await LivePublisher.publish(stage.port, name));
      players.push(clients.use(await GapPlayer.play(stage.port, name)));
    }
    await until(async () =>
      (await records(stage)).filter(({ bytes }) => Number(bytes) > 0).length === STREAMS
    );
    const bytesBefore = await stage.memoryBytes();
    disk.stall();
    const since = performance.now();
    const answersMs: number[] = [];
    let mostBytes = 0;
    while (performance.now() - since < STALL_MS) {
      const asked = performance.now();
      await records(stage);
      answersMs.push(performance.now() - asked);
      mostBytes = Math.max(mostBytes, await stage.memoryBytes());
      await pause(500);
    }
    const reports = await stage.receiver.waitFor("on_dvr", STREAMS);
    assertEquals(new Set(reports.map(({ json }) => json.reason)), new Set(["disk"]));
    await using late = await LivePublisher.publish(stage.port, "late");
    assert(
      /stands still/.test(await stage.server.waitForLine(/waits for room on its disk url=\/live\/late/)),
    );
    await late.leave("late");
    await stage.receiver.waitFor(({ action, json }) => action === "on_unpublish" && json.stream === "late");
    const gapsMs = players.map((player) => Math.max(...player.gapsSince(since)));
    disk.goOn();
    const log = stage.server.lines;
    await until(() => log.filter((line) => /Recording finished .*reason=disk/.test(line)).length >= STREAMS);
    for (const { json } of reports) await assertPlays(String(json.file));
    // Begun again by themselves.
    await until(async () =>
      (await records(stage)).filter(({ running }) => running === true).length === STREAMS
    );
    assertEquals(stage.receiver.requests.filter(({ action }) => action === "on_dvr").length, STREAMS);
    assertLess(mostBytes - bytesBefore, MOST_MEMORY_BYTES);
    showFigure(
      `${STALL_MS / 1000} s without a disk: longest pause of a player ${
        Math.round(Math.max(...gapsMs))
      } ms, ` +
        `longest answer ${Math.round(Math.max(...answersMs))} ms, memory ${
          ((mostBytes - bytesBefore) / MEGABYTE).toFixed(1)
        } MB more`,
    );
  });
}
