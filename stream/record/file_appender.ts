/**
 * One file that grows: what is appended waits in memory while the disk is busy, up to a bound, and the stream never waits.
 *
 * @module
 */
import { applyPatches, writeAll } from "./apply_patches.ts";
import type { Patch } from "../media/mod.ts";

/** What may wait for the disk, bytes. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** A disk that takes nothing for longer is too slow, milliseconds. */
const MAX_STALL_MS = 10_000;

/** Why a file cannot be written. */
export type DiskFault = { readonly error: unknown } | "slow";

/** Appends to one file. */
export class FileAppender {
  readonly #opening: Promise<Deno.FsFile>;
  readonly #failed: (fault: DiskFault) => void;
  readonly #written: (bytes: Uint8Array<ArrayBuffer>) => void;
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #waitingBytes = 0;
  #bytes = 0;
  #writtenBytes = 0;
  #writing: Promise<void> | undefined;
  #fault: DiskFault | undefined;
  /** Since when nothing has been written although something waits. */
  #stalledMs: number | undefined;

  /**
   * A file that is being opened.
   *
   * @param failed Called once, when it cannot be opened or written, or the disk is too slow; never from within a call.
   * @param written Gets what was appended and is not needed any more.
   */
  constructor(
    opening: Promise<Deno.FsFile>,
    failed: (fault: DiskFault) => void,
    written: (bytes: Uint8Array<ArrayBuffer>) => void = () => {},
  ) {
    this.#written = written;
    this.#opening = opening;
    this.#failed = failed;
    this.#writing = this.#write();
  }

  /** Of all that was appended. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of what has reached the file. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** It was given up because its disk is too slow: a write may never end. */
  get stalled(): boolean {
    return this.#fault === "slow";
  }

  /** Append bytes, which must not be changed any more. Does nothing after a failure. */
  append(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#fault !== undefined || bytes.length === 0) return;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#bytes += bytes.length;
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      this.#waiting = [];
      queueMicrotask(() => this.#fail("slow"));
      return;
    }
    this.#writing ??= this.#write();
  }

  /** Look whether the disk still takes what waits; called about once a second. */
  sweep(nowMs: number): void {
    if (this.#writing === undefined) this.#stalledMs = undefined;
    else if (nowMs - (this.#stalledMs ??= nowMs) > MAX_STALL_MS) this.#fail("slow");
  }

  /**
   * Write what waits and the patches, then close the file. Never rejects: a failure is reported as always.
   *
   * @returns Whether all of it was written.
   */
  async close(patches: readonly Patch[]): Promise<boolean> {
    await this.#writing;
    const file = await this.#opened();
    if (file === undefined) return false;
    try {
      if (this.#fault === undefined) {
        await applyPatches(file, patches);
        await file.syncData();
      }
    } catch (error) {
      this.#fail({ error });
    } finally {
      file.close();
    }
    return this.#fault === undefined;
  }

  async #opened(): Promise<Deno.FsFile | undefined> {
    try {
      return await this.#opening;
    } catch (error) {
      this.#fail({ error });
      return undefined;
    }
  }

  async #write(): Promise<void> {
    const file = await this.#opened();
    try {
      while (file !== undefined && this.#waiting.length > 0 && this.#fault === undefined) {
        const chunks = this.#waiting;
        this.#waiting = [];
        for (const chunk of chunks) {
          await writeAll(file, chunk);
          this.#waitingBytes -= chunk.length;
          this.#writtenBytes += chunk.length;
          this.#written(chunk);
          this.#stalledMs = undefined;
        }
      }
    } catch (error) {
      this.#fail({ error });
    } finally {
      this.#writing = undefined;
    }
  }

  #fail(fault: DiskFault): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#failed(fault);
  }
}
