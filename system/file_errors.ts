/**
 * What the errors of a call that wanted a file mean.
 *
 * @module
 */
import { errorMessage } from "../core/mod.ts";

/** There is no file of this name, or what was a folder on its way is a file now. */
export function isNoSuchFile(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** The system's words, without what the runtime advises its own users. */
export function fileErrorText(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) return "this server is not permitted to write there";
  return errorMessage(error).replace(/\s*\(os error \d+\).*$/s, "");
}
