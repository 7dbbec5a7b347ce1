/**
 * `srs token`: a token for the API, and the line by which a configuration knows it.
 *
 * @module
 */
import { show } from "../../../config/mod.ts";
import { printError, printLine } from "../../../system/log/mod.ts";
import { CliError } from "../cli_error.ts";
import type { CommandArguments, CommandSpec } from "../command_spec.ts";

const SCOPES = ["read", "kick", "admin"] as const;

/** Make a token. */
export interface TokenCommand {
  /** Tells the commands apart. */
  readonly kind: "token";
  /** Who is to have it, for the log. */
  readonly name: string;
  /** What it permits. */
  readonly scope: typeof SCOPES[number];
}

/** `srs token`. */
export const TOKEN: CommandSpec<TokenCommand> = {
  name: "token",
  operands: "NAME",
  maxOperands: 1,
  description: "Make a token for the API, and the line for http_api.tokens",
  flags: [{ name: "scope", value: "SCOPE", description: "read, kick or admin (read)" }],
  examples: ["srs token grafana", "srs token ops --scope admin > ops.token"],
  parse,
  async run({ name, scope }) {
    const { TOKEN_BYTES, tokenHash, tokenOf } = await import("../../../http/mod.ts");
    const token = tokenOf(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
    // Apart from each other, so that the token can go to a file of its own.
    printLine(token);
    printError(
      `For http_api.tokens or a line of http_api.tokens_file: "${name} ${scope} ${tokenHash(token)}"`,
    );
  },
};

function parse(args: CommandArguments): TokenCommand {
  const [name = ""] = args.operands;
  if (!/^[\w.@-]{1,64}$/.test(name)) {
    throw new CliError("srs token needs a name of up to 64 letters, digits and . _ @ -");
  }
  const word = args.value("scope") ?? "read";
  const scope = SCOPES.find((candidate) => candidate === word);
  if (scope === undefined) {
    throw new CliError(`Cannot use ${show(word)} as --scope: expected read, kick or admin`);
  }
  return { kind: "token", name, scope };
}
