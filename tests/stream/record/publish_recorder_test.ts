/** What the API can do with the recording of a publish. */
import type { LivePublish } from "../../../stream/admission/mod.ts";
import { MediaKind } from "../../../stream/media/mod.ts";
import { PublishRecorder } from "../../../stream/record/publish_recorder.ts";
import type { RecordingChange } from "../../../core/mod.ts";
import { assert, assertEquals, assertNotEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { defaultRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { liveSource } from "../../support/stream/live_stream.ts";
import { avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
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
