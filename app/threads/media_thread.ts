/**
 * A media thread as the main thread has it: the worker, the line to it, and what goes over that line.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import type { MediaAddresses } from "../media_server.ts";
import { type GatewayDeps, ThreadGateway } from "./thread_gateway.ts";
import type { FromThread, ToThread } from "./thread_messages.ts";
import { ANSWER_MS, errorOf, ThreadRpc } from "./thread_rpc.ts";

/** A thread and its line. */
export interface MediaThread {
  readonly worker: Worker;
  readonly line: MessagePort;
  readonly gateway: ThreadGateway;
  readonly rpc: ThreadRpc;
  readonly listening: Promise<MediaAddresses>;
  readonly drained: Promise<void>;
}

/** What a thread is started with. */
export interface MediaThreadDeps extends GatewayDeps {
  readonly clock: Clock;
  /** Its number. */
  readonly thread: number;
}

/** Start a thread, which waits for its first message. */
export function startThread(deps: MediaThreadDeps, permissions: Deno.PermissionOptionsObject): MediaThread {
  const { log, clock, names, thread } = deps;
  const worker = new Worker(new URL("./media_worker.ts", import.meta.url), {
    type: "module",
    name: "media",
    deno: { permissions },
  });
  const { port1: line, port2: far } = new MessageChannel();
  worker.postMessage(undefined, [far]);
  const rpc = new ThreadRpc({
    clock,
    send: (message) => send(line, message),
    silent: () => log.write("error", undefined, "A media thread does not answer", { thread, ms: ANSWER_MS }),
    answering: () => log.write("warn", undefined, "A media thread answers again", { thread }),
  });
  const gateway = new ThreadGateway(deps, {
    send: (message) => send(line, message),
    describe: (key) => rpc.describe(key),
  });
  const listening = Promise.withResolvers<MediaAddresses>();
  const drained = Promise.withResolvers<void>();
  line.onmessage = ({ data }: MessageEvent<FromThread>) => {
    switch (data.kind) {
      case "listening":
        return listening.resolve(data.addresses);
      case "failed":
        return listening.reject(errorOf(data.failure));
      case "answer":
        return rpc.answered(data.answer);
      case "drained":
        return drained.resolve();
      default:
        return gateway.receive(data);
    }
  };
  worker.onerror = (event) => {
    event.preventDefault();
    log.write("error", undefined, "Bug: a media thread failed in an unexpected way", {
      thread,
      error: event.message,
    });
    listening.reject(new Error(event.message));
    names.gone(gateway);
    rpc.end();
    drained.resolve();
  };
  return { worker, line, gateway, rpc, listening: listening.promise, drained: drained.promise };
}

/** Say something to it. */
export function send(line: MessagePort, message: ToThread): void {
  line.postMessage(message);
}

/** End it at once. */
export function stop({ worker, line, rpc }: MediaThread): void {
  rpc.end();
  line.close();
  worker.terminate();
}
