/**
 * Writes into the middle of a file.
 *
 * @module
 */
import type { Patch } from "../media/mod.ts";

/** Replace the bytes of each patch's place. */
export async function applyPatches(file: Deno.FsFile, patches: readonly Patch[]): Promise<void> {
  for (const { at, bytes } of patches) {
    await file.seek(at, Deno.SeekMode.Start);
    await writeAll(file, bytes);
  }
}

/** A write may take less than all of it. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
