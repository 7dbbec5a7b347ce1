/**
 * The `srs` command.
 *
 * @module
 */
import { run } from "./app/run.ts";

if (import.meta.main) Deno.exit(await run(Deno.args));
