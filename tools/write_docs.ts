/**
 * Writes the documents that come from the schema: `deno task docs`.
 *
 * @module
 */

import { configurationTable, sampleConfiguration } from "../config/schema/configuration_table.ts";

const root = new URL("../", import.meta.url);
await Deno.mkdir(new URL("docs/", root), { recursive: true });
await Deno.writeTextFile(new URL("docs/CONFIGURATION.md", root), configurationTable());
await Deno.writeTextFile(new URL("srs.toml", root), sampleConfiguration());
