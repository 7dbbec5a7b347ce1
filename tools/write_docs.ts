/**
 * Writes the documents that come from the schema and from the code: `deno task docs`.
 *
 * @module
 */

import { configurationTable, sampleConfiguration } from "../config/schema/configuration_table.ts";
import { HOOK_DOCUMENT, withHookBlocks } from "./hook_document.ts";
import { logDocument, productMessages } from "./log_document.ts";

const root = new URL("../", import.meta.url);
await Deno.mkdir(new URL("docs/", root), { recursive: true });
await Deno.writeTextFile(new URL("docs/CONFIGURATION.md", root), configurationTable());
await Deno.writeTextFile(new URL("srs.toml", root), sampleConfiguration());
await Deno.writeTextFile(new URL("docs/LOGS.md", root), logDocument(await productMessages()));
await Deno.writeTextFile(HOOK_DOCUMENT, await withHookBlocks(await Deno.readTextFile(HOOK_DOCUMENT)));
