/**
 * The version, as `deno.json` has it.
 *
 * @module
 */
import metadata from "../deno.json" with { type: "json" };

/** `major.minor.patch`. */
export const VERSION: string = metadata.version;
