/**
 * One connection of an HTTP client: requests one after another, pipelined or not, each under its deadlines.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { writeBody } from "./body_writer.ts";
import { HeadReader } from "./head_reader.ts";
import type { HttpFault } from "./http_fault.ts";
import type { HttpHandler, HttpServerEvents, HttpServerLimits } from "./ports.ts";
import { readRequestHead, type RequestHead } from "./request_head.ts";
import { bodyEndOf, encodeResponseHead } from "./response_head.ts";

/** Read at a time: the head of most requests. */
const READ_BYTES = 1024;
/** How long a client that was answered for the last time may take to read it and hang up, milliseconds. */
const LINGER_MS = 1000;
/** The most that is read of it meanwhile. */
const MAX_DISCARDED_BYTES = 256 * 1024;
const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/** What a connection is made of. */
export interface HttpConnectionDeps {
  readonly clock: Clock;
  readonly limits: HttpServerLimits;
  readonly handler: HttpHandler;
  readonly events: HttpServerEvents;
}

/** What is waited for, and until when. */
interface Wait {
  readonly kind: "head_timeout" | "idle_timeout" | "write_timeout";
  readonly untilMs: number;
}

/** A client's connection from accept to close. */
export class HttpConnection {
  readonly #conn: Deno.TcpConn;
  readonly #deps: HttpConnectionDeps;
  readonly #ip: string;
  readonly #defaultHost: string;
  readonly #reader = new HeadReader();
  readonly #buffer = new Uint8Array(READ_BYTES);
  /** Absent while a handler works. */
  #wait: Wait | undefined;
  /** A part of the next request has arrived. */
  #arriving = false;
  #served = 0;
  #ending = false;
  /** The request took too long. */
  #late = false;
  #closed = false;

  /** Takes the connection over. */
  constructor(conn: Deno.TcpConn, deps: HttpConnectionDeps) {
    this.#conn = conn;
    this.#deps = deps;
    this.#ip = conn.remoteAddr.hostname;
    const { hostname, port } = conn.localAddr;
    this.#defaultHost = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
    conn.setNoDelay();
    this.#expect("head_timeout");
  }

