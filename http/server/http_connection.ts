/**
 * One connection of an HTTP client: requests one after another, pipelined or not, each under its deadlines.
 *
 * Nothing of it waits in an `async` function while it idles, or while its handler works: of ten thousand connections
 * each such function would be kept by the garbage collector.
 *
 * @module
 */
import { canonicalIp } from "../../core/mod.ts";
import { isNetworkError } from "../../system/mod.ts";
import { AnswerWriter, Deadline } from "./answer_writer.ts";
import { writeBody } from "./body_writer.ts";
import { ClientInput, type InputReceiver, type Leave } from "./client_input.ts";
import { callHandler, ConnectionExchange, type TakenConnection } from "./exchange.ts";
import { forwardedClient } from "./forwarded_client.ts";
import type { HttpConnectionDeps } from "./connection_deps.ts";
import type { HeadLines } from "./head_reader.ts";
import type { HttpFault } from "./http_fault.ts";
import type { HttpSocket, ServedConnection } from "./ports.ts";
import { authorityOf } from "./request_target.ts";
import { readRequestHead, type RequestHead } from "./request_head.ts";
import { bodyEndOf, encodeResponseHead } from "./response_head.ts";
import { textResponse } from "./text_response.ts";
import { UnfinishedBody } from "./unfinished_body.ts";

/** How long a client that was answered for the last time may take to read it and hang up, milliseconds. */
const LINGER_MS = 1000;
/** The most that is read of it meanwhile. */
const MAX_DISCARDED_BYTES = 256 * 1024;
const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");
const NO_BODY = new Uint8Array(0);

