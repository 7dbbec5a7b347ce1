/**
 * The main thread's end of the outbox worker: requests and their replies, one at a time. They are sent as JSON, because
 * cloning objects with that many members costs more.
 *
 * @module
 */
import { errorMessage } from "../../core/mod.ts";
import type { OutboxReply, OutboxRequest } from "./outbox_protocol.ts";

interface Pending {
  readonly request: OutboxRequest;
  readonly resolve: (reply: OutboxReply) => void;
}

/** Talks to the worker. */
export class OutboxClient {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #waiting: Pending[] = [];
  #current: Pending | undefined;
  #broken: string | undefined;

  /** @param directory The only place that the worker may read and write. */
  constructor(directory: string) {
    // Named with `--include` when the program is compiled.
    this.#worker = new Worker(new URL("./outbox_worker.ts", import.meta.url), {
      type: "module",
      name: "outbox",
      deno: {
        permissions: {
          read: [directory],
          write: [directory],
          net: false,
          env: false,
          run: false,
          ffi: false,
          sys: false,
          import: false,
        },
      },
    });
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<string>) => {
      const reply: OutboxReply = JSON.parse(data);
      this.#receive(reply);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(`the outbox worker failed: ${event.message}`);
    };
    this.#worker.postMessage("port", [port2]);
  }

  /** Send the worker a request. Never rejects: a failure is a reply. */
  request(request: OutboxRequest): Promise<OutboxReply> {
    if (this.#broken !== undefined) return Promise.resolve({ kind: "failed", error: this.#broken });
    return new Promise((resolve) => {
      this.#waiting.push({ request, resolve });
      this.#next();
    });
  }

  /** End the worker. Unanswered requests fail. */
  terminate(): void {
    this.#fail("the outbox is closed");
    this.#port.close();
    this.#worker.terminate();
  }

  #next(): void {
    if (this.#current !== undefined) return;
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) return;
    try {
      this.#port.postMessage(JSON.stringify(this.#current.request));
    } catch (error) {
      // The text is longer than a string can be; the next request may be shorter.
      this.#receive({ kind: "failed", error: errorMessage(error) });
    }
  }

  #receive(reply: OutboxReply): void {
    const { resolve } = this.#current ?? {};
    this.#current = undefined;
    this.#next();
    resolve?.(reply);
  }

  #fail(error: string): void {
    this.#broken ??= error;
    const pending = this.#current === undefined ? [] : [this.#current];
    this.#current = undefined;
    for (const { resolve } of [...pending, ...this.#waiting.splice(0)]) resolve({ kind: "failed", error });
  }
}
