/**
 * `srs hooks serve` and `srs hooks test`.
 *
 * @module
 */
import { DEFAULT_VHOST } from "../../core/mod.ts";
import type { HooksServeCommand, HooksTestCommand } from "./command.ts";
import type { HookEventName } from "../../core/mod.ts";
import { HookServer, probeHook, type ProbeResult } from "../../hooks/mod.ts";
import { maskSecrets, printLine } from "../../system/log/mod.ts";
import { SystemClock } from "../../system/mod.ts";
import { addressText } from "../banner.ts";
import { loadForCommand } from "./config_commands.ts";
import { isListenError, listenFailure } from "../listen_failure.ts";
import { Signals } from "../signals.ts";

/** Exit code of a second signal. */
const EXIT_INTERRUPTED = 130;

/** Headers whose values are ours; any other's is the operator's, and may be a secret. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  ...["content-type", "user-agent", "accept-encoding", "traceparent", "srs-attempt"],
  ...["webhook-id", "webhook-timestamp", "webhook-signature"],
]);

/** Run the default hook server until a signal comes. */
export async function serveHooks(command: HooksServeCommand): Promise<void> {
  const server = start(command);
  using _signals = new Signals({
    stop: () => void server.shutdown(),
    abort: () => Deno.exit(EXIT_INTERRUPTED),
    reopenLog: () => {},
    checkConfig: () => {},
  });
  await server.finished;
}

/**
 * Call the service once with sample values, and print what was said.
 *
 * @throws When no address is configured, or one of them does not say yes.
 */
export async function testHook({ event, file, values }: HooksTestCommand): Promise<void> {
  const { config } = loadForCommand(file);
  const vhost = values["vhost"] ?? DEFAULT_VHOST;
  // The command line takes no other word for an event.
  const name = event as HookEventName;
  const results = await probeHook(config.hooks, name, {
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

function start(command: HooksServeCommand): HookServer {
  const { hostname, port, deny, status, delayMs, json, secrets, mask } = command;
  const options = {
    ...{ hostname, port, deny, delayMs, json, secrets },
    ...(status === undefined ? {} : { status }),
    ...(mask ? { mask: maskSecrets } : {}),
  };
  try {
    return HookServer.start(options, printLine);
  } catch (error) {
    if (!isListenError(error)) throw error;
    throw new Error(
      listenFailure(`Cannot listen for hooks on ${addressText({ hostname, port })}`, "address", error),
    );
  }
}
