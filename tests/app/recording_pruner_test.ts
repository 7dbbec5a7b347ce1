/** What dvr_keep removes. */
import { RecordingLibrary } from "../../app/recording_library.ts";
import { RecordingPruner } from "../../app/recording_pruner.ts";
import { RecordCatalogue } from "../../stream/record/record_catalogue.ts";
import type { Log, LogFields } from "../../core/mod.ts";
import { loadConfig } from "../../config/build/load_config.ts";
import { assert, assertEquals } from "../support/assert.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

Deno.test("RecordingPruner removes the oldest files and their entries, and says what it cannot remove", async () => {
  await using directory = await temporaryDirectory();
  const clock = new ManualClock();
  const catalogue = RecordCatalogue.open(`${directory.path}/c.db`, "a");
  const name = { vhost: "__defaultVhost__", app: "live", stream: "cam" };
  for (const number of [1, 2, 3, 4]) {
    const file = `${directory.path}/${number}.flv`;
    const one = {
      ...name,
      id: `rec-${number}`,
      number,
      clientId: 4,
      file,
      root: directory.path,
      startMs: clock.wallNow() + number,
    };
    // A folder that is not empty stands for a file that cannot be removed.
    if (number === 2) await Deno.mkdir(`${file}/x`, { recursive: true });
    else if (number !== 1) await Deno.writeTextFile(file, "0123456789");
    catalogue.started(one, { facts: "", sessionId: "" });
    catalogue.finished({ ...one, durationMs: 1, bytes: 10, reason: "client" });
  }
  const text = '[vhost.__defaultVhost__.dvr]\ndvr_keep = { max_age = "30d", max_bytes = 10 }';
  const { vhosts } = loadConfig({ text, env: {}, version: "", serverId: "" }).config.rtmp;
  const lines: string[] = [];
  const log = { write: (_: string, __: unknown, message: string) => void lines.push(message) };
  const account = {
    catalogue,
    changed: (change: { readonly kind: string; readonly id?: string }) => catalogue.remove(change.id ?? ""),
  };
  const media = { record: () => Promise.resolve({ kind: "none" } as const) };
  const library = new RecordingLibrary({ account, media, clock });
  using pruner = new RecordingPruner(vhosts, { account, library, log, clock });
  await pruner.prune();
  const left = catalogue.list({ start: 0, count: 10 }).entries.map(({ id }) => id);
  assertEquals(left, ["rec-4", "rec-2"]);
  assert([...Deno.readDirSync(directory.path)].every(({ name }) => name !== "3.flv"));
  assertEquals(lines, [
    "Recordings beyond dvr_keep cannot be removed",
    "Recordings beyond dvr_keep removed",
  ]);
  catalogue.close();
});

Deno.test("RecordingPruner gets past files that it cannot remove, and says them in one line", async () => {
  const clock = new ManualClock();
  const known = {
    vhost: "__defaultVhost__",
    app: "live",
    stream: "cam",
    number: 0,
    clientId: 4,
    root: "",
    sessionId: "",
  };
  const whole = { startMs: 0, durationMs: 1, bytes: 1, reason: "client", facts: "" } as const;
  const left = Array.from(
    { length: 500 },
    (_, number) => ({ ...known, ...whole, id: `rec-${number}`, file: `${number}.flv` }),
  );
  const text = "[vhost.__defaultVhost__.dvr]\ndvr_keep = { max_bytes = 1 }";
  const { vhosts } = loadConfig({ text, env: {}, version: "", serverId: "" }).config.rtmp;
  const lines: LogFields[] = [];
  const log = { write: (...[, , , fields]: Parameters<Log["write"]>) => void lines.push(fields ?? {}) };
  const catalogue = { beyond: ({ count }: { readonly count: number }) => left.slice(0, count) };
  const library = {
    remove: ({ id }: { readonly id: string }) => {
      const at = left.findIndex((one) => one.id === id);
      if (Number(id.slice(4)) < 250) return Promise.reject(new Error("not permitted"));
      left.splice(at, 1);
      return Promise.resolve();
    },
  };
  using pruner = new RecordingPruner(vhosts, { account: { catalogue }, library, log, clock });
  for (let i = 0; i < 3; i++) await pruner.prune();
  assertEquals(left.length, 250);
  assertEquals(lines.map(({ files }) => files), [200, 250, 150, 250, 100]);
  assertEquals(lines[0]?.["error"], "0.flv: not permitted");
});
