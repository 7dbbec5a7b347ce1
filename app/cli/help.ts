/**
 * The help texts of `srs`.
 *
 * @module
 */

import { type CommandSpec, COMMON_FLAGS, type FlagSpec } from "./command_spec.ts";
import { COMMANDS, SERVE } from "./commands.ts";

/** What the commands do that begin with the same word. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ["config", "Check, print and convert configurations."],
  ["ctl", "Look at a running server, and steer it, by its API."],
  ["hooks", "Try, list and repair hook calls."],
]);

/** The group of commands that begin with this word, `undefined` where there is none. */
export function helpGroup(word: string | undefined): string | undefined {
  return word !== undefined && GROUPS.has(word) ? word : undefined;
}

/**
 * The help text of one command, of a group of commands, or of the whole program.
 *
 * @param topic The command or group; `undefined` for the program.
 * @returns Lines, the last one ended.
 */
export function helpText(topic?: string): string {
  const command = COMMANDS.find((candidate) => candidate.name === topic);
  if (command !== undefined) return commandHelp(command);
  const group = helpGroup(topic);
  return group === undefined ? mainHelp() : groupHelp(group);
}

function groupHelp(group: string): string {
  const commands = COMMANDS.filter(({ name }) => name.startsWith(`${group} `));
  return lines([
    GROUPS.get(group) ?? "",
    "",
    "Usage:",
    ...commands.map((command) => row(usage(command), command.description, 32)),
    "",
    "Examples:",
    ...commands.flatMap(({ examples }) => examples.slice(0, 1)).map((example) => `  ${example}`),
    "",
    `srs ${group} COMMAND --help shows more about one command.`,
  ]);
}

function mainHelp(): string {
  return lines([
    "srs - a live streaming server: RTMP in, RTMP out, and your own HTTP service decides.",
    "",
    "Usage:",
    ...COMMANDS.map((command) => row(usage(command), command.description, 32)),
    "",
    "Options:",
    ...flagRows([...SERVE.flags, ...COMMON_FLAGS]),
    "",
    "Examples:",
    "  srs                                 serve rtmp://localhost/live/livestream",
    "  srs -c srs.toml                     serve as the file says",
    "  srs config convert srs.conf         move from SRS's own syntax",
    "  srs hooks serve                     see every callback that the server makes",
    "",
    "srs COMMAND --help shows more about one command.",
  ]);
}

function commandHelp(command: CommandSpec): string {
  return lines([
    `${command.description}.`,
    "",
    "Usage:",
    `  ${usage(command)} [OPTIONS]`,
    "",
    "Options:",
    ...flagRows([...command.flags, ...COMMON_FLAGS]),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
  ]);
}

function usage({ name, operands }: CommandSpec): string {
  const words = name === "serve" ? "srs" : `srs ${name}`;
  return operands === "" ? words : `${words} ${operands}`;
}

function flagRows(flags: readonly FlagSpec[]): string[] {
  return flags.map(({ name, short, value, description }) => {
    const long = value === undefined ? `--${name}` : `--${name} ${value}`;
    return row(short === undefined ? `    ${long}` : `-${short}, ${long}`, description, 24);
  });
}

function row(left: string, right: string, width: number): string {
  return `  ${left.padEnd(width)}  ${right}`;
}

function lines(texts: readonly string[]): string {
  return `${texts.join("\n")}\n`;
}
