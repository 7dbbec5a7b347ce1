/**
 * `srs hooks test`: one call with sample values.
 *
 * @module
 */
import { DEFAULT_VHOST, HOOK_EVENT_NAMES, type HookEventName } from "../../../core/mod.ts";
import { probeHook, type ProbeResult } from "../../../hooks/mod.ts";
import { maskSecrets, printLine } from "../../../system/log/mod.ts";
import { SystemClock } from "../../../system/mod.ts";
import { hookEvent } from "../arguments.ts";
import { CliError } from "../cli_error.ts";
import { type CommandArguments, type CommandSpec, CONFIG_FLAG, type FlagSpec } from "../command_spec.ts";
import { loadForCommand } from "../load_for_command.ts";

/** Flags for the values of the sample. */
const SAMPLE: readonly FlagSpec[] = [
  { name: "vhost", value: "NAME", description: "vhost whose hooks are called (__defaultVhost__)" },
  { name: "app", value: "NAME", description: "app of the sample (live)" },
  { name: "stream", value: "NAME", description: "stream of the sample (livestream)" },
  { name: "param", value: "QUERY", description: "the stream's query, such as ?token=x" },
  { name: "ip", value: "ADDRESS", description: "the client's address (127.0.0.1)" },
];

/** Headers whose values are ours; any other's is the operator's, and may be a secret. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  ...["content-type", "user-agent", "accept-encoding", "traceparent", "srs-attempt"],
  ...["webhook-id", "webhook-timestamp", "webhook-signature"],
]);

/** Make one call with sample values. */
export interface HooksTestCommand {
  /** Tells the commands apart. */
  readonly kind: "hooks test";
  /** The event to call. */
  readonly event: HookEventName;
  /** The configuration, `undefined` for the defaults. */
  readonly file: string | undefined;
  /** Given values by flag: `vhost`, `app`, `stream`, `param`, `ip`. */
  readonly values: Readonly<Record<string, string>>;
}

/** `srs hooks test`: fails where no address is configured, or one of them does not say yes. */
export const HOOKS_TEST: CommandSpec<HooksTestCommand> = {
  name: "hooks test",
  operands: "EVENT",
  maxOperands: 1,
  description: "Make one call with sample values: request, reply, verdict, time",
  flags: [CONFIG_FLAG, ...SAMPLE],
  examples: ["srs hooks test on_publish -c srs.toml --param '?token=x'"],
  parse,
  run,
};

function parse(args: CommandArguments): HooksTestCommand {
  const [word] = args.operands;
  if (word === undefined) {
    throw new CliError("srs hooks test needs an event", `one of ${HOOK_EVENT_NAMES.join(", ")}`);
  }
  const values = SAMPLE.flatMap(({ name }): [string, string][] => {
    const value = args.value(name);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    kind: "hooks test",
    event: hookEvent(word),
    file: args.value("config"),
    values: Object.fromEntries(values),
  };
}

async function run({ event, file, values }: HooksTestCommand): Promise<void> {
  const { config } = loadForCommand(file);
  const vhost = values["vhost"] ?? DEFAULT_VHOST;
  const results = await probeHook(config.hooks, event, {
    vhost,
    app: values["app"] ?? "live",
    stream: values["stream"] ?? "livestream",
    param: withMark(values["param"] ?? ""),
    ip: values["ip"] ?? "127.0.0.1",
  }, new SystemClock());
  if (results.length === 0) {
    throw new Error(`Cannot test ${event}: [vhost."${vhost}".http_hooks] has no ${event}, or is not enabled`);
  }
  for (const result of results) printResult(result);
  const bad = results.filter(({ verdict }) => verdict !== "yes" && verdict !== "delivered");
  if (bad.length > 0) {
    throw new Error(
      `${event}: ${bad.map(({ verdict, url }) => `${verdict} from ${maskSecrets(url)}`).join(", ")}`,
    );
  }
}

function printResult(result: ProbeResult): void {
  printLine(`POST ${maskSecrets(result.url)}`);
  for (const [name, value] of Object.entries(result.requestHeaders)) {
    printLine(`  ${name}: ${OWN_HEADERS.has(name) ? value : "***"}`);
  }
  printLine(`  ${result.requestBody}`);
  printLine(`${result.status ?? "no answer"} in ${result.ms.toFixed(1)} ms`);
  if (result.body !== "") printLine(`  ${JSON.stringify(result.body)}`);
  printLine(`${result.verdict}${result.detail === "" ? "" : `: ${result.detail}`}`);
}

function withMark(param: string): string {
  return param === "" || param.startsWith("?") ? param : `?${param}`;
}
