/**
 * What a conversion loses, and where the new file says so.
 *
 * @module
 */
import { IncludeFiles } from "../../../app/include_files.ts";
import type { Conversion } from "../../../config/srs_conf/conversion.ts";
import { convertSrsConf } from "../../../config/srs_conf/convert_srs_conf.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { CLUSTER_CASES } from "./cluster_conversion_cases.ts";
import { type ConversionCase, SRS_CASES } from "./conversion_cases.ts";
import { NGINX_CASES } from "./nginx_conversion_cases.ts";
import { PROTECTION_CASES } from "./protection_conversion_cases.ts";
import { load, problemsIn } from "../support.ts";

/** Converts a case with its included files in a directory of its own. */
async function convert({ conf, files = {} }: ConversionCase): Promise<Conversion> {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.mkdir(`${directory}/${name}`.replace(/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${directory}/${name}`, text);
    }
    return convertSrsConf(conf, { file: "srs.conf", includes: new IncludeFiles(directory) });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Why a case is refused. */
async function problemsOf(one: ConversionCase): Promise<readonly string[]> {
  try {
    await convert(one);
  } catch (error) {
    return problemsIn(() => {
      throw error;
    });
  }
  return [];
}

/** The lines below a table's header; `""` is the top of the file. */
function linesBelow(toml: string, header: string): readonly string[] {
  const found: string[] = [];
  let at = "";
  for (const line of toml.split("\n")) {
    if (line.startsWith("[")) at = line;
    else if (at === header) found.push(line);
  }
  return found;
}

for (const one of [...SRS_CASES, ...CLUSTER_CASES, ...NGINX_CASES, ...PROTECTION_CASES]) {
  Deno.test(`convertSrsConf() shows what is lost of ${one.name}, and where`, async () => {
    const { toml, lost, notes } = await convert(one);
    assertEquals(lost, one.lost);
    for (const [header, text] of one.lines) {
      const below = linesBelow(toml, header);
      assert(below.some((line) => line.startsWith(text)), `${text}\nis not below ${header} in\n${toml}`);
    }
    for (const text of one.absent ?? []) assert(!toml.includes(text), `${text}\nis in\n${toml}`);
    const comments = toml.split("\n").filter((line) => line.startsWith("# ")).length;
    assertEquals(comments, notes.length + 1);
    load(toml);
  });
}

Deno.test("the table of conversions has 20 subjects of SRS and 5 files of nginx-rtmp", () => {
  assert(SRS_CASES.length + CLUSTER_CASES.length >= 20);
  assert(NGINX_CASES.length >= 5);
});

const PARTS = [
  { conf: 'events { }\nhttp { server { listen 80; add_header a "\\""; } }', found: "events is nginx's" },
  { conf: "user www;\nworker_processes auto;\ninclude rtmp.d/*.conf;", found: "worker_processes is nginx's" },
  { conf: "http { server { listen 80; } }", found: "http is nginx's" },
  { conf: "application live { live on; deny play all; }", found: "application is nginx's" },
  { conf: "rtmp { include rtmp.d/*.conf; }", found: "rtmp is nginx's" },
];
for (const { conf, found } of PARTS) {
  Deno.test(`convertSrsConf() refuses a part of nginx's configuration: ${JSON.stringify(conf)}`, async () => {
    const problems = await problemsOf({ name: "", conf, lost: [], lines: [] });
    assertEquals(problems, [
      `srs.conf: ${found}, and there is no rtmp { server { ... } } ` +
      "(convert the whole nginx.conf, where the files are that it includes)",
    ]);
  });
}

Deno.test("convertSrsConf() refuses a file of includes that match no file", async () => {
  const problems = await problemsOf({ name: "", conf: "include conf.d/*.conf;", lost: [], lines: [] });
  assertEquals(problems, [
    "srs.conf: The file includes nothing (convert it where the files are that it includes)",
  ]);
});

Deno.test("convertSrsConf() refuses files that include themselves, with the line", async () => {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    await Deno.writeTextFile(`${directory}/a.conf`, "listen 1935;\ninclude b.conf;\n");
    await Deno.writeTextFile(`${directory}/b.conf`, "\n\ninclude a.conf;\n");
    const includes = new IncludeFiles(directory);
    const problems = problemsIn(() => convertSrsConf("include b.conf;", { file: "a.conf", includes }));
    assertEquals(problems, ["b.conf:3: include: a.conf includes itself"]);
    await Deno.symlink("a.conf", `${directory}/link.conf`);
    const linked = problemsIn(() => convertSrsConf("include link.conf;", { file: "a.conf", includes }));
    assertEquals(linked, ["a.conf:1: include: link.conf includes itself"]);
    await Deno.writeTextFile(`${directory}/b.conf`, "\nlisten 1935\n");
    const broken = problemsIn(() => convertSrsConf("include b.conf;", { file: "a.conf", includes }));
    assertEquals(broken, ['b.conf:2: Directive "listen" is not ended by ; or {, found the end of the file']);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
