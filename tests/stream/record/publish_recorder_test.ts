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

interface RecordedOptions {
  /** Where its file is. */
  readonly path: string;
  /** Whether it is recorded without an order of the API. */
  readonly record?: boolean;
  readonly minFreeBytes?: number;
}

/** A publish of live/cam at the default vhost, and its recorder; it ends when it goes out of scope. */
class RecordedPublish {
  readonly clock = new ManualClock();
  readonly changes: RecordingChange[] = [];
  readonly lines: string[] = [];
  /** Of the disk. */
  freeBytes = 1e12;
  readonly stream = { vhost: "__defaultVhost__", app: "live", stream: "cam" };
  readonly #source = liveSource();
  readonly #recorder: PublishRecorder;
  readonly #publish: LivePublish;

  constructor({ path, record = true, minFreeBytes = 0 }: RecordedOptions) {
    let ids = 0;
    this.#recorder = new PublishRecorder({
      clock: this.clock,
      log: { write: (...[, , message]) => void this.lines.push(message) },
      account: { changed: (change) => void this.changes.push(change) },
      freeBytes: () => Promise.resolve(this.freeBytes),
      random: (length) => new Uint8Array(length).fill(++ids),
    });
    const vhost = defaultRtmpOptions().vhosts.get(this.stream.vhost);
    assert(vhost !== undefined);
    const dvr = { ...vhost.dvr, path, minFreeBytes };
    this.#publish = {
      ...{ clientId: 1, vhost: { ...vhost, dvr }, app: "live", stream: "cam", source: this.#source },
      ...{ forward: [], edge: undefined, record },
    };
  }

  /** Publish a sequence header and a key frame at 0. */
  begin(): void {
    this.#recorder.began(this.#publish);
    this.receive(0, avcSequenceHeader());
    this.receive(0, avcKeyFrame());
  }

  /** Publish a message of video. */
  receive(timestamp: number, payload: Uint8Array<ArrayBuffer>): void {
    this.#source.receive({ typeId: MediaKind.Video, timestamp, payload }, 0);
    this.#source.flush();
  }

  /** Order a start. */
  start(): ReturnType<PublishRecorder["record"]> {
    return this.#recorder.record({ kind: "start", stream: this.stream });
  }

  /** Order a stop. */
  stop(id: string): ReturnType<PublishRecorder["record"]> {
    return this.#recorder.record({ kind: "stop", id });
  }

  /** End the publish. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#recorder.ended(this.#publish, "client");
  }
}

Deno.test("a recording that waits for room on its disk can be stopped, by the id of its next file", async () => {
  await using directory = await temporaryDirectory();
  await using publish = new RecordedPublish({ path: `${directory.path}/[stream].flv`, minFreeBytes: 1e9 });
  const { changes, clock } = publish;
  publish.begin();
  await until(() => changes.some(({ kind }) => kind === "started"));
  const first = await publish.start();
  assert(first.kind === "recording");
  publish.freeBytes = 0;
  await clock.advance(60_000);
  await until(() => changes.some(({ kind }) => kind === "finished"));
  assertEquals(await publish.stop(first.id), { kind: "none" });
  const waiting = await publish.start();
  assert(waiting.kind === "recording");
  assertNotEquals(waiting.id, first.id);
  assertEquals(await publish.stop(waiting.id), { kind: "stopped" });
  assertEquals((await publish.start()).kind, "started");
});

for (const format of ["flv", "mp4"]) {
  Deno.test(`a start by order says why its file cannot be made, and the next one may work: ${format}`, async () => {
    await using directory = await temporaryDirectory();
    const folder = `${directory.path}/rec`;
    await using publish = new RecordedPublish({ path: `${folder}/[stream].${format}`, record: false });
    const { changes, clock } = publish;
    publish.begin();
    publish.receive(400, avcInterFrame(1));
    await Deno.writeTextFile(folder, "a file where the folder should be");
    const failed = await publish.start();
    assert(failed.kind === "failed");
    assertStringIncludes(failed.error, `Cannot make ${folder}/cam.${format}: `);
    assertEquals(changes, []);

    await Deno.remove(folder);
    const startedMs = clock.wallNow();
    const started = await publish.start();
    assert(started.kind === "started");
    // MP4 is written when a crash would lose a whole group of pictures, and is begun then.
    for (let timestamp = 800; timestamp < 4000; timestamp += 400) {
      await clock.advance(400);
      publish.receive(timestamp, avcKeyFrame());
    }
    await until(() => changes.length > 0);
    const [first] = changes;
    assert(first?.kind === "started");
    assertEquals([first.recording.id, first.recording.root], [started.id, folder]);
    // Its first frame came before the order.
    assertEquals(first.recording.startMs, startedMs - 400);
    assertEquals(await publish.stop(started.id), { kind: "stopped" });
  });
}

Deno.test("the id of a file that cannot be made is that of the next try", async () => {
  await using directory = await temporaryDirectory();
  const folder = `${directory.path}/rec`;
  await Deno.writeTextFile(folder, "a file where the folder should be");
  await using publish = new RecordedPublish({ path: `${folder}/[stream].flv` });
  const { changes, clock, lines } = publish;
  publish.begin();
  await until(() => lines.includes("Recording cannot begin"));
  const waiting = await publish.start();
  assert(waiting.kind === "recording");
  await Deno.remove(folder);
  await clock.advance(60_000);
  await until(() => changes.length > 0);
  assert(changes[0]?.kind === "started");
  assertEquals(changes[0].recording.id, waiting.id);
});

Deno.test("a publish whose path could not be used is not being recorded: a start by order tries again", async () => {
  await using directory = await temporaryDirectory();
  const root = `${directory.path}/rec`;
  await Deno.mkdir(root);
  await Deno.symlink(directory.path, `${root}/live`);
  await using publish = new RecordedPublish({ path: `${root}/[app]/[stream].flv` });
  publish.begin();
  await until(() => publish.lines.includes("Stream not recorded"));
  const failed = await publish.start();
  assert(failed.kind === "failed");
  assertStringIncludes(failed.error, `${root}/live is a link that leads out of ${root}`);
  await Deno.remove(`${root}/live`);
  const started = await publish.start();
  assert(started.kind === "started");
  assertEquals(await publish.start(), { kind: "recording", id: started.id });
  assertEquals(await publish.stop(started.id), { kind: "stopped" });
});
