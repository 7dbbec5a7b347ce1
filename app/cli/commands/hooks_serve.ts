/**
 * `srs hooks serve`: the default hook server.
 *
 * @module
 */
import { LISTEN, show } from "../../../config/mod.ts";
import type { ListenAddress } from "../../../core/mod.ts";
import { HookServer } from "../../../hooks/mod.ts";
import { maskSecrets, printLine } from "../../../system/log/mod.ts";
import { SystemClock } from "../../../system/mod.ts";
import { addressText } from "../../banner.ts";
import { isListenError, listenFailure } from "../../listen_failure.ts";
import { Signals } from "../../signals.ts";
import { hookEvent, wholeNumber } from "../arguments.ts";
import { CliError } from "../cli_error.ts";
import type { CommandArguments, CommandSpec } from "../command_spec.ts";

const DEFAULT_PORT = 8085;
const LOOPBACK = "127.0.0.1";
const LONGEST_DELAY_MS = 600_000;
/** Exit code of a second signal. */
const EXIT_INTERRUPTED = 130;

/** Run the default hook server. */
export interface HooksServeCommand {
  /** Tells the commands apart. */
  readonly kind: "hooks serve";
  /** Address to listen on. */
  readonly hostname: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Events that are denied. */
  readonly deny: readonly string[];
  /** HTTP status of every answer, 200 to 599. */
  readonly status: number | undefined;
  /** Pause before every answer, milliseconds. */
  readonly delayMs: number;
  /** Answer with objects. */
  readonly json: boolean;
  /** Secrets that signatures are verified with. */
  readonly secrets: readonly string[];
  /** Mask tokens and keys in the printed lines. */
  readonly mask: boolean;
}

/** `srs hooks serve`, until a signal comes. */
export const HOOKS_SERVE: CommandSpec<HooksServeCommand> = {
  name: "hooks serve",
  operands: "[ADDRESS]",
  maxOperands: 1,
  description:
    "Run the default hook server (127.0.0.1:8085), which accepts and prints every call, at any path",
  flags: [
    { name: "deny", value: "EVENT", repeats: true, description: "say no to an event, such as on_publish" },
    { name: "status", value: "N", description: "answer with this HTTP status, 200 to 599" },
    { name: "delay", value: "MS", description: "wait before every answer, milliseconds" },
    { name: "json", description: 'answer {"code":0,"data":null} instead of 0' },
    { name: "secret", value: "WHSEC", repeats: true, description: "verify the calls' signatures" },
    { name: "mask", description: "print *** in place of tokens, keys and passwords" },
  ],
  examples: [
    "srs hooks serve",
    "srs hooks serve 8085 --deny on_publish",
    "srs hooks serve 0.0.0.0:8085 --mask",
  ],
  parse,
  async run(command) {
    const server = start(command);
    using _signals = new Signals({
      drain: () => false,
      stop: () => void server.shutdown(),
      abort: () => Deno.exit(EXIT_INTERRUPTED),
      reopenLog: () => {},
      reload: () => {},
    });
    await server.finished;
  },
};

function parse(args: CommandArguments): HooksServeCommand {
  const [address] = args.operands;
  const status = args.value("status");
  const delay = args.value("delay");
  return {
    kind: "hooks serve",
    ...(address === undefined ? { hostname: LOOPBACK, port: DEFAULT_PORT } : hookAddress(address)),
    deny: args.values("deny").flatMap((value) => value.split(",")).map(hookEvent),
    status: status === undefined ? undefined : wholeNumber("--status", status, { min: 200, max: 599 }),
    delayMs: delay === undefined ? 0 : wholeNumber("--delay", delay, { min: 0, max: LONGEST_DELAY_MS }),
    json: args.has("json"),
    secrets: args.values("secret"),
    mask: args.has("mask"),
  };
}

/** A port alone is on loopback, unlike in `listen`: otherwise anyone could make the hook server print. */
function hookAddress(text: string): ListenAddress {
  if (/^\d+$/.test(text)) {
    return { hostname: LOOPBACK, port: wholeNumber("the port", text, { min: 0, max: 65_535 }) };
  }
  const parsed = LISTEN.parse(text);
  const [address] = parsed.ok ? parsed.value : [];
  if (address !== undefined && !/\s/.test(text)) return address;
  throw new CliError(
    `Cannot use ${show(text)} as the address: expected a port from 0 to 65535, or an address and a port`,
    "8085, 0.0.0.0:8085 or [::1]:8085",
  );
}

function start(command: HooksServeCommand): HookServer {
  const { hostname, port, deny, status, delayMs, json, secrets, mask } = command;
  const options = {
    ...{ hostname, port, deny, delayMs, json, secrets },
    ...(status === undefined ? {} : { status }),
    ...(mask ? { mask: maskSecrets } : {}),
  };
  try {
    return HookServer.start(options, printLine, new SystemClock());
  } catch (error) {
    if (!isListenError(error)) throw error;
    throw new Error(
      listenFailure(`Cannot listen for hooks on ${addressText({ hostname, port })}`, "address", error),
    );
  }
}
