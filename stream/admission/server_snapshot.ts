/**
 * What can be seen of one thread: its clients, and what is played to them.
 *
 * @module
 */
import { inSlices } from "../../system/mod.ts";
import type { MediaContext } from "./media_context.ts";
import type { FormatSnapshot, ServerSnapshot, Source } from "../live/mod.ts";

/** A thread as a server of its own; others have their turn while many clients are looked at. */
export async function serverSnapshot(
  { clients, sources, clock }: Pick<MediaContext, "clients" | "sources" | "clock">,
): Promise<ServerSnapshot> {
  const all = await inSlices(clients.snapshot(), clock);
  const { connections, usage } = all;
  const thread = { thread: "0", connections, streams: sources.size, usage, formats: formatsOf(sources) };
  return { ...all, threads: [thread] };
}

function formatsOf(sources: Iterable<Source>): readonly FormatSnapshot[] {
  const formats = new Map<string, FormatSums>();
  for (const source of sources) {
    for (const { format: { name }, consumers, log } of source.outputs.list) {
      const known = formats.get(name);
      const sums = known ?? { format: name, outputs: 0, players: 0, heldBytes: 0, lagMs: 0 };
      if (known === undefined) formats.set(name, sums);
      let furthest = log.head;
      for (const { position } of consumers) furthest = Math.min(furthest, position);
      sums.outputs++;
      sums.players += consumers.size;
      sums.heldBytes += log.heldBytes;
      sums.lagMs = Math.max(sums.lagMs, log.lagMs(furthest));
    }
  }
  return [...formats.values()];
}

/** A {@link FormatSnapshot} while it is added up. */
type FormatSums = { -readonly [Name in keyof FormatSnapshot]: FormatSnapshot[Name] };
