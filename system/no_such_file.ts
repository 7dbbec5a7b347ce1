/**
 * Whether a file is not there, by the error of a call that wanted it.
 *
 * @module
 */

/** There is no file of this name, or what was a folder on its way is a file now. */
export function isNoSuchFile(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
