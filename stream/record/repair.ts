/**
 * Recordings that were not finished, because the server or its disk failed: what is whole of them is kept, what the failure
 * cut is removed, and the file gets its duration and its index.
 *
 * @module
 */
import { repairFlv } from "./repair_flv.ts";
import { repairMp4 } from "./repair_mp4.ts";
import type { RepairedRecording } from "./repaired_recording.ts";
import { checkFolder, type RecordingPlace } from "./record_folder.ts";
import { finishRecordingFile, nameOfFinished } from "./recording_file.ts";

/**
 * Make a file whole.
 *
 * @param place Its path, of its extension, which may have `.tmp` behind it, and the folder that it must not leave.
 * @returns `undefined` where it has no frame: it is removed.
 * @throws {RecordPathError} Its folder was replaced by a link that leads out of its root.
 * @throws {Deno.errors.NotFound} and other errors of the file system, and where something else has taken its place.
 */
export async function repairRecording(place: RecordingPlace): Promise<RepairedRecording | undefined> {
  const { path, root } = place;
  await checkFolder(path, root);
  // A link could lead to any file that this process may write.
  const { isFile } = await Deno.lstat(path);
  if (!isFile) throw new Error(`${path} is a link or a folder, and not the file that was left: remove it`);
  const file = await Deno.open(path, { read: true, write: true });
  let repaired: RepairedRecording | undefined;
  try {
    const isMp4 = /\.mp4(?:\.tmp)?$/.test(path);
    repaired = await (isMp4 ? repairMp4(file) : repairFlv(file));
  } finally {
    file.close();
  }
  if (repaired === undefined) await Deno.remove(path);
  return repaired;
}

/**
 * Make a file whole that a killed process left, and give it its name.
 *
 * @param place Where it was while it was written. The process may have ended after it gave the file its name.
 * @returns `undefined` where there is nothing to keep.
 * @throws As {@link repairRecording}.
 */
export async function finishLeftFile(
  place: RecordingPlace,
): Promise<(RepairedRecording & { readonly name: string }) | undefined> {
  try {
    const repaired = await repairRecording(place);
    if (repaired === undefined) return undefined;
    return { ...repaired, name: await finishRecordingFile(place, repaired.durationMs) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const name = nameOfFinished(place.path);
    const repaired = await repairRecording({ path: name, root: place.root });
    return repaired === undefined ? undefined : { ...repaired, name };
  }
}
