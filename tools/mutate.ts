/**
 * `deno task mutate`: put one small fault after the other into a room and see whether its tests notice.
 *
 * A fault that no test notices survives: a test is missing there, or the code is not needed. The choice of faults
 * depends on the seed and the files alone, so a survivor can be looked at again by `--only`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { printError, printLine } from "../system/log/mod.ts";
import { mutate, type Mutation, mutationsOf } from "./mutations.ts";

/** Rooms, and the tests that answer for each. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  "hooks": ["tests/hooks/"],
  "stream": ["tests/stream/", "tests/app/threads/"],
  "rtmp/session": ["tests/rtmp/session/"],
  "config": ["tests/config/"],
};

const HELP = `Usage: deno task mutate [options]

  --room NAME    one of: ${Object.keys(ROOMS).join(", ")}; all by default
  --count N      faults in each room (30)
  --seed N       another choice of faults (1)
  --only N       the fault of that number alone
  --least N      share in percent that the tests must notice (90)`;

/** A run of tests that takes this many times as long as without the fault counts as a test that noticed. */
const PATIENCE = 4;
const MIN_LIMIT_MS = 20_000;

const flags = parseArgs(Deno.args, {
  string: ["room", "count", "seed", "only", "least"],
  boolean: ["help"],
  default: { count: "30", seed: "1", least: "90" },
});
if (flags.help) {
  printLine(HELP);
  Deno.exit(0);
}
const rooms = flags.room === undefined ? Object.keys(ROOMS) : [flags.room];
const unknown = rooms.find((room) => ROOMS[room] === undefined);
if (unknown !== undefined) {
  printError(`Unknown room ${unknown}\n\n${HELP}`);
  Deno.exit(2);
}

const copy = await copyTree();
try {
  let isGood = true;
  for (const room of rooms) {
    const share = await mutateRoom(room, ROOMS[room] ?? []);
    if (share * 100 < Number(flags.least)) isGood = false;
  }
  Deno.exitCode = isGood ? 0 : 1;
} finally {
  await Deno.remove(copy, { recursive: true });
}

/** The share of the room's faults that its tests noticed, 0 to 1. */
async function mutateRoom(room: string, directories: readonly string[]): Promise<number> {
  const tests = (await Promise.all(directories.map(testFiles))).flat();
  const startedMs = performance.now();
  if (!await passes(tests, Infinity)) throw new Error(`The tests of ${room} fail without any fault`);
  const limitMs = Math.max(MIN_LIMIT_MS, (performance.now() - startedMs) * PATIENCE);
  const chosen = choose(await roomMutations(room), Number(flags.count), Number(flags.seed));
  let noticed = 0;
  let tried = 0;
  for (const [number, mutation] of chosen.entries()) {
    if (flags.only !== undefined && Number(flags.only) !== number) continue;
    tried++;
    const isNoticed = await isKilled(mutation, tests, limitMs);
    if (isNoticed) noticed++;
    const verdict = isNoticed ? "noticed " : "SURVIVED";
    printLine(`${room} ${number} ${verdict} ${mutation.path}:${mutation.line} ${mutation.what}`);
  }
  printLine(`${room}: ${noticed} of ${tried} noticed`);
  return tried === 0 ? 1 : noticed / tried;
}

async function isKilled(mutation: Mutation, tests: readonly string[], limitMs: number): Promise<boolean> {
  const path = `${copy}/${mutation.path}`;
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, mutate(text, mutation));
  try {
    const { near, far } = await byNearness(mutation.path, tests);
    if (near.length > 0 && !await passes(near, limitMs)) return true;
    return far.length > 0 && !await passes(far, limitMs);
  } finally {
    await Deno.writeTextFile(path, text);
  }
}

/** Tests that name the file run first: most faults end there. */
async function byNearness(
  path: string,
  tests: readonly string[],
): Promise<{ near: string[]; far: string[] }> {
  const name = `/${path.split("/").at(-1)}"`;
  const near: string[] = [];
  const far: string[] = [];
  for (const test of tests) {
    const text = await Deno.readTextFile(`${copy}/${test}`);
    (text.includes(name) ? near : far).push(test);
  }
  return { near, far };
}

async function passes(tests: readonly string[], limitMs: number): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--parallel", "--fail-fast", "--quiet", ...tests],
    cwd: copy,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = limitMs === Infinity ? undefined : setTimeout(() => child.kill("SIGKILL"), limitMs);
  const { success } = await child.status;
  clearTimeout(timer);
  return success;
}

async function roomMutations(room: string): Promise<Mutation[]> {
  const found: Mutation[] = [];
  for (const path of await trackedFiles(room)) {
    if (path.endsWith(".ts")) found.push(...mutationsOf(path, await Deno.readTextFile(`${copy}/${path}`)));
  }
  return found;
}

async function testFiles(directory: string): Promise<string[]> {
  return (await trackedFiles(directory)).filter((path) => path.endsWith("_test.ts"));
}

async function trackedFiles(directory: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("git", { args: ["ls-files", "--", directory] }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((path) => path !== "");
}

/** A copy of what git tracks, as it is in the working tree: no fault ever touches the checkout. */
async function copyTree(): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "srs-mutate-" });
  for (const path of await trackedFiles(".")) {
    await Deno.mkdir(`${directory}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(path, `${directory}/${path}`);
  }
  return directory;
}

/** `count` of all, the same for one seed. */
function choose(all: readonly Mutation[], count: number, seed: number): Mutation[] {
  const rest = [...all];
  const chosen: Mutation[] = [];
  let state = seed >>> 0;
  while (chosen.length < count && rest.length > 0) {
    // A linear congruential generator, modulo 2^32: any fixed sequence does here.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    chosen.push(...rest.splice(Math.floor(state / 2 ** 32 * rest.length), 1));
  }
  return chosen.sort((a, b) => a.path.localeCompare(b.path) || a.start - b.start);
}
