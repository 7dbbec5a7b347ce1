/**
 * `srs hooks list`, `dead` and `replay`: the outbox, beside a running server or without one.
 *
 * @module
 */
import { resolve } from "node:path";
import { OutboxAdmin, type OutboxEntry } from "../hooks/mod.ts";
import { escapeUnsafe, maskSecrets, printLine } from "../log/mod.ts";
import { SystemClock } from "../system/mod.ts";
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
 * @throws When one of the ids is not among them.
 */
export function replayDead(file: string | undefined, ids: readonly string[] | "all"): void {
  using outbox = openOutbox(file);
  if (ids === "all") {
    printLine(`${outbox.replay(undefined)} put back`);
    return;
  }
  const unknown = ids.filter((id) => outbox.replay(id) === 0);
  printLine(`${ids.length - unknown.length} put back`);
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
  const when = entry.state === "due" ? ` next=${new Date(entry.nextAt).toISOString()}` : "";
  const place = JSON.stringify(`${entry.vhost}/${entry.app}${stream}`);
  const line =
    `${entry.state} ${entry.id} ${entry.event} client=${entry.clientId} stream=${place} url=${entry.url}` +
    ` attempts=${entry.attempts}${when}${cause}`;
  return escapeUnsafe(maskSecrets(line));
}
