import type { HttpConnectionDeps } from "../../../http/server/connection_deps.ts";
import type { HttpHandler } from "../../../http/server/exchange.ts";
import { HeaderBlocks } from "../../../http/server/header_block.ts";
import { HttpConnection } from "../../../http/server/http_connection.ts";
import type { HttpSocket } from "../../../http/server/ports.ts";
import { assertEquals } from "../../support/assert.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const WRITE_TIMEOUT_MS = 30_000;

/** A socket whose client has sent one request, and takes what a test says. */
class SlowSocket implements HttpSocket {
  readonly remoteAddr = { transport: "tcp", hostname: "192.0.2.1", port: 4000 } as const;
  readonly localAddr = { transport: "tcp", hostname: "192.0.2.2", port: 80 } as const;
  isClosed = false;
  #request: Uint8Array | undefined = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  #taken = Promise.withResolvers<number>();

  setNoDelay(): void {}

  read(buffer: Uint8Array): Promise<number | null> {
    const request = this.#request;
    this.#request = undefined;
    if (request === undefined) return new Promise(() => {});
    buffer.set(request);
    return Promise.resolve(request.length);
  }

  write(_bytes: Uint8Array): Promise<number> {
    return this.#taken.promise;
  }

  /** The client takes so many bytes of what is being written. */
  take(bytes: number): void {
    const { resolve } = this.#taken;
    this.#taken = Promise.withResolvers();
    resolve(bytes);
  }

  close(): void {
    this.isClosed = true;
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }
}

/** The same by TLS, where the end of what is sent does not fit into the socket either. */
class FullSocket extends SlowSocket {
  override write({ length }: Uint8Array): Promise<number> {
    return Promise.resolve(length);
  }

  override closeWrite(): Promise<void> {
    return new Promise(() => {});
  }
}

/** A connection of this socket; what goes wrong is added to `hits`. */
function connectionOf(
  socket: HttpSocket,
  clock: ManualClock,
  { hits = [], ...deps }: Pick<HttpConnectionDeps, "handler" | "ended"> & { readonly hits?: string[] },
): HttpConnection {
  return new HttpConnection(socket, {
    ...deps,
    clock,
    limits: { headTimeoutMs: 1000, idleTimeoutMs: 1000, writeTimeoutMs: WRITE_TIMEOUT_MS, maxBodyBytes: 0 },
    events: {
      limit: (name) => hits.push(name),
      refused: () => {},
      handshakeFailed: () => {},
      proxyRefused: () => {},
      unfinished: () => {},
      acceptFailed: () => {},
      bug: (error) => hits.push(String(error)),
    },
    blocks: new HeaderBlocks(),
  });
}

/** Whether an answer of a megabyte goes on, of which `bytes` are taken each time. */
async function goesOn(bytes: number, everyMs: number, times: number): Promise<[boolean, string[]]> {
  const clock = new ManualClock();
  const socket = new SlowSocket();
  const hits: string[] = [];
  const handler: HttpHandler = (exchange) => exchange.write(new Uint8Array(1024 * 1024));
  const connection = connectionOf(socket, clock, { handler, hits, ended: () => {} });
  connection.start();
  for (let i = 0; i < times && !socket.isClosed; i++) {
    await clock.advance(everyMs);
    connection.sweep(clock.now());
    socket.take(bytes);
  }
  await clock.advance(0);
  const isOpen = !socket.isClosed;
  connection.close();
  return [isOpen, hits];
}

Deno.test("HttpConnection ends an answer that is taken byte by byte, long before it is whole", async () => {
  assertEquals(await goesOn(1, 29_000, 4), [false, ["write_timeout"]]);
  assertEquals(await goesOn(1, 100, 400), [false, ["write_timeout"]]);
});

Deno.test("HttpConnection goes on with an answer that is taken at the least rate, in pieces of any size", async () => {
  assertEquals(await goesOn(31_000, 29_000, 20), [true, []]);
  assertEquals(await goesOn(150, 100, 3000), [true, []]);
});

Deno.test("HttpConnection closes though its client does not take the end of the last answer", async () => {
  const clock = new ManualClock();
  const socket = new FullSocket();
  const ends: unknown[] = [];
  const connection = connectionOf(socket, clock, {
    handler: async (exchange) => {
      exchange.endConnection();
      await exchange.write(new Uint8Array(1000));
    },
    ended: (over) => ends.push(over),
  });
  connection.start();
  await clock.advance(3000);
  assertEquals([socket.isClosed, ends], [true, [connection]]);
});
