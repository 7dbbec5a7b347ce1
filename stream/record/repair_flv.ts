/**
 * FLV files that were not finished. FLV 10.1 §E.2 to §E.4.1.
 *
 * @module
 */
import { applyPatches } from "./apply_patches.ts";
import { FlvExtent } from "./flv_extent.ts";
import { WindowReader } from "./window_reader.ts";
import { FILE_HEADER_BYTES, flvPatches, TAG_HEADER_BYTES } from "./flv_packager.ts";
import type { RepairedRecording } from "./repaired_recording.ts";
import { MediaKind, readTag } from "../media/mod.ts";

const TAG_SIZE_BYTES = 4;
/** Enough of a body to tell a header from a frame. */
const BODY_BYTES = 16;

/** See `repairRecording`. */
export async function repairFlv(file: Deno.FsFile): Promise<RepairedRecording | undefined> {
  const reader = new WindowReader(file);
  const size = (await file.stat()).size;
  const extent = new FlvExtent();
  let at = FILE_HEADER_BYTES;
  while (at + TAG_HEADER_BYTES < size) {
    const bytes = await reader.read(at, TAG_HEADER_BYTES + BODY_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = view.getUint32(0) & 0xff_ffff;
    const end = at + TAG_HEADER_BYTES + length + TAG_SIZE_BYTES;
    if (end > size) break;
    const typeId = view.getUint8(0);
    const body = bytes.subarray(TAG_HEADER_BYTES, TAG_HEADER_BYTES + length);
    if (typeId !== MediaKind.Data && !readTag(typeId, body).header) {
      extent.add(typeId, (view.getUint32(4) >>> 8) + view.getUint8(7) * 0x100_0000, body);
    }
    at = end;
  }
  if (!extent.hasAudio && !extent.hasVideo) return undefined;
  const { durationMs } = extent;
  await file.truncate(at);
  await applyPatches(file, flvPatches(extent, durationMs, at));
  return { durationMs, bytes: at };
}
