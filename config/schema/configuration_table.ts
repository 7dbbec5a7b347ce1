/**
 * The schema as documents: the table of all keys (docs/CONFIGURATION.md) and the commented sample (srs.toml).
 * Both are written from here, so that they cannot drift from what is read.
 *
 * @module
 */

import type { KeySpec } from "./key_spec.ts";
import { DEFAULT_VHOST } from "../../core/mod.ts";
import { environmentNamesOf, nameOf, SCHEMA, sectionOf } from "./schema.ts";
import { UNSUPPORTED_KEYS } from "./unsupported_keys.ts";

const SECTION_TEXTS: Readonly<Record<string, string>> = Object.freeze({
  "root ": "The top of the file: the process, the RTMP listener and the log.",
  "root http_api": "The management API.",
  "root exporter": "Metrics for Prometheus, apart from the API.",
  "root http_server": "What browsers and HTTP players connect to.",
  "root limits": "How much one client may make this server keep, and how long it may take.",
  "root hooks.outbox": "Where hook calls are kept until they are answered.",
  "vhost ":
    `A vhost. Its name is what clients connect to; ${DEFAULT_VHOST} takes what no other name matches.\nA file without any vhost has ${DEFAULT_VHOST}. Names with dots need quotes: [vhost."video.test.com"].`,
  "vhost play": "What players get.",
  "vhost publish": "What publishers must do.",
  "vhost http_remux": "Streams by HTTP and WebSocket, as FLV.",
  "vhost hls": "Streams as HLS and low-latency HLS, made when a viewer comes.",
  "vhost dvr": "Recordings of streams. A file is NAME.tmp while it is written.",
  "vhost security": "Who may publish and play, by address; decided before any hook is requested.",
  "vhost refer":
    "The web page that a client says it is embedded in. It keeps out other pages, not other people.",
  "vhost access": "Apps, keys and signed URLs, where no hook service decides.",
  "vhost http_hooks":
    "The HTTP callbacks. Several addresses of one event are an array, or one string split by blanks.\nTo try them: srs hooks serve 8085",
});

/**
 * The table of all keys, as Markdown.
 *
 * @returns Lines, the last one ended.
 */
export function configurationTable(): string {
  const lines = [
    "<!-- deno-fmt-ignore-file -->",
    "",
    "# Configuration",
    "",
    "<!-- Written by `deno task docs` from the schema in config/. -->",
    "",
    "`srs --config FILE` reads TOML with the names, units and meanings of SRS. [srs.toml](../srs.toml) is a complete",
    "sample. `srs config check FILE` lists all problems with their lines, `srs config print FILE` shows what is in",
    "force, `srs config convert srs.conf` rewrites SRS's own syntax, and nginx-rtmp's.",
    "",
    'Durations are numbers in the unit of the table, or text with a unit: `"350ms"`, `"5s"`, `"10m"`, `"1h"`, `"1d"`.',
    'Sizes are bytes, or text: `"64KiB"`, `"10MiB"`, `"1GiB"`. Switches are `true` and `false`, or `"on"` and `"off"`.',
    `An environment variable overrides its key; those of vhosts are about \`${DEFAULT_VHOST}\`. A misspelt one stops the`,
    "start as a misspelt key does; one that only SRS obeys, or that resembles none of ours (`SRS_HOME`), is a warning.",
    "What Kubernetes sets for a service named `srs` (`SRS_PORT=tcp://...`, `SRS_SERVICE_HOST`) is ignored.",
  ];
  lines.push(
    "",
    '`include = ["vhosts/*.toml"]`, before the first header of a file, adds other files: names relative to that file,',
    "`*`, `?` and `[...]` for any characters but `/`. Tables of several files are put together; a key that is in two",
    "files is refused, and so is a file that includes itself. Problems name the included file and its line.",
  );
  lines.push(
    "",
    "The column `reload` says when another value takes effect that a reload finds (SIGHUP, `srs ctl reload`,",
    "`POST /api/v1/reload`, or the change of the file where `auto_reload` is on):",
    "",
    "- **live**: at once, also for clients and streams that are there.",
    "- **next**: at the next connect, request, publish, play or call; those that are there go on with the old value.",
    "- **new**: for connections and streams that begin later; players of a stream that runs get it as it began.",
    "- **restart**: not before a restart; the log and the answer of the reload say so.",
    "",
    "A vhost that is new serves clients that come later; the clients of one that is gone, or no longer enabled, end",
    "with the reason `reload`.",
  );
  for (const [section, keys] of sections()) {
    const header = headerOf(section, "NAME");
    lines.push("", `## ${header === "" ? "Top of the file" : `\`${header}\``}`, "");
    lines.push(SECTION_TEXTS[section] ?? "", "");
    lines.push("| key | type | default | environment | reload | what it does |");
    lines.push("| --- | --- | --- | --- | --- | --- |");
    for (const key of keys) lines.push(tableRow(key));
  }
  lines.push("", "## What SRS has and this server has not", "");
  lines.push("These keys are warnings at start, unless they are switched off.", "");
  lines.push("| key | instead |", "| --- | --- |");
  for (const { scope, path, alternative } of UNSUPPORTED_KEYS) {
    lines.push(`| \`${scope === "vhost" ? `vhost.NAME.${path}` : path}\` | ${cell(alternative)} |`);
  }
  return `${lines.join("\n")}\n`;
}

