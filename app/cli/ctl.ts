/**
 * What the commands of `srs ctl` share: their flags, the call, and how an answer is printed.
 *
 * @module
 */
import { escapeUnsafe, printLine } from "../../system/log/mod.ts";
import type { ApiClient, ApiMembers } from "./api_client.ts";
import { type CommandArguments, CONFIG_FLAG, type FlagSpec } from "./command_spec.ts";
import { loadForCommand } from "./load_for_command.ts";
import { textTable } from "./text_table.ts";

/** Flags of all of them. */
export const CTL_FLAGS: readonly FlagSpec[] = Object.freeze([
  CONFIG_FLAG,
  { name: "token-file", value: "FILE", description: "file with a token of http_api.tokens" },
  { name: "json", description: "print what the API answered" },
]);

/** What the flags say. */
export interface CtlOptions {
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
  /** File with the token, if one is named. */
  readonly tokenFile: string | undefined;
  /** Print the API's own answer. */
  readonly json: boolean;
}

/** A column: its title, the member that it shows, dotted, and how, where that is a number for people to read. */
export type Column = readonly [title: string, path: string, show?: (value: number) => string];

/** Read the flags. */
export function ctlOptions(args: CommandArguments): CtlOptions {
  return { file: args.value("config"), tokenFile: args.value("token-file"), json: args.has("json") };
}

/** The API of the configuration's server. */
export async function ctlClient({ file, tokenFile }: CtlOptions): Promise<ApiClient> {
  const { ApiClient } = await import("./api_client.ts");
  return ApiClient.of(loadForCommand(file).config, { tokenFile, file });
}

/** Print an answer as JSON. */
export function printJson(answer: unknown): void {
  printLine(JSON.stringify(answer, null, 2));
}

/** Print a list, all of its pages. */
export async function printList(
  options: CtlOptions,
  name: string,
  columns: readonly Column[],
): Promise<void> {
  const client = await ctlClient(options);
  const members: unknown[] = [];
  let path: string | undefined = `${name}?count=1000`;
  while (path !== undefined) {
    const answer: ApiMembers = await client.call("GET", path);
    const page = answer[name];
    if (Array.isArray(page)) members.push(...page);
    const { next } = answer;
    path = typeof next === "string" ? next.replace(/^\/api\/v1\//, "") : undefined;
  }
  if (options.json) return printJson(members);
  printMembers(members, columns);
}

/** Print members of answers, a line each. */
export function printMembers(members: readonly unknown[], columns: readonly Column[]): void {
  const rows = members.map((member) => columns.map((column) => cellOf(member, column)));
  for (const line of textTable(columns.map(([title]) => title), rows)) printLine(line);
}

/** Print single facts. */
export function printFacts(answer: unknown, columns: readonly Column[]): void {
  for (
    const line of textTable(["", ""], columns.map((column) => [column[0], cellOf(answer, column)])).slice(1)
  ) {
    printLine(line);
  }
}

/** A member of an answer by its dotted path; `undefined` where there is none. */
export function memberOf(answer: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (inner, name) =>
      typeof inner === "object" && inner !== null
        ? Object.entries(inner).find(([key]) => key === name)?.[1]
        : undefined,
    answer,
  );
}

/** A member as text that no client can break a terminal with. */
function cellOf(value: unknown, [, path, show]: Column): string {
  const found = memberOf(value, path);
  if (show !== undefined && typeof found === "number") return show(found);
  return found === undefined || found === null ? "-" : escapeUnsafe(String(found));
}
