/** What a recorder does where the stream or the disk changes. */
import { type DiskFault, FileAppender } from "../../../stream/record/file_appender.ts";
import { MediaKind, type StreamMessage } from "../../../stream/media/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { startRecording } from "../../support/record/recorded_stream.ts";
import { readFlvFile } from "../../support/stream/flv_file.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../../support/stream/media.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";
import { until } from "../../support/wait.ts";

const FRAME_MS = 40;

function video(time: number, payload: Uint8Array<ArrayBuffer>): StreamMessage {
  return { typeId: MediaKind.Video, time, payload };
}

/** GOPs of 5 frames, each from `startMs` on. */
function gops(count: number, startMs = 0): StreamMessage[] {
  return Array.from({ length: 5 * count }, (_, i) => {
    const payload = i % 5 === 0 ? avcKeyFrame() : avcInterFrame(i % 5);
    return video(startMs + i * FRAME_MS, payload);
  });
}

function fileNames(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name);
}

const HEADER = video(0, avcSequenceHeader());
/** Another level. */
const OTHER_HEADER = video(0, avcSequenceHeader().map((byte, i) => i === 8 ? 11 : byte));

for (const format of ["flv", "mp4"] as const) {
  Deno.test(`another configuration begins another ${format} file, with the key frame`, async () => {
    await using directory = await temporaryDirectory();
    const { closed, recorder, take } = startRecording(`${directory.path}/[stream].${format}`);
    take([HEADER, ...gops(3), OTHER_HEADER, ...gops(2, 600)]);
    await recorder.stop("client");
    const seen = closed.map((
      { reason, durationMs, number },
    ) => [number, reason, Math.round(durationMs / 200)]);
    assertEquals(seen, [[0, "segment", 3], [1, "client", 2]]);
  });

  Deno.test(`a repeated configuration goes on in the same ${format} file`, async () => {
    await using directory = await temporaryDirectory();
    const { closed, recorder, take } = startRecording(`${directory.path}/[stream].${format}`);
    take([HEADER, ...gops(3), HEADER, ...gops(2, 600)]);
    await recorder.stop("client");
    assertEquals(closed.length, 1);
  });

  Deno.test(`a ${format} recording begins with a key frame, and one without a frame leaves no file`, async () => {
    await using directory = await temporaryDirectory();
    const trial = startRecording(`${directory.path}/[stream].${format}`);
    trial.take([HEADER, ...gops(1).slice(1)]);
    await trial.recorder.stop("client");
    assertEquals(trial.closed, []);
    assertEquals([...Deno.readDirSync(directory.path)], []);
  });
}

/** The first byte of each audio tag of an FLV file. */
async function soundsOf(path: string): Promise<number[]> {
  return readFlvFile(await Deno.readFile(path)).filter(({ typeId }) => typeId === MediaKind.Audio)
    .map(({ payload }) => payload[0] ?? 0);
}

Deno.test("another codec begins another FLV file, which has no header of the codec before", async () => {
  await using directory = await temporaryDirectory();
  const { closed, recorder, take } = startRecording(`${directory.path}/[stream].flv`);
  const sound = (time: number, ...bytes: number[]): StreamMessage => ({
    ...{ typeId: MediaKind.Audio, time },
    payload: Uint8Array.from(bytes),
  });
  const opus = new TextEncoder().encode("Opus");
  take([{ typeId: MediaKind.Audio, time: 0, payload: aacSequenceHeader() }]);
  take([{ typeId: MediaKind.Audio, time: 0, payload: aacFrame() }]);
  // MP3 has no header, Opus has two.
  take([sound(20, 0x2f, 0xff, 0xfb, 0x90, 0), sound(40, 0x2f, 0xff, 0xfb, 0x90, 0)]);
  take([sound(60, 0x90, ...opus, 1), sound(60, 0x94, ...opus, 1, 1), sound(60, 0x91, ...opus, 2)]);
  await recorder.stop("client");
  const sounds = await Promise.all(closed.map(({ file }) => soundsOf(file)));
  assertEquals(sounds, [[0xaf, 0xaf], [0x2f, 0x2f], [0x90, 0x94, 0x91]]);
});

Deno.test("an FLV file has its headers at time 0, and sound that is older than the first picture too", async () => {
  await using directory = await temporaryDirectory();
  const { recorder, take } = startRecording(`${directory.path}/[stream].flv`);
  const sound = (time: number) => ({ typeId: MediaKind.Audio, time, payload: aacFrame() });
  const header = { typeId: MediaKind.Audio, time: 9000, payload: aacSequenceHeader() };
  take([header, HEADER, video(9000, avcKeyFrame()), sound(8990), sound(9013)]);
  await recorder.stop("client");
  const file = await Deno.readFile(`${directory.path}/cam.flv`);
  assertEquals(file[4], 0b101);
  assertEquals(readFlvFile(file).map(({ typeId, time }) => [typeId, time]), [
    [18, 0],
    [8, 0],
    [9, 0],
    [9, 0],
    [8, 0],
    [8, 13],
  ]);
});

