/**
 * `deno task soak --minutes 10`: the figures of a soak, and exit code 1 when an honest client lost anything.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { readRecordings } from "../fuzz/recordings.ts";
import { megabytes, soak } from "./soak.ts";

const PLAYERS = 50;
const PER_SECOND = 200;
const WARM_UP_MS = 20_000;
const REST_MS = 45_000;

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

const parse: (args: string[], options: { string: string[] }) => Record<string, unknown> = parseArgs;
const { minutes = 10, seed = 1, rate = PER_SECOND, workers = 1 } = parse(Deno.args, {
  string: ["minutes", "seed", "rate", "workers"],
});
const figures = await soak({
  recordings: await readRecordings(),
  warmUpMs: WARM_UP_MS,
  attackMs: Number(minutes) * 60_000,
  restMs: REST_MS,
  players: PLAYERS,
  workers: Number(workers),
  perSecond: Number(rate),
  seed: Number(seed),
  progress: say,
});
const { honest, attack, errors } = figures;
say(
  `hostile connections made   ${attack.made}, ${megabytes(attack.sentBytes)} sent, ${attack.stuck} left open`,
);
for (const [name, count] of attack.byKind) say(`  ${name.padEnd(36)}${String(count).padStart(8)}`);
say(`honest frames published    ${honest.published}, to ${honest.players} players`);
say(`honest frames received     ${honest.received}`);
say(`honest frames lost         ${honest.lost}`);
say(`honest frames wrong        ${honest.wrong}`);
say(`honest connections ended   ${honest.ended.length} ${honest.ended.join("; ")}`);
const { freshBytes, beforeBytes, peakBytes, afterBytes } = figures;
say(`server memory, fresh       ${megabytes(freshBytes)}`);
say(`server memory, before      ${megabytes(beforeBytes)}`);
say(`server memory, peak        ${megabytes(peakBytes)}`);
say(`server memory, after       ${megabytes(afterBytes)}`);
say(`errors in the log          ${errors.length} ${errors.slice(0, 3).join("\n")}`);
if (honest.lost + honest.wrong + honest.ended.length + attack.stuck + errors.length > 0) Deno.exitCode = 1;
