/** Recordings of processes that share a catalogue, and one of which is killed. */
import { RecordingAccount } from "../../app/recording_account.ts";
import type { FinishedRecording } from "../../core/mod.ts";
import { encodeFlvHeader, encodeRecordedMetadata, FLV_FORMAT, MediaKind } from "../../stream/media/mod.ts";
import { RecordCatalogue } from "../../stream/record/record_catalogue.ts";
import { assertEquals } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { avcKeyFrame, avcSequenceHeader } from "../support/stream/media.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";
import { until } from "../support/wait.ts";

/** As a killed process leaves it: a second of pictures, without a duration. */
function leftFlv(): Uint8Array<ArrayBuffer> {
  const tag = (typeId: number, time: number, payload: Uint8Array<ArrayBuffer>) => {
    const message = { typeId, time, payload };
    const bytes = new Uint8Array(FLV_FORMAT.length(message));
    FLV_FORMAT.write(bytes, 0, message);
    return bytes;
  };
  const pictures = [0, 250, 500, 750].map((time) => tag(MediaKind.Video, time, avcKeyFrame()));
  return Uint8Array.from(
    [
      encodeFlvHeader({ hasAudio: true, hasVideo: true }),
      tag(MediaKind.Data, 0, encodeRecordedMetadata(undefined)),
      tag(MediaKind.Video, 0, avcSequenceHeader()),
      ...pictures,
    ].flatMap((bytes) => [...bytes]),
  );
}

/** An account whose catalogue is in `directory`, and what it reports and emits. */
function accountIn(directory: string, { isWanted }: { readonly isWanted: boolean }) {
  const clock = new ManualClock();
  const reports: (readonly [FinishedRecording, string])[] = [];
  const events: string[] = [];
  const lines: string[] = [];
  const account = RecordingAccount.open(isWanted, {
    clock,
    log: { write: (level, _id, message) => void lines.push(`${level}: ${message}`) },
    reports: {
      factsOf: () => "",
      sessionIdOf: () => "",
      report: (recording, facts) => void reports.push([recording, facts]),
    },
    events: { emit: ({ kind }) => void events.push(kind) },
    owner: "living",
    file: `${directory}/objs/c.db`,
  });
  return { account, clock, reports, events, lines };
}

Deno.test("RecordingAccount finishes and reports what a process that shared the catalogue left, within half a minute", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await Deno.mkdir(`${path}/objs`);
  const other = RecordCatalogue.open(`${path}/objs/c.db`, "other");
  const { account, clock, reports, events, lines } = accountIn(path, { isWanted: true });
  const file = `${path}/cam.flv.tmp`;
  await Deno.writeFile(file, leftFlv());
  const name = { vhost: "v", app: "live", stream: "cam", clientId: 4, number: 0 };
  const notes = { facts: "its facts", sessionId: "s" };
  other.started({ id: "rec-1", ...name, file, root: path, startMs: clock.wallNow() }, notes);

  await clock.advance(30_000);
  assertEquals([reports.length, account.catalogue?.get("rec-1")?.reason], [0, undefined]);

  // Its lock goes with the process.
  other.close();
  await clock.advance(30_000);
  await until(() => account.catalogue?.get("rec-1")?.reason !== undefined);
  assertEquals(
    reports.map(([{ id, file, durationMs, reason }, facts]) => [id, file, durationMs, reason, facts]),
    [["rec-1", `${path}/cam.flv`, 1000, "server_restart", "its facts"]],
  );
  assertEquals([events, lines], [["on_dvr"], ["warn: Recording of a killed process finished"]]);
  assertEquals(account.catalogue?.list({ running: true, start: 0, count: 10 }).total, 0);

  await clock.advance(60_000);
  assertEquals([reports.length, clock.timers], [1, 1]);
  account.close();
  assertEquals(clock.timers, 0);
});

Deno.test("RecordingAccount looks for nothing where there is no catalogue", async () => {
  await using directory = await temporaryDirectory();
  const { account, clock } = accountIn(directory.path, { isWanted: false });
  assertEquals([clock.timers, [...Deno.readDirSync(directory.path)]], [0, []]);
  account.close();
});
