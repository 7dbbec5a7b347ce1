/**
 * Arguments that several commands take.
 *
 * @module
 */

import { didYouMean, show } from "../../config/mod.ts";
import { HOOK_EVENT_NAMES, type HookEventName } from "../../core/mod.ts";
import { CliError } from "./cli_error.ts";
import type { CommandArguments } from "./command_spec.ts";

/**
 * The configuration as an operand or as `--config`, not both.
 *
 * @returns `undefined` where none is named.
 * @throws {CliError} Two are named.
 */
export function configFile(args: CommandArguments): string | undefined {
  const [operand] = args.operands;
  const flag = args.value("config");
  if (operand !== undefined && flag !== undefined) {
    throw new CliError(`Two files are given: ${flag} and ${operand}`);
  }
  return operand ?? flag;
}

/**
 * The name of a hook event.
 *
 * @throws {CliError} There is no such event.
 */
export function hookEvent(word: string): HookEventName {
  const event = HOOK_EVENT_NAMES.find((name) => name === word);
  if (event !== undefined) return event;
  const near = didYouMean(word, HOOK_EVENT_NAMES);
  const suggestion = near === undefined ? `one of ${HOOK_EVENT_NAMES.join(", ")}` : `did you mean ${near}?`;
  throw new CliError(`Unknown event ${show(word)}`, suggestion);
}

/**
 * A whole number; both limits are included.
 *
 * @param what What it is for, for the message.
 * @throws {CliError} It is not one, or outside of the limits.
 */
export function wholeNumber(what: string, text: string, limits: { min: number; max: number }): number {
  const { min, max } = limits;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new CliError(`Cannot use ${show(text)} as ${what}: expected a number from ${min} to ${max}`);
}

/**
 * The calls that a command is about: their ids, or `--all`.
 *
 * @param name The command's name, for the message.
 * @throws {CliError} Both are given, or neither.
 */
export function deadCalls(name: string, args: CommandArguments): readonly string[] | "all" {
  if (args.has("all") !== args.operands.length > 0) return args.has("all") ? "all" : args.operands;
  throw new CliError(`srs ${name} needs either the ids of calls or --all`, "srs hooks dead lists the ids");
}