/** A client's connection from accept to close. */
export class HttpConnection implements ServedConnection {
  /** Of the client, canonical. */
  readonly ip: string;
  readonly #conn: HttpSocket;
  readonly #deps: HttpConnectionDeps;
  readonly #input: ClientInput;
  /** None while a handler works. */
  readonly #deadline = new Deadline();
  readonly #writer: AnswerWriter;
  /** Where the request that is read begins, in all bytes received. */
  #requestAt = 0;
  #hasServed = false;
  #ending = false;
  #taken = false;
  /** A request has arrived, at least its head, and is not answered yet. */
  #isBusy = false;
  /** A request is being read whose head has arrived. */
  #hasHead = false;
  /** The request took too long. */
  #late = false;
  #closed = false;
  /** What works for the connection. */
  #tasks = 0;
  /** The request that a handler answers. */
  #exchange: ConnectionExchange | undefined;
  /** It is answered, or its handler has failed. */
  readonly #onServed = (): void => {
    const keepAlive = this.#exchange?.head.keepAlive === true;
    this.#exchange = undefined;
    this.#tasks--;
    this.#input.onLeave(undefined);
    if (this.#taken || this.#closed) this.close();
    else if (keepAlive && !this.#ending) this.#next();
    else void this.#work(() => this.#linger());
    this.#reportEnd();
  };
  readonly #onFailed = (error: unknown): void => void this.#excuse(error).then(this.#onServed);

  /** Takes the connection over. */
  constructor(conn: HttpSocket, deps: HttpConnectionDeps) {
    this.#conn = conn;
    this.#deps = deps;
    this.ip = canonicalIp(conn.remoteAddr.hostname);
    this.#input = new ClientInput(conn, deps.blocks, () => this.#advance());
    this.#writer = new AnswerWriter(conn, deps.clock, deps.limits.writeTimeoutMs, this.#deadline);
    conn.setNoDelay?.();
    this.#expect("head_timeout");
  }

  /** All bytes that were written. */
  get sentBytes(): number {
    return this.#writer.sentBytes;
  }

  /** Serve the client until it is gone. */
  start(): void {
    this.#input.resume();
  }

  /** Turn the client away, and close when it had a moment to read why. */
  refuse(response: Response): void {
    this.#isBusy = true;
    void this.#work(() => this.#answerLast(response));
  }

  /** Look at the deadline; called about once a second. */
  sweep(nowMs: number): void {
    const { kind, untilMs } = this.#deadline;
    if (kind === undefined || nowMs < untilMs || this.#closed) return;
    this.#deadline.kind = undefined;
    // A client that keeps its connection for later did nothing wrong.
    const quiet = kind === "idle_timeout" && this.#hasServed;
    this.#deps.events.limit(kind, { ip: this.ip, quiet });
    if (kind === "head_timeout" && (this.#hasHead || this.#input.heads.pendingBytes > 0)) {
      this.#isBusy = this.#late = true;
      void this.#work(async () => {
        await this.#respondLast(textResponse(408, "The request took too long to arrive"));
        this.close();
      });
    } else this.close();
  }

  /** Serve no further request: an idle connection ends at once, another one with its response. */
  end(): void {
    this.#ending = true;
    const { kind } = this.#deadline;
    if (kind !== undefined && kind !== "write_timeout") this.close();
  }

  /** The address of the client of a request: a proxy says it. */
  clientIp(head: RequestHead): string {
    return forwardedClient(this.#deps.proxies, this.ip, head);
  }

  /** Milliseconds since 1970. */
  wallNow(): number {
    return this.#deps.clock.wallNow();
  }

  /** Call back once when the client leaves; `undefined`: no longer. */
  onLeave(callback: ((how: Leave) => void) | undefined): void {
    this.#input.onLeave(callback);
  }

  /** Give the connection to a handler. */
  takeOver(receiver: InputReceiver): TakenConnection {
    this.#taken = true;
    this.#deadline.kind = undefined;
    this.#input.onLeave(undefined);
    this.#input.redirect(receiver);
    return {
      write: (bytes) => this.#conn.write(bytes),
      hangUp: () => this.#linger(),
      close: () => this.close(),
    };
  }

  /** Answer a request. */
  async respond(
    response: Response,
    head: Pick<RequestHead, "method" | "version" | "keepAlive">,
  ): Promise<void> {
    const end = bodyEndOf(response, head);
    const keepAlive = head.keepAlive && !this.#ending && end.kind !== "close";
    if (!keepAlive) this.#ending = true;
    const terms = { body: end, keepAlive, wallMs: this.wallNow() };
    const output = { clock: this.#deps.clock, write: (bytes: Uint8Array) => this.write(bytes) };
    await writeBody(response.body, end, encodeResponseHead(response, terms), output);
  }

  /** Write all of `bytes`. */
  write(bytes: Uint8Array<ArrayBufferLike>): Promise<void> {
    return this.#writer.write(bytes);
  }

  /** Something arrived, or the client left. */
  #advance(): void {
    if (this.#isBusy || this.#closed) return;
    const { heads, leave } = this.#input;
    const found = heads.takeHead();
    if (found !== undefined) {
      this.#isBusy = true;
      const head = "status" in found ? found : this.#readHead(found);
      if ("status" in head) void this.#work(() => this.#refuseFault(head));
      else if (head.bodyBytes === 0) this.#serve(head, NO_BODY);
      else void this.#work(() => this.#serveWithBody(head));
    } else if (leave !== undefined) this.close();
    // The first byte of a request ends the idling.
    else if (this.#deadline.kind === "idle_timeout" && heads.pendingBytes > 0) this.#expect("head_timeout");
  }

  #readHead({ line, headers }: HeadLines): RequestHead | HttpFault {
    const { maxBodyBytes } = this.#deps.limits;
    const defaultHost = headers.host === undefined ? authorityOf(this.#conn.localAddr) : "";
    return readRequestHead(line, headers, { maxBodyBytes, defaultHost });
  }

  /** A connection is there until what works for it has ended; what that throws is a bug unless the client is gone. */
  async #work(work: () => Promise<void>): Promise<void> {
    this.#tasks++;
    try {
      await work();
    } catch (error) {
      if (!isNetworkError(error)) this.#deps.events.bug(error);
      this.close();
    } finally {
      this.#tasks--;
      this.#reportEnd();
    }
  }

  async #serveWithBody(head: RequestHead): Promise<void> {
    this.#hasHead = true;
    if (head.expectsContinue) await this.#askForBody();
    const body = await this.#input.readBody(head.bodyBytes);
    // One that was answered for being late is not acted upon, though the rest of it came meanwhile.
    if (this.#late) return;
    if (body === undefined) return this.close();
    this.#serve(head, body);
  }

  /** Have a request answered. */
  #serve(head: RequestHead, body: Uint8Array<ArrayBuffer>): void {
    this.#tasks++;
    this.#deadline.kind = undefined;
    this.#hasHead = false;
    const readTo = this.#input.receivedBytes - this.#input.heads.pendingBytes;
    const exchange = this.#exchange = new ConnectionExchange(this, head, body, readTo - this.#requestAt);
    this.#requestAt = readTo;
    callHandler(this.#deps.handler, exchange).then(this.#onServed, this.#onFailed);
  }

  /** Between two requests; the next one may be here already. */
  #next(): void {
    this.#isBusy = false;
    this.#hasServed = true;
    this.#expect(this.#input.heads.pendingBytes > 0 ? "head_timeout" : "idle_timeout");
    this.#advance();
    this.#input.resume();
  }

  /** A handler has failed: the client may be gone, else it is a bug. */
  async #excuse(error: unknown): Promise<void> {
    const exchange = this.#exchange;
    if (exchange === undefined || isNetworkError(error)) return this.close();
    if (error instanceof UnfinishedBody) this.#deps.events.unfinished(error.message, this.ip);
    else this.#deps.events.bug(error);
    // A body that breaks off stays broken: nobody may take it for whole.
    if (exchange.sentBytes > 0 || this.#taken) return this.close();
    await this.#work(() => this.respond(textResponse(500, "The server could not answer"), exchange.head));
  }

  /** The time that the request has goes on: a client that is asked for its body may never send it. */
  async #askForBody(): Promise<void> {
    const { untilMs } = this.#deadline;
    await this.write(CONTINUE);
    this.#deadline.set("head_timeout", untilMs);
  }

  /** Answer what is not a request, and hang up: where the next one begins is not known. */
  async #refuseFault({ status, reason }: HttpFault): Promise<void> {
    this.#deps.events.refused(status, reason, this.ip);
    await this.#answerLast(textResponse(status, reason));
  }

