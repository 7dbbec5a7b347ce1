/**
 * A configuration that is watched: by content, when it has settled, and once.
 *
 * @module
 */
import { ConfigWatch } from "../../../app/reload/config_watch.ts";
import { ReadTrace } from "../../../app/reload/read_trace.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const COMPARE_MS = 30_000;
const SETTLE_MS = 500;

/** A configuration in memory that is read whenever it has changed. */
class WatchTrial {
  readonly clock = new ManualClock();
  readonly files = new Map([["srs.toml", "one"], ["vhosts/a.toml", "a"]]);
  reloads = 0;
  readonly watch = new ConfigWatch({
    clock: this.clock,
    watched: () => {
      const trace = this.trace;
      return { files: [], asRead: trace.asRead, asItIs: () => trace.asItIs() };
    },
    changed: () => {
      this.reloads++;
      this.read();
    },
  });
  trace = this.#newTrace();

  read({ enabled } = { enabled: true }): void {
    const trace = this.trace = this.#newTrace();
    trace.readFile("srs.toml");
    for (const name of trace.expand("vhosts/*", "srs.toml")) trace.read(name);
    this.watch.follow({ enabled });
  }

  #newTrace(): ReadTrace {
    const read = (name: string): string => {
      const text = this.files.get(name);
      if (text === undefined) throw new Error(`No ${name}`);
      return text;
    };
    const expand = () => [...this.files.keys()].filter((name) => name.startsWith("vhosts/"));
    return new ReadTrace({ expand, read, identity: (name) => name }, read);
  }
}

for (
  const { name, change } of [
    { name: "the file", change: (files: Map<string, string>) => files.set("srs.toml", "two") },
    { name: "an included file", change: (files: Map<string, string>) => files.set("vhosts/a.toml", "b") },
    {
      name: "a file that a pattern finds now",
      change: (files: Map<string, string>) => files.set("vhosts/b.toml", ""),
    },
    { name: "a file that is gone", change: (files: Map<string, string>) => files.delete("vhosts/a.toml") },
  ]
) {
  Deno.test(`ConfigWatch reloads once after a change of ${name}`, async () => {
    const trial = new WatchTrial();
    trial.read();
    await trial.clock.advance(10 * COMPARE_MS);
    assertEquals(trial.reloads, 0);
    change(trial.files);
    await trial.clock.advance(COMPARE_MS + SETTLE_MS);
    assertEquals(trial.reloads, 1);
    await trial.clock.advance(10 * COMPARE_MS);
    assertEquals(trial.reloads, 1);
    trial.watch.stop();
  });
}

Deno.test("ConfigWatch waits while a file is being written", async () => {
  const trial = new WatchTrial();
  trial.read();
  trial.files.set("srs.toml", "half of");
  await trial.clock.advance(COMPARE_MS);
  trial.files.set("srs.toml", "half of it, and the rest");
  await trial.clock.advance(SETTLE_MS);
  assertEquals(trial.reloads, 0);
  await trial.clock.advance(SETTLE_MS);
  assertEquals(trial.reloads, 1);
  trial.watch.stop();
});

Deno.test("ConfigWatch notices what changed between the reading and the watching, and nothing while it is off", async () => {
  const trial = new WatchTrial();
  trial.read({ enabled: false });
  trial.files.set("srs.toml", "two");
  await trial.clock.advance(10 * COMPARE_MS);
  assertEquals([trial.reloads, trial.clock.timers], [0, 0]);
  trial.watch.follow({ enabled: true });
  await trial.clock.advance(SETTLE_MS);
  assertEquals(trial.reloads, 1);
  trial.watch.stop();
  assertEquals(trial.clock.timers, 0);
});

Deno.test("ReadTrace notes what could not be read, so that it is noticed when it can be", () => {
  const { files, trace } = new WatchTrial();
  assertThrows(() => trace.readFile("secrets"), Error, "No secrets");
  assertEquals(trace.asItIs(), trace.asRead);
  files.set("secrets", "whsec_");
  assertEquals([trace.files, trace.asItIs() === trace.asRead], [["secrets"], false]);
});
