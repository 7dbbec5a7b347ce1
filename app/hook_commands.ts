/**
 * `srs hooks ...`: the default hook server.
 *
 * @module
 */
import type { HooksServeCommand } from "../config/mod.ts";
import { HookServer } from "../hooks/mod.ts";
import { printLine } from "../log/mod.ts";
import { isListenError, listenFailure } from "./listen_failure.ts";
import { StopSignals } from "./stop_signals.ts";

/** Exit code of a second signal. */
const EXIT_INTERRUPTED = 130;

/** Run the default hook server until a signal comes. */
export async function serveHooks(command: HooksServeCommand): Promise<void> {
  const server = start(command);
  using _signals = new StopSignals({
    stop: () => void server.shutdown(),
    abort: () => Deno.exit(EXIT_INTERRUPTED),
    reopenLog: () => {},
    checkConfig: () => {},
  });
  await server.finished;
}

function start({ port, deny, status, delayMs, json, secrets }: HooksServeCommand): HookServer {
  const options = { port, deny, delayMs, json, secrets, ...(status === undefined ? {} : { status }) };
  try {
    return HookServer.start(options, printLine);
  } catch (error) {
    if (!isListenError(error)) throw error;
    throw new Error(listenFailure(`Cannot listen for hooks on port ${port}`, "port", error));
  }
}
