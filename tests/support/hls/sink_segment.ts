/**
 * Finished segments, and what of them is on disk.
 *
 * @module
 */
import type { SinkSegment } from "../../../http/hls/segment_sink.ts";

/** Wall clock of segment 0. */
export const START_MS: number = Date.UTC(2026, 10, 29);

/** A segment of 2 s whose bytes are its number. */
export function sinkSegment(sequence: number, changes: Partial<SinkSegment> = {}): SinkSegment {
  return {
    sequence,
    discontinuity: false,
    dateMs: START_MS + 2000 * sequence,
    durationMs: 2000,
    body: new Uint8Array(10).fill(sequence),
    init: undefined,
    discontinuities: 1,
    targetDurationS: 2,
    extension: "ts",
    ...changes,
  };
}

/** Names below a directory, sorted, without those of the disk itself. */
export async function filesIn(path: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${path}/${below}`)) {
    if (name.startsWith(".srs.")) continue;
    if (isDirectory) found.push(...await filesIn(path, `${below}${name}/`));
    else found.push(`${below}${name}`);
  }
  return found.sort();
}
