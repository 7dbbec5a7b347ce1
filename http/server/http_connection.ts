/**
 * One connection of an HTTP client: requests one after another, pipelined or not, each under its deadlines.
 *
 * @module
 */
import { canonicalIp, type Clock } from "../../core/mod.ts";
import { isNetworkError } from "../../system/mod.ts";
import { writeBody } from "./body_writer.ts";
import { ClientInput, type InputReceiver } from "./client_input.ts";
import { type Exchange, fetchRequest, type HttpHandler, type TakenConnection } from "./exchange.ts";
import type { HttpFault } from "./http_fault.ts";
import type { HttpServerEvents, HttpServerLimits } from "./ports.ts";
import { readRequestHead, type RequestHead } from "./request_head.ts";
import { bodyEndOf, encodeResponseHead } from "./response_head.ts";
import { textResponse } from "./text_response.ts";
import { UnfinishedBody } from "./unfinished_body.ts";

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
  /** Of the client, canonical. */
  readonly ip: string;
  readonly #conn: Deno.TcpConn;
  readonly #deps: HttpConnectionDeps;
  readonly #input: ClientInput;
  /** Absent while a handler works. */
  #wait: Wait | undefined;
  #sentBytes = 0;
  #served = 0;
  #ending = false;
  #taken = false;
  /** A request is being read whose head has arrived. */
  #hasHead = false;
  /** The request took too long. */
  #late = false;
  #closed = false;

  /** Takes the connection over. */
  constructor(conn: Deno.TcpConn, deps: HttpConnectionDeps) {
    this.#conn = conn;
    this.#deps = deps;
    this.ip = canonicalIp(conn.remoteAddr.hostname);
    this.#input = new ClientInput(conn);
    conn.setNoDelay();
    this.#expect("head_timeout");
  }

  /** Serve the client until it is gone. Never rejects. */
  async run(): Promise<void> {
    try {
      while (await this.#serveOne());
    } catch (error) {
      // A client may leave at any time; a handler's own errors were answered.
      if (!isNetworkError(error)) this.#deps.events.bug(error);
    } finally {
      this.#close();
    }
  }

  /** Turn the client away, and close when it had a moment to read why. Never rejects. */
  async refuse(response: Response): Promise<void> {
    try {
      await this.#answerLast(response);
    } catch (error) {
      if (!isNetworkError(error)) this.#deps.events.bug(error);
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
    this.#deps.events.limit(kind, { ip: this.ip, quiet });
    if (kind === "head_timeout" && (this.#hasHead || this.#input.heads.pendingBytes > 0)) {
      void this.#tooLate();
    } else this.#close();
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
    const before = this.#input.receivedBytes - this.#input.heads.pendingBytes;
    const head = await this.#nextHead();
    if (head === undefined) return false;
    if (!("url" in head)) return await this.#refuseFault(head);
    this.#hasHead = true;
    if (head.expectsContinue) await this.#askForBody();
    const body = await this.#readBody(head.bodyBytes);
    // One that was answered for being late is not acted upon, though the rest of it came meanwhile.
    if (body === undefined || this.#late) return false;
    this.#wait = undefined;
    this.#hasHead = false;
    const receivedBytes = this.#input.receivedBytes - this.#input.heads.pendingBytes - before;
    const keepAlive = head.keepAlive && !this.#ending;
    await this.#handle(head, body, receivedBytes);
    this.#input.onLeave(undefined);
    if (this.#taken) return false;
    this.#served++;
    const goesOn = keepAlive && !this.#ending;
    // Between two requests; the next one may be here already.
    if (goesOn) this.#expect(this.#input.heads.pendingBytes > 0 ? "head_timeout" : "idle_timeout");
    else await this.#linger();
    return goesOn;
  }

  /** The next request; `undefined` when the client hung up before it. */
  async #nextHead(): Promise<RequestHead | HttpFault | undefined> {
    const { heads } = this.#input;
    for (;;) {
      const found = heads.takeHead();
      if (found !== undefined) {
        const { maxBodyBytes } = this.#deps.limits;
        if ("status" in found) return found;
        return readRequestHead(found.lines, { maxBodyBytes, defaultHost: this.#defaultHost() });
      }
      if (this.#input.leave !== undefined) return undefined;
      await this.#input.arrival();
      // The first byte of a request ends the idling.
      if (this.#wait?.kind === "idle_timeout" && heads.pendingBytes > 0) this.#expect("head_timeout");
    }
  }

  /** The time that the request has goes on: a client that is asked for its body may never send it. */
  async #askForBody(): Promise<void> {
    const wait = this.#wait;
    await this.#write(CONTINUE);
    this.#wait = wait;
  }

  async #readBody(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { heads } = this.#input;
    const early = heads.takeBytes(length);
    if (early.length === length) return early;
    const body = new Uint8Array(length);
    body.set(early);
    for (let filled = early.length; filled < length;) {
      if (this.#input.leave !== undefined) return undefined;
      await this.#input.arrival();
      const more = heads.takeBytes(length - filled);
      body.set(more, filled);
      filled += more.length;
    }
    return body;
  }

  async #handle(head: RequestHead, body: Uint8Array<ArrayBuffer>, receivedBytes: number): Promise<void> {
    const sentBefore = this.#sentBytes;
    const sent = (): number => this.#sentBytes - sentBefore;
    const exchange: Exchange = {
      head,
      ip: this.ip,
      receivedBytes,
      clientId: undefined,
      get sentBytes() {
        return sent();
      },
      wallNow: () => this.#deps.clock.wallNow(),
      request: () => fetchRequest(head, body),
      onLeave: (callback) => this.#input.onLeave(callback),
      respond: (response) => this.#respond(response, head),
      write: (bytes) => this.#write(bytes),
      takeOver: (receiver) => this.#takeOver(receiver),
    };
    try {
      // Read on meanwhile: that is how the client's leaving shows.
      this.#input.resume();
      await this.#deps.handler(exchange);
    } catch (error) {
      if (isNetworkError(error)) throw error;
      if (error instanceof UnfinishedBody) this.#deps.events.unfinished(error.message, this.ip);
      else this.#deps.events.bug(error);
      // A body that breaks off stays broken: nobody may take it for whole.
      if (sent() > 0 || this.#taken) throw new Deno.errors.BadResource("The response was not finished");
      await this.#respond(textResponse(500, "The server could not answer"), head);
    }
  }

  #takeOver(receiver: InputReceiver): TakenConnection {
    this.#taken = true;
    this.#wait = undefined;
    this.#input.onLeave(undefined);
    this.#input.redirect(receiver);
    return {
      write: (bytes) => this.#conn.write(bytes),
      hangUp: () => this.#linger(),
      close: () => this.#close(),
    };
  }

  async #respond(response: Response, head: Pick<RequestHead, "method" | "minorVersion" | "keepAlive">) {
    const end = bodyEndOf(response, head);
    const keepAlive = head.keepAlive && !this.#ending && end.kind !== "close";
    if (!keepAlive) this.#ending = true;
    const terms = { body: end, keepAlive, wallMs: this.#deps.clock.wallNow() };
    await writeBody(response.body, end, encodeResponseHead(response, terms), (bytes) => this.#write(bytes));
  }

  /** Answer what is not a request, and hang up: where the next one begins is not known. */
  async #refuseFault({ status, reason }: HttpFault): Promise<boolean> {
    this.#deps.events.refused(status, reason, this.ip);
    await this.#answerLast(textResponse(status, reason));
    return false;
  }

  async #answerLast(response: Response): Promise<void> {
    await this.#respond(response, { method: "GET", minorVersion: 1, keepAlive: false });
    await this.#linger();
  }

  async #tooLate(): Promise<void> {
    this.#late = true;
    try {
      const response = textResponse(408, "The request took too long to arrive");
      await this.#respond(response, { method: "GET", minorVersion: 1, keepAlive: false });
    } catch (error) {
      if (!isNetworkError(error)) this.#deps.events.bug(error);
    } finally {
      this.#close();
    }
  }

  async #write(bytes: Uint8Array<ArrayBufferLike>): Promise<void> {
    const { writeTimeoutMs } = this.#deps.limits;
    for (let written = 0; written < bytes.length;) {
      this.#wait = { kind: "write_timeout", untilMs: this.#deps.clock.now() + writeTimeoutMs };
      const length = await this.#conn.write(written === 0 ? bytes : bytes.subarray(written));
      written += length;
      this.#sentBytes += length;
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
    if (this.#closed) return;
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const timer = this.#deps.clock.setTimeout(resolve, LINGER_MS);
    void this.#input.discard(MAX_DISCARDED_BYTES).then(resolve);
    try {
      await this.#conn.closeWrite();
      await gone;
    } finally {
      timer.clear();
      this.#close();
    }
  }

  /** The host of a request that names none. */
  #defaultHost(): string {
    const { hostname, port } = this.#conn.localAddr;
    return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }
}
