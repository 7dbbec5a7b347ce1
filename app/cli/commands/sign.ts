/**
 * `srs sign`: the address of a stream with a signature that the server accepts.
 *
 * @module
 */
import { duration, show } from "../../../config/mod.ts";
import { printError, printLine } from "../../../system/log/mod.ts";
import { SystemClock } from "../../../system/mod.ts";
import { ConfigSource } from "../../config_source.ts";
import { CliError } from "../cli_error.ts";
import { type CommandArguments, type CommandSpec, CONFIG_FLAG } from "../command_spec.ts";

/** An address that is valid for longer needs no expiry at all. */
const VALID_TIME = duration("s", { minMs: 1000, maxMs: 10 * 365 * 86_400_000 });

/** Sign the address of a stream. */
export interface SignCommand {
  /** Tells the commands apart. */
  readonly kind: "sign";
  /** `rtmp://host/app/stream`, with or without parameters. */
  readonly url: string;
  /** What the signed address permits. */
  readonly action: "publish" | "play";
  /** How long it may be used, whole seconds. */
  readonly validSeconds: number;
  /** The only address that may use it, `""` for any. */
  readonly ip: string;
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
}

/** `srs sign`. */
export const SIGN: CommandSpec<SignCommand> = {
  name: "sign",
  operands: "URL",
  maxOperands: 1,
  description: "Sign the address of a stream with the first of its vhost's access.url_secrets",
  flags: [
    CONFIG_FLAG,
    { name: "for", value: "ACTION", description: "publish or play (play)" },
    { name: "valid", value: "TIME", description: "seconds, or text such as 30m, 12h, 7d (1h)" },
    { name: "ip", value: "ADDRESS", description: "the only address that may use it" },
  ],
  examples: ["srs sign rtmp://example.com/live/livestream --for publish --valid 12h -c srs.toml"],
  parse,
  async run({ file, url, action, validSeconds, ip }) {
    const { systemEnvironment } = await import("../../../rtmp/mod.ts");
    const { signStreamUrl } = await import("../../../stream/admission/mod.ts");
    const { config } = new ConfigSource(file).load();
    const expires = Math.floor(new SystemClock().wallNow() / 1000) + validSeconds;
    const { hmacSha256 } = systemEnvironment(new SystemClock());
    const signed = signStreamUrl(config.rtmp, { url, action, expires, ip, hmacSha256 });
    printLine(signed.url);
    if (!signed.wanted) {
      printError(
        `Warning: vhost ${signed.vhost} accepts it but does not require it: set access.signed_${action}`,
      );
    }
  },
};

function parse(args: CommandArguments): SignCommand {
  const [url] = args.operands;
  if (url === undefined) throw new CliError("srs sign needs the address of a stream");
  const action = args.value("for") ?? "play";
  if (action !== "publish" && action !== "play") {
    throw new CliError(`Cannot use ${show(action)} as --for: expected publish or play`);
  }
  const time = args.value("valid") ?? "1h";
  const valid = VALID_TIME.fromWords?.([time]);
  if (valid?.ok !== true) throw new CliError(`Cannot use ${show(time)} as --valid`, valid?.message);
  const validSeconds = Math.ceil(valid.value / 1000);
  return { kind: "sign", url, action, validSeconds, ip: args.value("ip") ?? "", file: args.value("config") };
}