  /** Serve the client until it is gone. Never rejects. */
  async run(): Promise<void> {
    try {
      while (await this.#serveOne());
    } catch (error) {
      // A client may leave at any time; a handler's own errors were answered.
      if (!isGone(error)) this.#deps.events.bug(error);
    } finally {
      this.#close();
    }
  }

  /** Look at the deadline; called about once a second. */
  sweep(nowMs: number): void {
    const wait = this.#wait;
    if (wait === undefined || nowMs < wait.untilMs || this.#closed) return;
    this.#wait = undefined;
    const { kind } = wait;
    // A client that keeps its connection for later did nothing wrong.
    const quiet = kind === "idle_timeout" && this.#served > 0;
    this.#deps.events.limit(kind, { ip: this.#ip, quiet });
    if (kind === "head_timeout" && this.#arriving) void this.#tooLate();
    else this.#close();
  }

  /** Serve no further request: an idle connection ends at once, another one with its response. */
  end(): void {
    this.#ending = true;
    if (this.#wait !== undefined && this.#wait.kind !== "write_timeout") this.#close();
  }

  /** End at once. */
  abort(): void {
    this.#close();
  }

  async #serveOne(): Promise<boolean> {
    const head = await this.#nextHead();
    if (head === undefined) return false;
    if (!("url" in head)) return await this.#refuse(head);
    if (head.expectsContinue) await this.#askForBody();
    const body = await this.#readBody(head.bodyBytes);
    // One that was answered for being late is not acted upon, though the rest of it came meanwhile.
    if (body === undefined || this.#late) return false;
    this.#wait = undefined;
    const response = await this.#handle(head, body);
    const keepAlive = head.keepAlive && !this.#ending;
    await this.#respond(response, head, keepAlive ? "keep" : "close");
    this.#served++;
    // Between two requests; the next one may be here already.
    this.#arriving = this.#reader.pendingBytes > 0;
    if (keepAlive) this.#expect(this.#arriving ? "head_timeout" : "idle_timeout");
    else await this.#linger();
    return keepAlive;
  }

  /** The next request; `undefined` when the client hung up before it. */
  async #nextHead(): Promise<RequestHead | HttpFault | undefined> {
    for (;;) {
      const found = this.#reader.takeHead();
      if (found !== undefined) {
        const { maxBodyBytes } = this.#deps.limits;
        if ("status" in found) return found;
        return readRequestHead(found.lines, { maxBodyBytes, defaultHost: this.#defaultHost });
      }
      const length = await this.#conn.read(this.#buffer);
      if (length === null) return undefined;
      this.#reader.push(this.#buffer.subarray(0, length));
      this.#arriving = true;
      // The first byte of a request ends the idling.
      if (this.#wait?.kind === "idle_timeout") this.#expect("head_timeout");
    }
  }

  /** The time that the request has goes on: a client that is asked for its body may never send it. */
  async #askForBody(): Promise<void> {
    const wait = this.#wait;
    await this.#write(CONTINUE);
    this.#wait = wait;
  }

  async #readBody(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const early = this.#reader.takeBytes(length);
    if (early.length === length) return early;
    const body = new Uint8Array(length);
    body.set(early);
    for (let filled = early.length; filled < length;) {
      const read = await this.#conn.read(body.subarray(filled));
      if (read === null) return undefined;
      filled += read;
    }
    return body;
  }

  async #handle(head: RequestHead, body: Uint8Array<ArrayBuffer>): Promise<Response> {
    const { method, url, headers } = head;
    try {
      const request = new Request(url, { method, headers, ...(body.length === 0 ? {} : { body }) });
      return await this.#deps.handler(request, this.#ip);
    } catch (error) {
      this.#deps.events.bug(error);
      return textResponse(500, "The server could not answer");
    }
  }

  async #respond(
    response: Response,
    request: Pick<RequestHead, "method" | "minorVersion">,
    connection: "keep" | "close",
  ): Promise<void> {
    const end = bodyEndOf(response, request);
    const terms = { body: end, keepAlive: connection === "keep", wallMs: this.#deps.clock.wallNow() };
    await writeBody(response.body, end, encodeResponseHead(response, terms), (bytes) => this.#write(bytes));
  }

  /** Answer what is not a request, and hang up: where the next one begins is not known. */
  async #refuse({ status, reason }: HttpFault): Promise<boolean> {
    this.#deps.events.refused(status, reason, this.#ip);
    await this.#respond(textResponse(status, reason), { method: "GET", minorVersion: 1 }, "close");
    await this.#linger();
    return false;
  }

  async #tooLate(): Promise<void> {
    this.#late = true;
    try {
      const response = textResponse(408, "The request took too long to arrive");
      await this.#respond(response, { method: "GET", minorVersion: 1 }, "close");
    } catch (error) {
      if (!isGone(error)) this.#deps.events.bug(error);
    } finally {
      this.#close();
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const { writeTimeoutMs } = this.#deps.limits;
    for (let written = 0; written < bytes.length;) {
      this.#wait = { kind: "write_timeout", untilMs: this.#deps.clock.now() + writeTimeoutMs };
      written += await this.#conn.write(bytes.subarray(written));
    }
    this.#wait = undefined;
  }

  #expect(kind: "head_timeout" | "idle_timeout"): void {
    const { headTimeoutMs, idleTimeoutMs } = this.#deps.limits;
    const timeoutMs = kind === "head_timeout" ? headTimeoutMs : idleTimeoutMs;
    this.#wait = { kind, untilMs: this.#deps.clock.now() + timeoutMs };
  }

  /** Let the client read its last response, then close: closing over unread bytes would take it away. */
  async #linger(): Promise<void> {
    const timer = this.#deps.clock.setTimeout(() => this.#close(), LINGER_MS);
    try {
      await this.#conn.closeWrite();
      for (let left = MAX_DISCARDED_BYTES; left > 0;) {
        const length = await this.#conn.read(this.#buffer);
        if (length === null) return;
        left -= length;
      }
    } finally {
      timer.clear();
    }
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }
}

/** A response that is its status and reason. */
function textResponse(status: number, reason: string): Response {
  const body = new TextEncoder().encode(`${reason}\n`);
  return new Response(body, {
    status,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": String(body.length),
      "X-Content-Type-Options": "nosniff",
    },
  });
}

/** Errors of a connection that is no longer there, or was closed on this side. */
function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    (error instanceof Error && "code" in error && typeof error.code === "string");
}
