/**
 * MP4 files that were not finished: the index is made from the fragments that are whole.
 *
 * @module
 */
import { applyPatches } from "./apply_patches.ts";
import { WindowReader } from "./window_reader.ts";
import type { RepairedRecording } from "./repaired_recording.ts";
import {
  BOX_HEADER_BYTES,
  finishRecording,
  FragmentIndex,
  MAX_INDEX_ENTRIES,
  readFragment,
  readTimeScales,
} from "../media/mod.ts";

/** Boxes in front of the first fragment. */
const HEAD_BOXES: ReadonlySet<string> = new Set(["ftyp", "moov", "free", "sidx"]);

/** See `repairRecording`. */
export async function repairMp4(file: Deno.FsFile): Promise<RepairedRecording | undefined> {
  const reader = new WindowReader(file);
  const size = (await file.stat()).size;
  const headBytes = await headEnd(reader, size);
  const head = (await reader.read(0, headBytes)).slice();
  const timeScales = readTimeScales(head);
  const index = new FragmentIndex(MAX_INDEX_ENTRIES);
  const firstOffsets: (number | undefined)[] = timeScales.map(() => undefined);
  let at = headBytes;
  for (;;) {
    const moof = await boxAt(reader, at, size);
    const mdat = moof?.type === "moof" ? await boxAt(reader, moof.end, size) : undefined;
    if (moof === undefined || mdat?.type !== "mdat") break;
    const tracks = readFragment(await reader.read(at, moof.end - at));
    const byId = timeScales.map((_, i) => tracks.find(({ id }) => id === i + 1));
    byId.forEach((track, i) => firstOffsets[i] ??= track?.firstOffset);
    index.add({
      bytes: mdat.end - at,
      keyFrame: tracks[0]?.keyFrame ?? false,
      startTimes: byId.map((track) => track?.startTime),
      endTimes: byId.map((track) => track?.endTime),
    });
    at = mdat.end;
  }
  if (at === headBytes) return undefined;
  const tracks = timeScales.map((timeScale, i) => ({ timeScale, firstOffset: firstOffsets[i] ?? 0 }));
  const durationMs = index.durationMs(tracks);
  await file.truncate(at);
  await applyPatches(file, finishRecording(head, index.tracks(tracks), durationMs));
  return { durationMs, bytes: at };
}

/** Where the first fragment begins, or would. */
async function headEnd(reader: WindowReader, size: number): Promise<number> {
  let at = 0;
  for (;;) {
    const box = await boxAt(reader, at, size);
    if (box === undefined || !HEAD_BOXES.has(box.type)) return at;
    at = box.end;
  }
}

/** The box at a place of the file; `undefined` where the file ends in it. */
async function boxAt(
  reader: WindowReader,
  at: number,
  size: number,
): Promise<{ readonly type: string; readonly end: number } | undefined> {
  const bytes = await reader.read(at, BOX_HEADER_BYTES);
  if (bytes.length < BOX_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = at + view.getUint32(0);
  if (end < at + BOX_HEADER_BYTES || end > size) return undefined;
  return { type: String.fromCharCode(...bytes.subarray(4, BOX_HEADER_BYTES)), end };
}
