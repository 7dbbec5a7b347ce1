/**
 * Recordings of a server that is killed and started again: each file is whole, and reported exactly once.
 *
 * @module
 */
import { assert, assertEquals, assertLessOrEqual } from "../support/assert.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { mediaTools, runTool } from "../support/process/ffmpeg.ts";
import { pause, percentile, random, showFigure, shown } from "../support/process/show.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { VIDEO_FRAME_MS } from "../support/stream/media.ts";
import { until } from "../support/wait.ts";

const KILLS = shown(50, 3);
const STREAMS = 10;
/** A fragment is a GOP of 400 ms here; on a busy machine the server is behind its publishers. */
const MOST_LOST_MS = 3000;

function recorded(extension: string, ...top: readonly string[]): Promise<HookHarness> {
  return HookHarness.open({
    top,
    sections: [
      "[vhost.__defaultVhost__.dvr]",
      "enabled = true",
      `dvr_path = "./rec/[stream].[timestamp].${extension}"`,
    ],
  });
}

/** Files in the folder, by name. */
function filesIn(directory: string): string[] {
  try {
    return [...Deno.readDirSync(`${directory}/rec`)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

for (const [extension, workers] of [["flv", 1], ["mp4", 2]] as const) {
  Deno.test(`recordings as ${extension} on ${workers} threads survive ${KILLS} kills, each reported once`, async () => {
    await using stage = await recorded(extension, `workers = ${workers}`);
    const { receiver, directory } = stage;
    const url = receiver.url();
    assert(url !== "");
    /** Of each stream: what was sent of it before each kill. */
    const sent: number[][] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const publishers = await Promise.all(
        Array.from({ length: STREAMS }, (_, i) => LivePublisher.publish(stage.port, `cam${i}`)),
      );
      const liveMs = 2500 + random(1500);
      await pause(liveMs);
      sent.push(publishers.map(({ frames }) => frames * VIDEO_FRAME_MS));
      await stage.kill();
      await Promise.all(publishers.map((publisher) => publisher[Symbol.asyncDispose]()));
      await stage.start();
    }
    await until(() => filesIn(directory).every((name) => !name.endsWith(".tmp")));
    const wanted = KILLS * STREAMS;
    const reports = await receiver.waitFor("on_dvr", wanted);
    await stage.stop();

    assertEquals(receiver.requests.filter(({ action }) => action === "on_dvr").length, wanted);
    const files = filesIn(directory);
    assertEquals(files.length, wanted);
    assertEquals(reports.map(({ json }) => json.file).sort(), files.map((name) => `./rec/${name}`));
    assertEquals(new Set(reports.map(({ json }) => json.reason)), new Set(["server_restart"]));
    const lost = Array.from({ length: STREAMS }, (_, stream) => {
      const durations = reports.filter(({ json }) => json.stream === `cam${stream}`)
        .sort((a, b) => String(a.json.file).localeCompare(String(b.json.file)))
        .map(({ json }) => 1000 * Number(json.duration));
      assertEquals(durations.length, KILLS);
      return durations.map((durationMs, kill) => (sent[kill]?.[stream] ?? 0) - durationMs);
    }).flat();
    assertLessOrEqual(Math.max(...lost), MOST_LOST_MS);
    showFigure(
      `${KILLS} kills, ${files.length} files as ${extension}, each reported once; lost of what was sent: ` +
        `${percentile(lost, 0.5).toFixed(0)} ms in the middle, ${
          percentile(lost, 0.95).toFixed(0)
        } ms of 95 in 100, ` +
        `${Math.max(...lost).toFixed(0)} ms at most`,
    );
    const { ffmpeg } = await mediaTools();
    for (const name of files.slice(0, shown(files.length, 5))) {
      const path = `${directory}/rec/${name}`;
      const { code, stderr } = await runTool(ffmpeg, [
        "-v",
        "error",
        "-xerror",
        "-i",
        path,
        "-f",
        "null",
        "-",
      ]);
      assertEquals([code, stderr], [0, ""], name);
    }
  });
}

Deno.test("a recording is reported before the end of its publish, and its file is whole by then", async () => {
  await using stage = await recorded("mp4");
  const { receiver, directory } = stage;
  const publisher = await LivePublisher.publish(stage.port, "cam");
  await pause(2000);
  await publisher.leave("cam");
  await publisher[Symbol.asyncDispose]();
  const [report] = await receiver.waitFor("on_dvr");
  await receiver.waitFor("on_unpublish");
  assertEquals(
    receiver.actions().filter((action) => action === "on_dvr" || action === "on_unpublish"),
    ["on_dvr", "on_unpublish"],
  );
  const [name = ""] = filesIn(directory);
  assertEquals(report?.json.file, `./rec/${name}`);
  assertEquals(report?.json.cwd, await Deno.realPath(directory));
  assertEquals(report?.json.bytes, (await Deno.stat(`${directory}/rec/${name}`)).size);
  assertLessOrEqual(Math.abs(Number(report?.json.duration) - 2), 1);
});
