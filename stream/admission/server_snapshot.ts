/**
 * What can be seen of one thread: its clients, and what is played to them.
 *
 * @module
 */
import type { MediaContext } from "./media_context.ts";
import type { FormatSnapshot, ServerSnapshot, Source } from "../live/mod.ts";

/** A thread as a server of its own. */
export function serverSnapshot(
  { clients, sources }: Pick<MediaContext, "clients" | "sources">,
): ServerSnapshot {
  const all = clients.snapshot();
  const { connections, usage } = all;
  const thread = { thread: "0", connections, streams: sources.size, usage, formats: formatsOf(sources) };
  return { ...all, threads: [thread] };
}

function formatsOf(sources: Iterable<Source>): readonly FormatSnapshot[] {
  const formats = new Map<string, FormatSnapshot>();
  for (const source of sources) {
    for (const { format: { name }, consumers, log } of source.outputs.list) {
      const known = formats.get(name) ?? NONE;
      let furthest = log.head;
      for (const { position } of consumers) furthest = Math.min(furthest, position);
      formats.set(name, {
        format: name,
        outputs: known.outputs + 1,
        players: known.players + consumers.size,
        heldBytes: known.heldBytes + log.heldBytes,
        lagMs: Math.max(known.lagMs, log.lagMs(furthest)),
      });
    }
  }
  return [...formats.values()];
}

const NONE: Omit<FormatSnapshot, "format"> = { outputs: 0, players: 0, heldBytes: 0, lagMs: 0 };
