/**
 * The `srs` command: which command the arguments name, and what the caller's exit code is.
 *
 * @module
 */
import { errorChain } from "../core/mod.ts";
import { ConfigError, formatProblem } from "../config/mod.ts";
import { printError, printLine } from "../system/log/mod.ts";
import { parseCommandLine, type UsageError } from "./cli/command_line.ts";
import { type CliCommand, COMMANDS } from "./cli/commands.ts";
import { helpText } from "./cli/help.ts";
import { removeProxyVariables } from "./process_environment.ts";
import { VERSION } from "./version.ts";

const EXIT_OK = 0;
const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

/**
 * Do what the command line asks.
 *
 * @param args Without the program's name.
 * @returns The exit code: 0, 1 for a failure, 2 for arguments that make no sense, 3 for a conversion with losses.
 * Never rejects.
 */
export async function run(args: readonly string[]): Promise<number> {
  removeProxyVariables();
  const command = parseCommandLine(args);
  if (command.kind === "usage") return refuse(command);
  try {
    return await execute(command) ?? EXIT_OK;
  } catch (error) {
    const problems = error instanceof ConfigError ? error.problems.map(formatProblem) : [errorChain(error)];
    for (const problem of problems) printError(`srs: ${problem}`);
    return EXIT_FAILURE;
  }
}

/** @returns The exit code, where it is not 0. */
async function execute(command: CliCommand): Promise<number | void> {
  if (command.kind === "version") return printLine(`srs ${VERSION}`);
  if (command.kind === "help") return printLine(helpText(command.topic).trimEnd());
  return await COMMANDS.find(({ name }) => name === command.kind)?.run(command);
}

function refuse({ message, suggestion, topic }: UsageError): number {
  printError(`srs: ${message}${suggestion === undefined ? "" : ` (${suggestion})`}`);
  printError(`Try: srs ${topic === undefined ? "" : `${topic} `}--help`);
  return EXIT_USAGE;
}
