/**
 * Why a file cannot be written or removed.
 *
 * @module
 */

/** A stream's files must not be written: where its names lead is not its own. */
export class DiskPathError extends Error {
  /** @param message Names the path. */
  constructor(message: string) {
    super(message);
    this.name = "DiskPathError";
  }
}

/** Another process writes to the directory: it may end, or drain. */
export class DiskBusyError extends Error {
  /** @param message Names the directory. */
  constructor(message: string) {
    super(message);
    this.name = "DiskBusyError";
  }
}

/** There is nothing at that path. */
export function isNotFound(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