/**
 * The sample configuration: every key with its default and its reason, examples commented out.
 *
 * @returns TOML; lines, the last one ended.
 */
export function sampleConfiguration(): string {
  const lines = [
    "# The sample configuration of srs: every key, with its default and one line of why.",
    "# Every active line is the default, so this file changes nothing; examples are commented out.",
    "# To use an example, put it in the place of the line above it.",
    "#",
    '# Durations are numbers in the unit named, or text with a unit: "350ms", "5s", "10m", "12h", "7d".',
    '# Switches are true and false, or "on" and "off".',
    "",
    "# Further files, names relative to this one. A key may be in one file only.",
    '# include = ["vhosts/*.toml"]',
  ];
  for (const [section, keys] of sections()) {
    const header = headerOf(section, DEFAULT_VHOST);
    lines.push("", ...(SECTION_TEXTS[section] ?? "").split("\n").map((line) => `# ${line}`));
    if (header !== "") lines.push(header);
    for (const key of keys) {
      lines.push("", `# ${key.description}${sampleRange(key)}`);
      if (key.notImplemented !== undefined) lines.push(`# (Read and checked, but ${key.notImplemented}.)`);
      lines.push(`${nameOf(key)} = ${key.type.toToml(key.default)}`);
      if (key.example !== undefined) lines.push(`# ${nameOf(key)} = ${key.example}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** The keys by `scope section`, in the schema's order. */
function sections(): ReadonlyMap<string, readonly KeySpec<unknown>[]> {
  const sections = new Map<string, KeySpec<unknown>[]>();
  for (const key of SCHEMA) {
    const name = `${key.scope} ${sectionOf(key)}`;
    const keys = sections.get(name) ?? [];
    keys.push(key);
    sections.set(name, keys);
  }
  return sections;
}

function headerOf(section: string, vhost: string): string {
  const [scope, path = ""] = section.split(" ");
  const parts = [...(scope === "vhost" ? ["vhost", vhost] : []), ...(path === "" ? [] : [path])];
  return parts.length === 0 ? "" : `[${parts.join(".")}]`;
}

function tableRow(key: KeySpec<unknown>): string {
  const { type, description, notImplemented, when, default: defaultValue } = key;
  const environment = environmentNamesOf(key).map((name) => `\`${name}\``).join(" ");
  const text = notImplemented === undefined
    ? description
    : `${description} (read and checked, but ${notImplemented})`;
  const kind = type.range === "" ? type.name : `${type.name}: ${type.range}`;
  return `| \`${nameOf(key)}\` | ${cell(kind)} | \`${
    type.toToml(defaultValue)
  }\` | ${environment} | ${when} | ${cell(text)} |`;
}

function sampleRange({ type }: KeySpec<unknown>): string {
  if (type.range === "") return type.name === "switch" ? "." : ` (${type.name}).`;
  return type.name === "word" ? `: ${type.range}.` : ` (${type.name}: ${type.range}).`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
