/**
 * The sample and the table of keys are what the schema says.
 *
 * @module
 */

import { assert, assertEquals } from "../support/assert.ts";
import { configurationTable, sampleConfiguration } from "../../config/schema/configuration_table.ts";
import { parseToml } from "../../config/toml/parse_toml.ts";
import { nameOf, SCHEMA } from "../../config/schema/schema.ts";
import { valueAt } from "../../config/schema/setting_reader.ts";
import { load, valuesOf, VHOST } from "./support.ts";

const SAMPLE = await Deno.readTextFile(new URL("../../srs.toml", import.meta.url));
const TABLE = await Deno.readTextFile(new URL("../../docs/CONFIGURATION.md", import.meta.url));

Deno.test("srs.toml loads without a warning and changes nothing", () => {
  const { config, warnings } = load(SAMPLE);
  assertEquals(warnings, []);
  assertEquals(valuesOf(config), valuesOf(load("").config));
});

Deno.test("srs.toml has every key of the schema, with its default", () => {
  const { values, index } = parseToml(SAMPLE);
  for (const { scope, path, type, default: defaultValue } of SCHEMA) {
    const base = scope === "vhost" ? ["vhost", VHOST] : [];
    const parsed = type.parse(valueAt(values, [...base, ...path.split(".")]));
    assert(parsed.ok, path);
    assertEquals<unknown>(parsed.value, defaultValue, path);
  }
  assertEquals(index.keys.length, SCHEMA.length);
});

Deno.test("srs.toml: every example loads in the place of its default", () => {
  for (const key of SCHEMA) {
    if (key.example === undefined) continue;
    const comment = `# ${nameOf(key)} = ${key.example}`;
    const active = `${nameOf(key)} = ${key.type.toToml(key.default)}`;
    assert(SAMPLE.includes(`${active}\n${comment}\n`), key.path);
    // The two halves of a client certificate only go together.
    const both = (text: string) =>
      text.replace('client_cert = ""', 'client_cert = "c"').replace('client_key = ""', 'client_key = "k"');
    const changed = SAMPLE.replace(`${active}\n${comment}`, `${nameOf(key)} = ${key.example}`);
    load(key.path.includes("client_") ? both(changed) : changed, { readFile: () => "-----BEGIN X-----" });
  }
});

Deno.test("srs.toml is what `deno task docs` writes", () => {
  assertEquals(SAMPLE, sampleConfiguration());
});

Deno.test("docs/CONFIGURATION.md is what `deno task docs` writes", () => {
  assertEquals(TABLE, configurationTable());
});
