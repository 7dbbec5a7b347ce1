/** What the API can do with the recording of a publish. */
import type { LivePublish } from "../../../stream/admission/mod.ts";
import { MediaKind } from "../../../stream/media/mod.ts";
import { PublishRecorder } from "../../../stream/record/publish_recorder.ts";
import type { RecordingChange } from "../../../core/mod.ts";
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { defaultRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { liveSource } from "../../support/stream/live_stream.ts";
import { avcInterFrame, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";
import { until } from "../../support/wait.ts";

Deno.test("a recording that waits for room on its disk can be stopped, by the id of its next file", async () => {
  await using directory = await temporaryDirectory();
  const clock = new ManualClock();
  const changes: RecordingChange[] = [];
  let freeBytes = 1e12;
  let ids = 0;
  const recorder = new PublishRecorder({
    clock,
    log: { write: () => {} },
    account: { changed: (change) => void changes.push(change) },
    freeBytes: () => Promise.resolve(freeBytes),
    random: (length) => new Uint8Array(length).fill(++ids),
  });
  const vhost = defaultRtmpOptions().vhosts.get("__defaultVhost__");
  assert(vhost !== undefined);
  const dvr = { ...vhost.dvr, path: `${directory.path}/[stream].flv`, minFreeBytes: 1e9 };
  const source = liveSource();
  const publish: LivePublish = {
    ...{ clientId: 1, vhost: { ...vhost, dvr }, app: "live", stream: "cam", source },
    ...{ forward: [], edge: undefined, record: true },
  };
  recorder.began(publish);
  for (const payload of [avcSequenceHeader(), avcKeyFrame()]) {
    source.receive({ typeId: MediaKind.Video, timestamp: 0, payload }, 0);
  }
  source.flush();
  await until(() => changes.some(({ kind }) => kind === "started"));
  const stream = { vhost: vhost.name, app: "live", stream: "cam" };
  const first = await recorder.record({ kind: "start", stream });
  assert(first.kind === "recording");
  freeBytes = 0;
  await clock.advance(60_000);
  await until(() => changes.some(({ kind }) => kind === "finished"));
  assertEquals(await recorder.record({ kind: "stop", id: first.id }), { kind: "none" });
  const waiting = await recorder.record({ kind: "start", stream });
  assert(waiting.kind === "recording");
  assertNotEquals(waiting.id, first.id);
  assertEquals(await recorder.record({ kind: "stop", id: waiting.id }), { kind: "stopped" });
  assertEquals((await recorder.record({ kind: "start", stream })).kind, "started");
  await recorder.ended(publish, "client");
});

for (const format of ["flv", "mp4"]) {
  Deno.test(`a start by order says why its file cannot be made, and the next one may work: ${format}`, async () => {
    await using directory = await temporaryDirectory();
    const clock = new ManualClock();
    const changes: RecordingChange[] = [];
    let ids = 0;
    const recorder = new PublishRecorder({
      clock,
      log: { write: () => {} },
      account: { changed: (change) => void changes.push(change) },
      freeBytes: () => Promise.resolve(1e12),
      random: (length) => new Uint8Array(length).fill(++ids),
    });
    const vhost = defaultRtmpOptions().vhosts.get("__defaultVhost__");
    assert(vhost !== undefined);
    const folder = `${directory.path}/rec`;
    const dvr = { ...vhost.dvr, path: `${folder}/[stream].${format}` };
    const source = liveSource();
    const publish: LivePublish = {
      ...{ clientId: 1, vhost: { ...vhost, dvr }, app: "live", stream: "cam", source },
      ...{ forward: [], edge: undefined, record: false },
    };
    recorder.began(publish);
    for (
      const [timestamp, payload] of [[0, avcSequenceHeader()], [0, avcKeyFrame()], [
        400,
        avcInterFrame(1),
      ]] as const
    ) {
      source.receive({ typeId: MediaKind.Video, timestamp, payload }, 0);
    }
    source.flush();
    await Deno.writeTextFile(folder, "a file where the folder should be");
    const stream = { vhost: vhost.name, app: "live", stream: "cam" };
    const failed = await recorder.record({ kind: "start", stream });
    assert(failed.kind === "failed");
    assertStringIncludes(failed.error, `Cannot make ${folder}/cam.${format}: `);
    assertEquals(changes, []);

    await Deno.remove(folder);
    const startedMs = clock.wallNow();
    const started = await recorder.record({ kind: "start", stream });
    assert(started.kind === "started");
    // MP4 is written when a crash would lose a whole group of pictures, and is begun then.
    for (let timestamp = 800; timestamp < 4000; timestamp += 400) {
      await clock.advance(400);
      source.receive({ typeId: MediaKind.Video, timestamp, payload: avcKeyFrame() }, 0);
      source.flush();
    }
    await until(() => changes.length > 0);
    const [first] = changes;
    assert(first?.kind === "started");
    assertEquals([first.recording.id, first.recording.root], [started.id, folder]);
    // Its first frame came before the order.
    assertEquals(first.recording.startMs, startedMs - 400);
    assertEquals(await recorder.record({ kind: "stop", id: started.id }), { kind: "stopped" });
    await recorder.ended(publish, "client");
  });
}

Deno.test("the id of a file that cannot be made is that of the next try", async () => {
  await using directory = await temporaryDirectory();
  const clock = new ManualClock();
  const changes: RecordingChange[] = [];
  const lines: string[] = [];
  let ids = 0;
  const recorder = new PublishRecorder({
    clock,
    log: { write: (...[, , message]) => void lines.push(message) },
    account: { changed: (change) => void changes.push(change) },
    freeBytes: () => Promise.resolve(1e12),
    random: (length) => new Uint8Array(length).fill(++ids),
  });
  const vhost = defaultRtmpOptions().vhosts.get("__defaultVhost__");
  assert(vhost !== undefined);
  const folder = `${directory.path}/rec`;
  const dvr = { ...vhost.dvr, path: `${folder}/[stream].flv` };
  const source = liveSource();
  const publish: LivePublish = {
    ...{ clientId: 1, vhost: { ...vhost, dvr }, app: "live", stream: "cam", source },
    ...{ forward: [], edge: undefined, record: true },
  };
  await Deno.writeTextFile(folder, "a file where the folder should be");
  recorder.began(publish);
  for (const payload of [avcSequenceHeader(), avcKeyFrame()]) {
    source.receive({ typeId: MediaKind.Video, timestamp: 0, payload }, 0);
  }
  source.flush();
  await until(() => lines.includes("Recording cannot begin"));
  const stream = { vhost: vhost.name, app: "live", stream: "cam" };
  const waiting = await recorder.record({ kind: "start", stream });
  assert(waiting.kind === "recording");
  await Deno.remove(folder);
  await clock.advance(60_000);
  await until(() => changes.length > 0);
  assert(changes[0]?.kind === "started");
  assertEquals(changes[0].recording.id, waiting.id);
  await recorder.ended(publish, "client");
});

Deno.test("a publish whose path could not be used is not being recorded: a start by order tries again", async () => {
  await using directory = await temporaryDirectory();
  const clock = new ManualClock();
  const lines: string[] = [];
  let ids = 0;
  const recorder = new PublishRecorder({
    clock,
    log: { write: (...[, , message]) => void lines.push(message) },
    account: { changed: () => {} },
    freeBytes: () => Promise.resolve(1e12),
    random: (length) => new Uint8Array(length).fill(++ids),
  });
  const vhost = defaultRtmpOptions().vhosts.get("__defaultVhost__");
  assert(vhost !== undefined);
  const root = `${directory.path}/rec`;
  const dvr = { ...vhost.dvr, path: `${root}/[app]/[stream].flv` };
  const source = liveSource();
  const publish: LivePublish = {
    ...{ clientId: 1, vhost: { ...vhost, dvr }, app: "live", stream: "cam", source },
    ...{ forward: [], edge: undefined, record: true },
  };
  await Deno.mkdir(root);
  await Deno.symlink(directory.path, `${root}/live`);
  recorder.began(publish);
  for (const payload of [avcSequenceHeader(), avcKeyFrame()]) {
    source.receive({ typeId: MediaKind.Video, timestamp: 0, payload }, 0);
  }
  source.flush();
  await until(() => lines.includes("Stream not recorded"));
  const stream = { vhost: vhost.name, app: "live", stream: "cam" };
  const failed = await recorder.record({ kind: "start", stream });
  assert(failed.kind === "failed");
  assertStringIncludes(failed.error, `${root}/live is a link that leads out of ${root}`);
  await Deno.remove(`${root}/live`);
  const started = await recorder.record({ kind: "start", stream });
  assert(started.kind === "started");
  assertEquals(await recorder.record({ kind: "start", stream }), { kind: "recording", id: started.id });
  assertEquals(await recorder.record({ kind: "stop", id: started.id }), { kind: "stopped" });
  await recorder.ended(publish, "client");
});
