/**
 * `srs config convert`: a configuration of SRS or nginx-rtmp as TOML.
 *
 * @module
 */
import { ConfigError, convertSrsConf, formatNote } from "../../../config/mod.ts";
import { printError, printLine } from "../../../system/log/mod.ts";
import { IncludeFiles } from "../../include_files.ts";
import { readTextFile } from "../../text_file.ts";
import { CliError } from "../cli_error.ts";
import type { CommandSpec } from "../command_spec.ts";

/** Exit code of a conversion that lost what protects, records or sends on. */
const EXIT_LOST = 3;

/** Print another program's configuration as ours. */
export interface ConfigConvertCommand {
  /** Tells the commands apart. */
  readonly kind: "config convert";
  /** The other program's file. */
  readonly file: string;
  /** Exit with 0 whatever is lost. */
  readonly force: boolean;
}

/** `srs config convert`: what has no place in the TOML is a comment there, and a line on standard error. */
export const CONFIG_CONVERT: CommandSpec<ConfigConvertCommand> = {
  name: "config convert",
  operands: "FILE",
  maxOperands: 1,
  description:
    "Print an SRS or nginx-rtmp configuration as TOML; what has no place is a comment there, and on stderr",
  flags: [{
    name: "force",
    description: "exit 0, not 3, when hooks, security, refer, cluster, forward, dvr or hls are lost",
  }],
  examples: ["srs config convert srs.conf > srs.toml"],
  parse(args) {
    const [file] = args.operands;
    if (file === undefined) throw new CliError("srs config convert needs the file to convert");
    return { kind: "config convert", file, force: args.has("force") };
  },
  run({ file, force }) {
    const includes = new IncludeFiles(Deno.cwd());
    const { toml, notes, lost } = convertSrsConf(readText(file), { file, includes });
    printLine(toml.trimEnd());
    for (const note of notes) printError(`${note.lost === undefined ? "" : "LOST: "}${formatNote(note)}`);
    if (notes.length === 0) return;
    const count = `${notes.length} ${notes.length === 1 ? "note" : "notes"}`;
    printError(`${file}: ${count}, each also a comment in the TOML; lost: ${lost.join(", ") || "nothing"}`);
    if (lost.length === 0 || force) return;
    printError("Exit code 3: look at what is lost before you use the result (--force: 0)");
    return EXIT_LOST;
  },
};

function readText(file: string): string {
  try {
    return readTextFile(file, file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new Error(`Cannot read ${file}`, { cause: error });
  }
}
