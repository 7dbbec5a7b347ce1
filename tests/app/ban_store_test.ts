/**
 * What one process has of the bans of another one that it takes over from. In a process of their own: bans are kept in
 * the current directory.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const PROGRAM = `
import { BanStore } from ${JSON.stringify(new URL("../../app/ban_store.ts", import.meta.url).href)};
import { SystemClock } from ${JSON.stringify(new URL("../../system/mod.ts", import.meta.url).href)};
const open = () => BanStore.open({ clock: new SystemClock(), failed: (notice) => console.error(notice) });
const ban = (store, value) => store.add({ kind: "ip", value, reason: "" }).id;
const first = open();
const [kept, liftedThere, liftedHere] = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((value) => ban(first, value));
const next = open();
next.remove(liftedHere);
ban(next, "192.0.2.4");
first.remove(liftedThere);
ban(first, "192.0.2.5");
first.handOver();
next.takeOver();
ban(first, "192.0.2.6");
const again = open();
for (const store of [next, again]) console.log(store.list().map(({ value }) => value).toSorted().join(" "));
for (const store of [first, next, again]) store[Symbol.dispose]();
`;

Deno.test("BanStore.takeOver() has what both processes have banned, and nothing that one of them has lifted", async () => {
  await using directory = await temporaryDirectory();
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", new URL("../../deno.json", import.meta.url).pathname, PROGRAM],
    cwd: directory.path,
  }).output();
  const bans = "192.0.2.1 192.0.2.4 192.0.2.5";
  assertEquals(
    new TextDecoder().decode(stdout).trim().split("\n"),
    [bans, bans],
    new TextDecoder().decode(stderr),
  );
});

const TIMED = `
import { BanStore } from ${JSON.stringify(new URL("../../app/ban_store.ts", import.meta.url).href)};
import { ManualClock } from ${JSON.stringify(new URL("../support/manual_clock.ts", import.meta.url).href)};
const clock = new ManualClock();
const store = BanStore.open({ clock, failed: (notice) => console.error(notice) });
const timers = [clock.timers];
store.add({ kind: "ip", value: "192.0.2.1", reason: "" });
timers.push(clock.timers);
store.add({ kind: "ip", value: "192.0.2.2", reason: "", durationMs: 5000 });
timers.push(clock.timers);
await clock.advance(6000);
timers.push(store.list().length, clock.timers);
store.add({ kind: "ip", value: "192.0.2.3", reason: "", durationMs: 5000 });
store[Symbol.dispose]();
timers.push(clock.timers);
console.log(timers.join(" "));
`;

Deno.test("BanStore has a timer only while a ban ends by itself", async () => {
  await using directory = await temporaryDirectory();
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--config", new URL("../../deno.json", import.meta.url).pathname, TIMED],
    cwd: directory.path,
  }).output();
  assertEquals(new TextDecoder().decode(stdout).trim(), "0 0 1 1 0 0", new TextDecoder().decode(stderr));
});