for (const format of ["flv", "mp4"] as const) {
  Deno.test(`a ${format} recording has the sound of the second before its first picture`, async () => {
    await using directory = await temporaryDirectory();
    const { closed, recorder, take } = startRecording(`${directory.path}/[stream].${format}`);
    const sound = (time: number) => ({ typeId: MediaKind.Audio, time, payload: aacFrame() });
    take([HEADER, { typeId: MediaKind.Audio, time: 0, payload: aacSequenceHeader() }]);
    take([sound(100), sound(1900), ...gops(2, 2000)]);
    await recorder.stop("client");
    assertEquals(closed.map(({ durationMs }) => Math.round(durationMs)), [500]);
  });
}

Deno.test("a name that leads out of the folder is not recorded, and why is said once", async () => {
  await using directory = await temporaryDirectory();
  const { closed, recorder, take, troubles } = startRecording(`${directory.path}/[app]/[stream].flv`, {}, {
    stream: "..",
  });
  take([HEADER, ...gops(2)]);
  await until(() => troubles.length > 0);
  recorder.sweep(0);
  take(gops(2, 400));
  await recorder.stop("client");
  assertEquals(closed, []);
  assertEquals(troubles, ["Stream not recorded: The path has a part that begins with a dot"]);
});

Deno.test("a disk that takes no file is said, and a file begins with a key frame when there is room", async () => {
  await using directory = await temporaryDirectory();
  // A folder that cannot be made stands for a disk without room.
  await Deno.writeTextFile(`${directory.path}/live`, "");
  const { closed, recorder, take, troubles } = startRecording(`${directory.path}/[app]/[stream].flv`);
  take([HEADER, ...gops(1)]);
  await until(() => troubles.length > 0);
  assertStringIncludes(troubles[0] ?? "", `Recording cannot begin: Cannot make ${directory.path}/live/`);
  await Deno.remove(`${directory.path}/live`);
  recorder.sweep(1000);
  recorder.sweep(9000);
  take(gops(1, 400));
  assertEquals(closed, []);
  recorder.sweep(11_001);
  take([HEADER, ...gops(2, 600).slice(1)]);
  await recorder.stop("client");
  assertEquals(closed.map(({ reason, durationMs }) => [reason, durationMs]), [["client", 200]]);
});

Deno.test("a disk that fails again after it has worked for long is tried again as soon as at first", async () => {
  await using directory = await temporaryDirectory();
  const folder = `${directory.path}/live`;
  // A folder that cannot be made stands for a disk that fails.
  await Deno.writeTextFile(folder, "");
  const { closed, recorder, take, troubles } = startRecording(`${directory.path}/[app]/[stream].flv`);
  take([HEADER, ...gops(1)]);
  await until(() => troubles.length > 0);
  await Deno.remove(folder);
  recorder.sweep(0);
  recorder.sweep(10_001);
  take([HEADER, ...gops(1, 400)]);
  recorder.sweep(311_000);
  take(gops(1, 600));
  // The next file fails.
  await until(() => fileNames(directory.path).includes("live") && fileNames(folder).length > 0);
  await Deno.rename(folder, `${directory.path}/away`);
  await Deno.writeTextFile(folder, "");
  take([OTHER_HEADER, ...gops(1, 800)]);
  await until(() => troubles.filter((text) => text.startsWith("Recording cannot begin")).length > 1);
  // The one before has no folder any more: it must not find that of the next one.
  await until(() => troubles.some((text) => text.startsWith("Recording not finished")));
  await Deno.remove(folder);
  recorder.sweep(312_000);
  recorder.sweep(322_001);
  take([OTHER_HEADER, ...gops(2, 1000)]);
  await recorder.stop("client");
  assertEquals(closed.map(({ reason, durationMs }) => [reason, durationMs]), [["client", 400]]);
});

Deno.test("a disk with less room than it should have ends the file, and a new one begins when there is more", async () => {
  await using directory = await temporaryDirectory();
  const { closed, recorder, room, take, troubles } = startRecording(`${directory.path}/[stream].flv`);
  take([HEADER, ...gops(1)]);
  room.shortage = "too little";
  recorder.sweep(1000);
  await until(() => closed.length > 0);
  take(gops(1, 400));
  recorder.sweep(20_000);
  room.shortage = undefined;
  recorder.sweep(21_000);
  take([HEADER, ...gops(2, 600)]);
  await recorder.stop("client");
  assertEquals(closed.map(({ reason, number, durationMs }) => [reason, number, durationMs]), [
    ["disk", 0, 200],
    ["client", 1, 400],
  ]);
  assertEquals(troubles, ["Recording ended by its disk: too little"]);
});

