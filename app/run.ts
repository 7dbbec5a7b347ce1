/**
 * The `srs` command: which command the arguments name, and what its outcome is for whoever called it.
 *
 * @module
 */
import type { Command, UsageError } from "./cli/command.ts";
import { ConfigError, formatProblem } from "../config/mod.ts";
import { helpText } from "./cli/command_table.ts";
import { parseCommandLine } from "./cli/command_line.ts";
import { printError, printLine } from "../system/log/mod.ts";
import { checkConfig, convertConfig, showConfig } from "./cli/config_commands.ts";
import { errorMessage } from "./uncaught_errors.ts";
import { serveHooks, testHook } from "./cli/hook_commands.ts";
import { dropDead, listDead, listOutbox, replayDead } from "./cli/outbox_commands.ts";
import { serve } from "./serve.ts";
import { signUrl } from "./cli/sign_command.ts";
import { VERSION } from "./version.ts";
import { removeProxyVariables } from "./process_environment.ts";

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
    const problems = error instanceof ConfigError ? error.problems.map(formatProblem) : [errorMessage(error)];
    for (const problem of problems) printError(`srs: ${problem}`);
    return EXIT_FAILURE;
  }
}

/** @returns The exit code, where it is not 0. */
async function execute(command: Command): Promise<number | void> {
  switch (command.kind) {
    case "serve":
      return await serve(command.file);
    case "config check":
      return checkConfig(command.file);
    case "config print":
      return showConfig(command.file);
    case "config convert":
      return convertConfig(command);
    case "sign":
      return signUrl(command);
    case "hooks serve":
      return await serveHooks(command);
    case "hooks test":
      return await testHook(command);
    case "hooks list":
      return listOutbox(command.file);
    case "hooks dead":
      return listDead(command.file);
    case "hooks replay":
      return replayDead(command);
    case "hooks drop":
      return dropDead(command);
    case "version":
      return printLine(`srs ${VERSION}`);
    case "help":
      return printLine(helpText(command.topic).trimEnd());
    default:
      command satisfies never;
  }
}

function refuse({ message, suggestion, topic }: UsageError): number {
  printError(`srs: ${message}${suggestion === undefined ? "" : ` (${suggestion})`}`);
  printError(`Try: srs ${topic === undefined ? "" : `${topic} `}--help`);
  return EXIT_USAGE;
}
