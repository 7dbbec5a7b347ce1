/**
 * A media thread as the main thread has it: the worker, the line to it, and what goes over that line.
 *
 * @module
 */
import type { MediaAddresses } from "../media_server.ts";
import { type GatewayDeps, ThreadGateway } from "./thread_gateway.ts";
import type { FromThread, ToThread } from "./thread_messages.ts";
import { errorOf, ThreadRpc } from "./thread_rpc.ts";

/** A thread and its line. */
export interface MediaThread {
  readonly worker: Worker;
  readonly line: MessagePort;
  readonly gateway: ThreadGateway;
  readonly rpc: ThreadRpc;
  readonly listening: Promise<MediaAddresses>;
  readonly drained: Promise<void>;
}

/** Start a thread, which waits for its first message. */
export function startThread(deps: GatewayDeps, permissions: Deno.PermissionOptionsObject): MediaThread {
  const worker = new Worker(new URL("./media_worker.ts", import.meta.url), {
    type: "module",
    name: "media",
    deno: { permissions },
  });
  const { port1: line, port2: far } = new MessageChannel();
  worker.postMessage(undefined, [far]);
  const gateway = new ThreadGateway(deps, (message) => send(line, message));
  const rpc = new ThreadRpc((message) => send(line, message));
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
    deps.log.write("error", undefined, "Bug: a media thread failed in an unexpected way", {
      error: event.message,
    });
    listening.reject(new Error(event.message));
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
