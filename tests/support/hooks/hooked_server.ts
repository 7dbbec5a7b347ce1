/**
 * The server as a process, all its hooks at one scripted receiver.
 *
 * @module
 */
import type { ReceivedHook } from "./hook_request_reader.ts";
import { HookReceiver } from "./hook_receiver.ts";
import { QUIET_TOML, type ServerExit, ServerProcess } from "../process/server_process.ts";

const EVENTS = ["on_connect", "on_close", "on_publish", "on_unpublish", "on_play", "on_stop"] as const;

/** A server and the service behind its hooks. */
export class HookedServer implements AsyncDisposable {
  readonly server: ServerProcess;
  readonly receiver: HookReceiver;

  private constructor(server: ServerProcess, receiver: HookReceiver) {
    this.server = server;
    this.receiver = receiver;
  }

  /** @param lines Further lines of `[vhost.__defaultVhost__.http_hooks]`. */
  static async start(...lines: readonly string[]): Promise<HookedServer> {
    const receiver = await HookReceiver.start();
    const toml = [
      QUIET_TOML,
      "[vhost.__defaultVhost__.http_hooks]",
      "enabled = true",
      ...EVENTS.map((event) => `${event} = "${receiver.url()}"`),
      ...lines,
    ];
    try {
      return new HookedServer(await ServerProcess.start({ toml: toml.join("\n") }), receiver);
    } catch (error) {
      await receiver.stop();
      throw error;
    }
  }

  /** Requests and notifications by session, each in its order. */
  get sessions(): ReadonlyMap<string, readonly ReceivedHook[]> {
    return Map.groupBy(this.receiver.requests, ({ json }) => String(json.session_id));
  }

  /** Stop the server as a service manager does; it delivers then what it owes. */
  async stop(): Promise<ServerExit> {
    return await this.server.stop();
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.receiver.stop();
  }
}
