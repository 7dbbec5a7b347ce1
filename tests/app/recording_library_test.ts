/** Recordings whose files are not where they were. */
import { RecordingLibrary } from "../../app/recording_library.ts";
import type { ListedRecording } from "../../core/mod.ts";
import { RecordCatalogue } from "../../stream/record/record_catalogue.ts";
import { RecordPathError } from "../../stream/record/record_folder.ts";
import { assert, assertEquals, assertRejects } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("RecordingLibrary lists and removes recordings whose folder is gone, or is a file now", async () => {
  await using directory = await temporaryDirectory();
  const clock = new ManualClock();
  const catalogue = RecordCatalogue.open(`${directory.path}/c.db`, "a");
  await Deno.writeTextFile(`${directory.path}/file`, "");
  const name = { vhost: "v", app: "live", stream: "cam", clientId: 4, number: 0 };
  for (const [i, folder] of ["gone", "file"].entries()) {
    const one = {
      ...name,
      id: `rec-${i}`,
      file: `${directory.path}/${folder}/1.flv`,
      root: directory.path,
      startMs: clock.wallNow(),
    };
    catalogue.started(one, { facts: "", sessionId: "" });
  }
  const account = {
    catalogue,
    changed: (change: { readonly kind: string; readonly id?: string }) => catalogue.remove(change.id ?? ""),
  };
  const media = { record: () => Promise.resolve({ kind: "none" } as const) };
  const library = new RecordingLibrary({ account, media, clock });
  const { entries } = await library.list({ start: 0, count: 10 });
  assertEquals(entries.map(({ id, bytes }) => [id, bytes]), [["rec-0", 0], ["rec-1", 0]]);
  for (const entry of entries) await library.remove(entry);
  assertEquals((await library.list({ start: 0, count: 10 })).total, 0);
  catalogue.close();
});

Deno.test("RecordingLibrary neither looks at nor removes a file behind a link that leads out of the folder of recordings", async () => {
  await using directory = await temporaryDirectory();
  const root = `${directory.path}/rec`;
  const outside = `${directory.path}/outside`;
  await Deno.mkdir(`${root}/live`, { recursive: true });
  await Deno.mkdir(outside);
  const one: ListedRecording = {
    ...{ vhost: "v", app: "live", stream: "cam", clientId: 4, number: 0, id: "rec-1", sessionId: "" },
    ...{ file: `${root}/live/cam.flv`, root, startMs: 0, durationMs: 1, bytes: 1, reason: "client" },
  };
  const changes: unknown[] = [];
  const account = { catalogue: undefined, changed: (change: unknown) => void changes.push(change) };
  const media = { record: () => Promise.resolve({ kind: "none" } as const) };
  const library = new RecordingLibrary({ account, media, clock: new ManualClock() });
  for (const folder of [`${root}/live`, outside]) await Deno.writeTextFile(`${folder}/cam.flv`, "1");
  assert((await library.fileInfo(one))?.isFile);

  await Deno.remove(`${root}/live`, { recursive: true });
  await Deno.symlink(outside, `${root}/live`);
  for (const act of [() => library.fileInfo(one), () => library.remove(one)]) {
    await assertRejects(act, RecordPathError, `${root}/live is a link that leads out of ${root}`);
  }
  assert(Deno.statSync(`${outside}/cam.flv`).isFile);
  assertEquals(changes, []);

  // A link to another folder of the recordings is the operator's choice.
  await Deno.remove(`${root}/live`);
  await Deno.rename(outside, `${root}/moved`);
  await Deno.symlink("moved", `${root}/live`);
  await library.remove(one);
  assertEquals([...Deno.readDirSync(`${root}/moved`)], []);
  assertEquals(changes, [{ kind: "dropped", id: "rec-1" }]);
});
