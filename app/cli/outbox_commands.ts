/**
 * `srs hooks list`, `dead`, `replay` and `drop`: the outbox, beside a running server or without one.
 *
 * @module
 */
import { resolve } from "node:path";
import type { HooksDropCommand, HooksReplayCommand } from "./command.ts";
import { OutboxAdmin, type OutboxEntry } from "../../hooks/mod.ts";
import { escapeUnsafe, maskSecrets, printLine } from "../../system/log/mod.ts";
import { SystemClock } from "../../system/mod.ts";
import { loadForCommand } from "./config_commands.ts";

/** More lines than anybody reads; the counts tell the rest. */
const MAX_LINES = 1000;

/** Print what waits: events to deliver, and sessions whose ending will be due. */
export function listOutbox(file: string | undefined): void {
  using outbox = openOutbox(file);
  for (const state of ["due", "open", "asked"] as const) {
    for (const entry of outbox.list(state, MAX_LINES)) printLine(entryLine(entry));
  }
  const { due, open, asked, dead } = outbox.counts();
  printLine(`${due} due, ${open} open, ${asked} asked, ${dead} dead`);
}

/** Print what was given up. */
export function listDead(file: string | undefined): void {
  using outbox = openOutbox(file);
  for (const entry of outbox.list("dead", MAX_LINES)) printLine(entryLine(entry));
  printLine(`${outbox.counts().dead} dead`);
}

/**
 * Make events due again that were given up.
 *
 * @throws When one of the ids is not among them, or the address is not configured for one of them.
 */
export function replayDead({ file, ids, to }: HooksReplayCommand): void {
  const { vhosts } = loadForCommand(file).config.hooks;
  using outbox = openOutbox(file);
  changeDead(
    ids,
    "put back",
    (id) => to === undefined ? outbox.replay(id) : outbox.replayTo(id, to, vhosts),
  );
}

/**
 * Forget events that were given up.
 *
 * @throws When one of the ids is not among them.
 */
export function dropDead({ file, ids }: HooksDropCommand): void {
  using outbox = openOutbox(file);
  changeDead(ids, "dropped", (id) => outbox.drop(id));
}

function changeDead(
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
  if (unknown.length > 0) throw new Error(`Not among the dead: ${unknown.join(", ")}`);
}

function openOutbox(file: string | undefined): OutboxAdmin {
  const { config } = loadForCommand(file);
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
