/**
 * `deno task mutate`: put one small fault after the other into a room and see whether its tests notice.
 *
 * A fault that no test notices survives: a test is missing there, or the code is not needed. A fault that the type
 * checker refuses cannot be committed and does not count. The choice of faults depends on the seed and the files
 * alone, so a survivor can be looked at again by `--only`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { printError, printLine } from "../system/log/mod.ts";
import { MutationBench, type TestTimes } from "./mutation_bench.ts";
import { chooseMutations, type Mutation, mutationsOf } from "./mutations.ts";

/** Rooms, and the tests that answer for each. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  "hooks": ["tests/hooks/"],
  "stream": ["tests/stream/", "tests/app/threads/"],
  "rtmp/session": ["tests/rtmp/session/"],
  "config": ["tests/config/"],
  "http": ["tests/http/"],
};

const HELP = `Usage: deno task mutate [options]

  --room NAME    one of: ${Object.keys(ROOMS).join(", ")}; all by default
  --count N      faults in each room (30)
  --seed N       another choice of faults (1)
  --only N,N     the faults of these numbers alone
  --jobs N       faults that are tried at once (2)
  --least N      share in percent that the tests must notice (90)
  --list         print the faults and try none`;

const flags = parseArgs(Deno.args, {
  string: ["room", "count", "seed", "only", "jobs", "least"],
  boolean: ["help", "list"],
  default: { count: "30", seed: "1", jobs: "2", least: "90" },
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
const only = flags.only?.split(",").map(Number);

/** A fault by its number in the choice. */
interface Numbered {
  readonly number: number;
  readonly mutation: Mutation;
}

const tracked = await trackedFiles();
const shares: number[] = [];
for (const room of rooms) {
  const chosen = (await chosenMutations(room)).filter(({ number }) => only?.includes(number) ?? true);
  if (flags.list) {
    for (const { number, mutation } of chosen) printLine(`${room} ${number} ${describe(mutation)}`);
  } else shares.push(await shareNoticed(room, chosen));
}
Deno.exitCode = shares.every((share) => share * 100 >= Number(flags.least)) ? 0 : 1;

/** The share of the room's faults that its tests noticed, 0 to 1. */
async function shareNoticed(room: string, chosen: readonly Numbered[]): Promise<number> {
  const tests = tracked.filter((path) =>
    path.endsWith("_test.ts") && ROOMS[room]?.some((directory) => path.startsWith(directory))
  );
  const count = { noticed: 0, refused: 0, survived: 0 };
  const waiting = [...chosen];
  let times: Promise<TestTimes> | undefined;

  const work = async (): Promise<void> => {
    await using bench = await MutationBench.create(tracked);
    const known = await (times ??= bench.timesOf(tests));
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const outcome = await bench.try(next.mutation, known);
      count[outcome.kind]++;
      const by = outcome.kind === "noticed" ? ` [${outcome.where}]` : "";
      const word = outcome.kind === "survived" ? "SURVIVED" : outcome.kind;
      printLine(`${room} ${next.number} ${word} ${describe(next.mutation)}${by}`);
    }
  };
  await Promise.all(Array.from({ length: Number(flags.jobs) }, work));

  const tried = count.noticed + count.survived;
  printLine(`${room}: ${count.noticed} of ${tried} noticed, ${count.refused} more refused by the types`);
  return tried === 0 ? 1 : count.noticed / tried;
}

async function chosenMutations(room: string): Promise<Numbered[]> {
  const all: Mutation[] = [];
  for (const path of tracked) {
    const isRooms = path.startsWith(`${room}/`) && path.endsWith(".ts");
    if (isRooms) all.push(...mutationsOf(path, await Deno.readTextFile(path)));
  }
  return chooseMutations(all, Number(flags.count), Number(flags.seed))
    .map((mutation, number) => ({ number, mutation }));
}

function describe({ path, line, what }: Mutation): string {
  return `${path}:${line} ${what}`;
}

async function trackedFiles(): Promise<string[]> {
  const { stdout } = await new Deno.Command("git", { args: ["ls-files"] }).output();
  return new TextDecoder().decode(stdout).split("\n").filter((path) => path !== "");
}
