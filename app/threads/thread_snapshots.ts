/**
 * What the media threads say of themselves, as one server. Pure.
 *
 * @module
 */
import type { DelayCounts } from "../../core/mod.ts";
import { mergeSnapshots, NO_USAGE, type ServerSnapshot, type ThreadSnapshot } from "../../stream/live/mod.ts";

/**
 * All threads, each under its own number, and the main one.
 *
 * @param parts By the threads' numbers; `undefined` for one that has failed.
 * @param loopDelay How late the event loop of the main thread was.
 */
export function snapshotOfThreads(
  parts: readonly (ServerSnapshot | undefined)[],
  loopDelay: DelayCounts,
): ServerSnapshot {
  const numbered = parts.map((part, thread) => part === undefined ? undefined : numberedAs(part, thread));
  const { threads, ...all } = mergeSnapshots(numbered.filter((part) => part !== undefined));
  const main: ThreadSnapshot = {
    ...{ thread: "main", connections: 0, streams: 0, usage: NO_USAGE, formats: [] },
    loopDelay,
  };
  return { ...all, threads: [...threads, main] };
}

/** What a media thread says of itself, under its own number. */
function numberedAs(part: ServerSnapshot, number: number): ServerSnapshot {
  return { ...part, threads: part.threads.map((thread) => ({ ...thread, thread: String(number) })) };
}
