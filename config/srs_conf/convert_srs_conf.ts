/**
 * Rewrites a configuration of SRS or of nginx-rtmp as ours. What has no place here is listed with its line, and is
 * a comment in the new file.
 *
 * @module
 */

import type { Conversion } from "./conversion.ts";
import { followIncludes } from "./included_directives.ts";
import { NginxConverter } from "./nginx_converter.ts";
import { SrsConverter } from "./srs_converter.ts";
import type { IncludeReader } from "../toml/include_reader.ts";
import { ConfigError } from "../problems/problem.ts";
import { type Directive, parseSrsConf } from "./srs_conf_parser.ts";

/** What a file is converted with. */
export interface ConvertOptions {
  /** The file's name, for notes and errors, and where its includes begin. */
  readonly file?: string | undefined;
  /** Reads included files; without it they are noted as lost. */
  readonly includes?: IncludeReader;
}

/** The `rtmp` block of nginx holds servers, that of SRS 7 does not; `events` is nginx's alone. */
const NGINX = /(?:^|[\s;}])(?:rtmp\s*\{[^{}]*\bserver|events)\s*\{/;
/** What only nginx has at the top of a file, or below a block that the file lacks. */
const NGINX_TOP: ReadonlySet<string> = new Set([
  ...["events", "http", "mail", "server", "application", "worker_processes", "load_module", "rtmp_auto_push"],
]);
/** Blocks of nginx that have nothing to do with RTMP. */
const NGINX_SKIPPED: ReadonlySet<string> = new Set(["http", "stream", "mail", "events"]);

/**
 * Convert a whole file.
 *
 * @param text The old configuration.
 * @param options Its name, and how its includes are read.
 * @throws {ConfigError} A text breaks the grammar, includes itself, or holds no directive at all.
 */
export function convertSrsConf(text: string, options: ConvertOptions = {}): Conversion {
  const { file, includes: reader } = options;
  // A file of nginx may hold what SRS's grammar refuses, so that it is recognised by its text.
  const escapes = NGINX.test(text.replaceAll(/(^|\s)#.*/g, "$1"));
  const directives = parseSrsConf(text, { file, escapes });
  if (directives.length === 0) throw refusal(file, "The file says nothing", "SRS refuses an empty file too");
  const skipped = escapes ? NGINX_SKIPPED : new Set<string>();
  const included = followIncludes(directives, { file, escapes, reader, skipped });
  if (isNginx(included.directives)) return new NginxConverter(included).convert();
  const foreign = included.directives.find(isNginxPart);
  if (foreign !== undefined) {
    const found = `${foreign.name} is nginx's, and there is no rtmp { server { ... } }`;
    throw refusal(file, found, "convert the whole nginx.conf, where the files are that it includes");
  }
  if (included.directives.every((directive) => included.empty.has(directive))) {
    throw refusal(file, "The file includes nothing", "convert it where the files are that it includes");
  }
  return new SrsConverter(included).convert();
}

function refusal(file: string | undefined, message: string, suggestion: string): ConfigError {
  return new ConfigError([{ file, line: undefined, path: "", message, suggestion }]);
}

/** As SRS's it would be a file that says next to nothing: a server that is open to everybody. */
function isNginxPart({ name, children = [] }: Directive): boolean {
  if (name !== "rtmp") return NGINX_TOP.has(name);
  const names = new Set(children.map((child) => child.name));
  return (names.has("include") && !names.has("listen")) || children.some(isNginxPart);
}

function isNginx(directives: readonly Directive[]): boolean {
  return directives.some(({ name, children }) =>
    name === "rtmp" && children?.some((child) => child.name === "server" && child.children !== undefined)
  );
}
