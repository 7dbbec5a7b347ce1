/**
 * A scripted service for the hooks: records every request, answers as scripted, and misbehaves on demand.
 *
 * ```ts
 * await using receiver = await HookReceiver.start();
 * receiver.reply("on_publish", { body: { code: 1, msg: "no" } });
 * // ... point hooks at receiver.url("/hooks") ...
 * const [publish] = await receiver.waitFor((r) => r.action === "on_publish");
 * ```
 *
 * It speaks HTTP/1.1 over plain sockets, because a real HTTP server would not send broken answers.
 *
 * @module
 */
import { isConnectionEnd, type ReceivedHook, RequestReader } from "./hook_request_reader.ts";

/**
 * How to answer.
 * - a number or an object: status 200 with it as the JSON body;
 * - `{ status, body, headers, delayMs }`: a whole answer (`body` a text as it is, else JSON; default `0`);
 * - `hang`: never answers; `close`: closes without an answer; `reset`: the same after reading nothing;
 * - `closeMidBody`: announces more than it sends; `drip`: one byte a second, without end;
 * - `endless`: a body without end (10 GB announced).
 */
export type HookReply =
  | number
  | { readonly code: number; readonly msg?: string; readonly data?: unknown }
  | {
    readonly status?: number;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly delayMs?: number;
    /** Close the connection after the answer without having said so. */
    readonly thenClose?: boolean;
  }
  | "hang"
  | "close"
  | "closeMidBody"
  | "drip"
  | "endless";

/** Chooses an answer for a request; later than at once if it wants to. */
export type HookHandler = (request: ReceivedHook) => HookReply | Promise<HookReply>;

interface Waiter {
  readonly matches: (request: ReceivedHook) => boolean;
  readonly count: number;
  readonly resolve: (requests: ReceivedHook[]) => void;
}

const ENCODER = new TextEncoder();
const ENDLESS_CHUNK = new Uint8Array(64 * 1024).fill(0x20);

/** A receiver on a port of loopback. */
export class HookReceiver implements AsyncDisposable {
  /** Every request, oldest first. */
  readonly requests: ReceivedHook[] = [];
  readonly #scripts = new Map<string, HookHandler>();
  readonly #waiters = new Set<Waiter>();
  readonly #connections = new Map<Deno.Conn, Promise<void>>();
  /** End pauses early. */
  readonly #pauses = new Set<() => void>();
  #default: HookHandler = () => 0;
  #listener: Deno.Listener | undefined;
  #accepting: Promise<void> = Promise.resolve();
  #port: number;
  #connectionCount = 0;
  #pending = 0;

  private constructor(port: number) {
    this.#port = port;
  }

  /** Start one that answers everything with `0`. */
  static start(port = 0): Promise<HookReceiver> {
    const receiver = new HookReceiver(port);
    receiver.listen();
    return Promise.resolve(receiver);
  }

  /** The port, the same over stops and restarts. */
  get port(): number {
    return this.#port;
  }

  /** An address on this receiver. */
  url(path = "/hooks"): string {
    return `http://127.0.0.1:${this.#port}${path}`;
  }

  /** How many requests have been read and not answered yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Answer an event (by its action, or by its path when it starts with `/`), `"*"` for all others. */
  reply(action: string, reply: HookReply | HookHandler): void {
    const script = typeof reply === "function" ? reply : () => reply;
    if (action === "*") this.#default = script;
    else this.#scripts.set(action, script);
  }

  /** The actions in the order they came, with whatever `format` makes of a request. */
  actions(format: (request: ReceivedHook) => string = (request) => request.action): string[] {
    return this.requests.map(format);
  }

