/**
 * Writes the client matrix of README.md from what the clients' tests left: `deno task matrix` behind
 * `deno task test:clients`.
 *
 * @module
 */

import type { ClientCheck, ClientResult } from "./client_result.ts";

const RESULTS = new URL("../objs/clients/", import.meta.url);
const README = new URL("../README.md", import.meta.url);
const COLUMNS = ["publish", "play", "HTTP-FLV", "HLS", "refused publish"] as const;
const MATRIX = /(<!-- clients -->\n)[\s\S]*?(<!-- end of clients -->)/;

/** What a row shows of one check: everything that passed, or that something failed. */
function cell({ tests }: ClientResult, check: ClientCheck): string {
  const own = tests.filter((test) => test.check === check);
  if (own.some(({ passed }) => !passed)) return "**failed**";
  return own.map(({ shows }) => shows).join("; ") || "–";
}

function result(row: ClientResult): string {
  const passed = row.tests.filter((test) => test.passed).length;
  const more = cell(row, "more");
  return `${passed} of ${row.tests.length} passed${more === "–" ? "" : `; ${more}`}`;
}

function line(row: ClientResult): string {
  const checks = COLUMNS.map((check) => cell(row, check));
  return `| ${[row.client, row.version, ...checks, result(row)].join(" | ")} |`;
}

async function readResults(): Promise<ClientResult[]> {
  const rows: ClientResult[] = [];
  for await (const { name } of Deno.readDir(RESULTS)) {
    if (name.endsWith(".json")) rows.push(JSON.parse(await Deno.readTextFile(new URL(name, RESULTS))));
  }
  // Real programs first.
  const rank = ({ version }: ClientResult) => version === "scripted" ? 1 : 0;
  return rows.sort((a, b) => rank(a) - rank(b) || a.client.localeCompare(b.client));
}

const table = [
  `| ${["client", "version", ...COLUMNS, "result"].join(" | ")} |`,
  `|${" --- |".repeat(COLUMNS.length + 3)}`,
  ...(await readResults()).map(line),
].join("\n");
const readme = await Deno.readTextFile(README);
if (!MATRIX.test(readme)) {
  throw new Error(
    "Cannot write the matrix: README.md lacks the lines <!-- clients --> and <!-- end of clients -->",
  );
}
await Deno.writeTextFile(README, readme.replace(MATRIX, (_, start, end) => `${start}\n${table}\n\n${end}`));