Deno.test("a file whose disk stands still is reported at once, and closed when the disk goes on", async () => {
  await using directory = await temporaryDirectory();
  const { promise, resolve } = Promise.withResolvers<Deno.FsFile>();
  const open = Deno.open;
  let isWriting = false;
  // The file itself is there: its handle comes late, as from a disk that hangs.
  using _restored = { [Symbol.dispose]: () => void (Deno.open = open) };
  Deno.open = async (path, options) => {
    const file = await open(path, options);
    if (options?.createNew !== true) return file;
    const write = file.write.bind(file);
    file.write = (bytes) => {
      isWriting = true;
      return promise.then(() => write(bytes));
    };
    return file;
  };
  const { closed, recorder, room, stalled, take } = startRecording(`${directory.path}/[stream].flv`);
  take([HEADER, ...gops(2)]);
  recorder.sweep(0);
  await until(() => isWriting);
  recorder.sweep(1);
  recorder.sweep(10_002);
  await until(() => stalled.length > 0);
  assertEquals(stalled.map(({ id, reason, bytes, file }) => [id, reason, bytes, file]), [
    ["rec-0", "disk", 0, `${directory.path}/cam.flv`],
  ]);
  assertEquals([closed, room.standing], [[], 1]);
  // While it hangs no further file is begun.
  recorder.sweep(60_000);
  recorder.sweep(120_000);
  take([HEADER, ...gops(1, 800)]);
  assertEquals([...Deno.readDirSync(directory.path)].length, 1);
  resolve(await open("/dev/null"));
  await recorder.stop("client");
  assertEquals(closed.map(({ id, reason, file }) => [id, reason, file]), [
    ["rec-0", "disk", `${directory.path}/cam.flv`],
  ]);
  assertEquals(room.standing, 0);
});

Deno.test("a file that cannot be finished is reported as it is, and stays for the next start", async () => {
  await using directory = await temporaryDirectory();
  const { closed, recorder, stalled, take, troubles } = startRecording(`${directory.path}/[stream].flv`);
  take([HEADER, ...gops(2)]);
  await until(() => [...Deno.readDirSync(directory.path)].length > 0);
  // Somebody removes it while it is written.
  await Deno.remove(`${directory.path}/cam.flv.tmp`);
  await recorder.stop("client");
  assertEquals(closed, []);
  assertEquals(stalled.map(({ id, reason, file }) => [id, reason, file]), [
    ["rec-0", "disk", `${directory.path}/cam.flv`],
  ]);
  assertEquals(troubles.length, 1);
  assertStringIncludes(troubles[0] ?? "", "Recording not finished: ");
});

Deno.test("FileAppender reports a full disk once, and takes nothing more", async () => {
  const faults: DiskFault[] = [];
  const appender = new FileAppender(Deno.open("/dev/full", { write: true }), (fault) => faults.push(fault));
  appender.append(new Uint8Array(10));
  await until(() => faults.length > 0);
  appender.append(new Uint8Array(10));
  const isWhole = await appender.close([]);
  assert(!isWhole);
  assertEquals(faults.length, 1);
  const [fault] = faults;
  assert(fault !== undefined && fault !== "slow");
  assertStringIncludes(String(fault.error), "os error 28");
});

Deno.test("FileAppender gives up a disk that takes nothing for 10 s, or is 16 MiB behind", async () => {
  const faults: DiskFault[] = [];
  const { promise, resolve } = Promise.withResolvers<Deno.FsFile>();
  const still = new FileAppender(promise, (fault) => faults.push(fault));
  still.append(new Uint8Array(10));
  still.sweep(0);
  still.sweep(10_000);
  assertEquals(faults, []);
  still.sweep(10_001);
  assertEquals(faults, ["slow"]);

  const behind = new FileAppender(promise, (fault) => faults.push(fault));
  for (let i = 0; i < 16; i++) behind.append(new Uint8Array(1024 * 1024));
  await Promise.resolve();
  assertEquals(faults.length, 1);
  behind.append(new Uint8Array(1));
  await Promise.resolve();
  assertEquals(faults, ["slow", "slow"]);
  resolve(await Deno.open("/dev/null", { write: true }));
  const isWhole = await still.close([]);
  assert(!isWhole);
});
