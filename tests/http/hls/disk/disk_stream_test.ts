/**
 * A stream on a disk that hangs.
 *
 * @module
 */
import { DiskAlarm } from "../../../../http/hls/disk/disk_alarm.ts";
import { DiskDirectory } from "../../../../http/hls/disk/disk_directory.ts";
import { DiskStream } from "../../../../http/hls/disk/disk_stream.ts";
import { WriteQueue } from "../../../../http/hls/disk/write_queue.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { filesIn, sinkSegment } from "../../../support/hls/sink_segment.ts";
import { MemoryLog } from "../../../support/hooks/hook_fixtures.ts";
import { testRtmpOptions } from "../../../support/rtmp/rtmp_harness.ts";
import { temporaryDirectory } from "../../../support/temporary_directory.ts";

const NAME = { vhost: "__defaultVhost__", app: "live", stream: "cam" };

Deno.test("a disk that hangs holds few segments, the newest, and nothing else", async () => {
  await using directory = await temporaryDirectory();
  const log = new MemoryLog();
  const queue = new WriteQueue();
  const hanging = Promise.withResolvers<void>();
  for (let writer = 0; writer < 4; writer++) void queue.run(() => hanging.promise);
  const alarm = new DiskAlarm(log, directory.path);
  const files = DiskDirectory.open(directory.path, alarm);
  const [vhost] = testRtmpOptions({}).vhosts.values();
  assert(vhost !== undefined);
  const options = { ...vhost.hls, path: directory.path };
  const stream = new DiskStream(NAME, options, { directory: files, alarm, queue, cwd: "/srv" });
  for (let sequence = 1; sequence <= 20; sequence++) stream.add(sinkSegment(sequence), undefined);
  assertEquals(queue.waitingBytes, 50);
  hanging.resolve();
  await stream.settled();
  assertEquals(queue.waitingBytes, 0);
  // The first one was on its way when the disk began to hang.
  assertEquals(await filesIn(directory.path), [
    ...[1, 16, 17, 18, 19, 20].map((number) => `live/cam-${number}.ts`),
    "live/cam.m3u8",
  ]);
  assertEquals(log.lines.map(({ message }) => message), [
    "HLS files cannot be written: streams go on without",
    "HLS files are written again",
  ]);
  await files.close();
});

Deno.test("files that cannot be removed are said once, until one can be", async () => {
  await using directory = await temporaryDirectory();
  const log = new MemoryLog();
  const files = DiskDirectory.open(directory.path, new DiskAlarm(log, directory.path));
  // A directory that is not empty cannot be removed as a file.
  for (const name of ["a.ts", "b.ts"]) await Deno.mkdir(`${directory.path}/${name}/x`, { recursive: true });
  for (const name of ["a.ts", "b.ts", "a.ts"]) await files.remove(name);
  assertEquals(log.lines.map(({ message, fields }) => [message, fields?.["file"]]), [
    ["HLS file not removed", "a.ts"],
  ]);
  await Deno.writeTextFile(`${directory.path}/c.ts`, "");
  await files.remove("c.ts");
  await files.remove("b.ts");
  assertEquals(log.lines.length, 2);
  await files.close();
});
