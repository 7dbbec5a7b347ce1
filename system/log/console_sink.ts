/**
 * The terminal, or whatever standard output is: the only file of the program that writes there.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { delay } from "../timers.ts";

/** Pause before a full non-blocking pipe is tried again, milliseconds. */
const RETRY_MS = 10;

/** The part of `Deno.stdout` that is needed. */
export interface ByteWriter {
  /** Take some of `bytes`; resolves with how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/**
 * Write all of `bytes`, in as many steps as it takes.
 *
 * @throws What the writer throws, but for a full non-blocking pipe, which is waited for.
 */
export async function writeAll(writer: ByteWriter, bytes: Uint8Array, clock: Clock): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += await writer.write(bytes.subarray(written));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      await delay(clock, RETRY_MS);
    }
  }
}

/** Print a line of a command's result on standard output, at once. */
export function printLine(line: string): void {
  // deno-lint-ignore no-console
  console.log("%s", line);
}

/** Print a line about a command that failed on standard error, at once. */
export function printError(line: string): void {
  // deno-lint-ignore no-console
  console.error("%s", line);
}
