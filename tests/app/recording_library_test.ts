/** Recordings whose files are not where they were. */
import { RecordingLibrary } from "../../app/recording_library.ts";
import { RecordCatalogue } from "../../stream/record/record_catalogue.ts";
import { assertEquals } from "../support/assert.ts";
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
