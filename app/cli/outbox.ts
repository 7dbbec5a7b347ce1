/**
 * What the commands about the outbox share: opening it, printing its entries, and changing what was given up.
 *
 * @module
 */
import { resolve } from "node:path";
import { OutboxAdmin, type OutboxEntry } from "../../hooks/mod.ts";
import { escapeUnsafe, maskSecrets, printLine } from "../../system/log/mod.ts";
import { SystemClock } from "../../system/mod.ts";
import type { Config } from "../../config/mod.ts";
import { loadForCommand } from "./load_for_command.ts";

/** Enough for reading; the counts say how many there are. */
const MAX_LINES = 1000;

/**
 * Print the entries in a state.
 *
 * @param outbox The outbox.
 * @param state Their state.
 */
export function printEntries(outbox: OutboxAdmin, state: OutboxEntry["state"]): void {
  for (const entry of outbox.list(state, MAX_LINES)) printLine(entryLine(entry));
}

/**
 * Change calls that were given up, and print how many.
 *
 * @param ids Which calls.
 * @param done What was done to them, for the line.
 * @param change Changes one call, or all of them; returns how many.
 * @throws {Error} One of the ids is not among them.
 */
export function changeDead(
  ids: readonly string[] | "all",
  done: string,
  change: (id: string | undefined) => number,
): void {
  if (ids === "all") {
    printLine(`${change(undefined)} ${done}`);
    return;
  }
  const unknown = ids.filter((id) => change(id) === 0);
  printLine(`${ids.length - unknown.length} ${done}`);
  if (unknown.length > 0) throw new Error(`Not among the dead calls: ${unknown.join(", ")}`);
}

/**
 * Open the outbox of a configuration, whether a server uses it or not.
 *
 * @param file `undefined` for the defaults alone.
 * @throws {Error} It cannot be opened.
 */
export function openOutbox(file: string | undefined): OutboxAdmin {
  return openOutboxOf(loadForCommand(file).config);
}

/**
 * The same, of a configuration that is loaded already: loading it again would repeat its warnings.
 *
 * @throws {Error} It cannot be opened.
 */
export function openOutboxOf(config: Pick<Config, "hooks" | "process">): OutboxAdmin {
  const { path } = config.hooks.outbox;
  return OutboxAdmin.open(path === "" ? "" : resolve(config.process.workDir, path), new SystemClock());
}

function entryLine(entry: OutboxEntry): string {
  const stream = entry.stream === "" ? "" : `/${entry.stream}`;
  const cause = entry.cause === "" ? "" : ` cause=${JSON.stringify(entry.cause)}`;
  const when = entry.state === "due" ? ` ${whenOf(entry)}` : "";
  const place = JSON.stringify(`${entry.vhost}/${entry.app}${stream}`);
  const line =
    `${entry.state} ${entry.id} ${entry.event} client=${entry.clientId} stream=${place} url=${entry.url}` +
    ` attempts=${entry.attempts}${when}${cause}`;
  return escapeUnsafe(maskSecrets(line));
}

/** An event that was not attempted yet, or has to wait for another, has no moment of its own. */
function whenOf({ nextAt, after }: OutboxEntry): string {
  if (nextAt !== undefined) return `next=${new Date(nextAt).toISOString()}`;
  return after === undefined ? "next=at_once" : `after=${after}`;
}