  async #answerLast(response: Response): Promise<void> {
    await this.#respondLast(response);
    await this.#linger();
  }

  async #respondLast(response: Response): Promise<void> {
    await this.respond(response, { method: "GET", version: "1.1", keepAlive: false });
  }

  #expect(kind: "head_timeout" | "idle_timeout"): void {
    const { headTimeoutMs, idleTimeoutMs } = this.#deps.limits;
    const timeoutMs = kind === "head_timeout" ? headTimeoutMs : idleTimeoutMs;
    this.#deadline.set(kind, this.#deps.clock.now() + timeoutMs);
  }

  /** Let the client read its last response, then close: closing over unread bytes would take it away. */
  async #linger(): Promise<void> {
    if (this.#closed) return;
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    const timer = this.#deps.clock.setTimeout(resolve, LINGER_MS);
    void this.#input.discard(MAX_DISCARDED_BYTES).then(resolve);
    try {
      // By TLS the end of what is sent waits for a client that does not read.
      await Promise.race([this.#conn.closeWrite().then(() => gone), gone]);
    } finally {
      timer.clear();
      this.close();
    }
  }

  /** End at once. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
    this.#reportEnd();
  }

  #reportEnd(): void {
    if (this.#closed && this.#tasks === 0) this.#deps.ended(this);
  }
}