  /** Resolves with the matching requests once there are `count` of them. */
  waitFor(matches: ((request: ReceivedHook) => boolean) | string, count = 1): Promise<ReceivedHook[]> {
    const test = typeof matches === "string"
      ? (request: ReceivedHook) => request.action === matches
      : matches;
    const found = this.requests.filter(test);
    if (found.length >= count) return Promise.resolve(found);
    return new Promise((resolve) => this.#waiters.add({ matches: test, count, resolve }));
  }

  /** Listen again on the same port, after {@link HookReceiver.stop}. */
  listen(): void {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: this.#port });
    if (listener.addr.transport === "tcp") this.#port = listener.addr.port;
    this.#listener = listener;
    this.#accepting = this.#accept(listener);
  }

  /** Stop listening and cut all connections: calls are refused from here on. */
  async stop(): Promise<void> {
    this.#listener?.close();
    this.#listener = undefined;
    const connections = [...this.#connections];
    for (const [conn] of connections) closeQuietly(conn);
    for (const end of this.#pauses) end();
    await this.#accepting;
    await Promise.all(connections.map(([, done]) => done));
  }

  /** Stops for good. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #accept(listener: Deno.Listener): Promise<void> {
    for (;;) {
      let conn: Deno.Conn;
      try {
        conn = await listener.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
        throw error;
      }
      const number = ++this.#connectionCount;
      const done = this.#serve(conn, number).finally(() => {
        this.#connections.delete(conn);
        closeQuietly(conn);
      });
      this.#connections.set(conn, done);
    }
  }

  async #serve(conn: Deno.Conn, number: number): Promise<void> {
    const reader = new RequestReader(conn);
    try {
      for (;;) {
        const request = await reader.next(number);
        if (request === undefined) return;
        this.#record(request);
        this.#pending++;
        try {
          const script = this.#scripts.get(request.action) ?? this.#scripts.get(request.path) ??
            this.#default;
          if (!await this.#answer(conn, await script(request))) return;
        } finally {
          this.#pending--;
        }
      }
    } catch (error) {
      if (!isConnectionEnd(error)) throw error;
    }
  }

  /** @returns Whether the connection goes on. */
  async #answer(conn: Deno.Conn, reply: HookReply): Promise<boolean> {
    if (reply === "close") return false;
    if (reply === "hang") {
      await untilClosed(conn);
      return false;
    }
    if (reply === "closeMidBody") {
      await write(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
      return false;
    }
    if (reply === "drip") {
      await write(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
      for (;;) {
        await this.#pause(1000);
        await write(conn, " ");
      }
    }
    if (reply === "endless") {
      await write(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
      for (;;) await conn.write(ENDLESS_CHUNK);
    }
    const { status, body, headers, delayMs, thenClose } = wholeReply(reply);
    if (delayMs > 0) await this.#pause(delayMs);
    const bytes = ENCODER.encode(body);
    const lines = Object.entries({ "content-length": String(bytes.length), ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`).join("");
    await write(conn, `HTTP/1.1 ${status} Scripted\r\n${lines}\r\n${body}`);
    return !thenClose;
  }

  #record(request: ReceivedHook): void {
    this.requests.push(request);
    for (const waiter of this.#waiters) {
      if (!waiter.matches(request)) continue;
      const found = this.requests.filter(waiter.matches);
      if (found.length < waiter.count) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(found);
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#pauses.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#pauses.add(end);
    });
  }
}

function wholeReply(reply: Exclude<HookReply, string>) {
  if (typeof reply === "number") return { ...PLAIN, body: String(reply) };
  if ("code" in reply) return { ...PLAIN, body: JSON.stringify(reply) };
  const { status = 200, body = 0, headers = {}, delayMs = 0, thenClose = false } = reply;
  return {
    status,
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers,
    delayMs,
    thenClose,
  };
}

const PLAIN = { status: 200, headers: {}, delayMs: 0, thenClose: false } as const;

async function write(conn: Deno.Conn, text: string): Promise<void> {
  let bytes = ENCODER.encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(await conn.write(bytes));
}

async function untilClosed(conn: Deno.Conn): Promise<void> {
  const scratch = new Uint8Array(1024);
  while (await conn.read(scratch) !== null);
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
