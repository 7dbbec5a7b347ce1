/**
 * One request and its answer, as a handler sees them. Most handlers give a `Response`; one on a hot path writes bytes
 * that are shared by all clients, and one that streams takes the connection over.
 *
 * @module
 */
import type { InputReceiver, Leave } from "./client_input.ts";
import { headersOf, type RequestHead } from "./request_head.ts";

const CONNECTION_CLOSE = new TextEncoder().encode("Connection: close\r\n");
const LINE_FEED = 0x0a;

/** A connection that a handler has taken over: the handler has to bound how long anything takes. */
export interface TakenConnection {
  /** Bytes that were written, at least 1 and at most all. */
  write(bytes: Uint8Array): Promise<number>;
  /** Close the sending side and let the client read what was written; resolves when it has left, or soon. */
  hangUp(): Promise<void>;
  /** Close at once: what a client takes for a broken connection if its answer was not finished. */
  close(): void;
}

/** One request and its answer. */
export interface Exchange {
  /** The request without its body. */
  readonly head: RequestHead;
  /** The client's address, canonical. */
  readonly ip: string;
  /** Bytes of the request, head and body. */
  readonly receivedBytes: number;
  /** Bytes of the answer that were written so far, not by a connection that was taken over. */
  readonly sentBytes: number;
  /** The number of the client that plays by this exchange; set by the handler that makes one. */
  clientId: number | undefined;
  /** Milliseconds since 1970, for `Date`. */
  wallNow(): number;
  /** The request as the Fetch standard has it. */
  request(): Request;
  /** Call back once when the client leaves before the answer is complete; `undefined`: no longer. */
  onLeave(callback: ((how: Leave) => void) | undefined): void;
  /** Answer. Resolves when all is written, rejects when the client is gone. */
  respond(response: Response): Promise<void>;
  /**
   * Answer with bytes that are a whole response, head and body, of a length that its head tells; they may be shared
   * memory, and are only read.
   */
  write(bytes: Uint8Array<ArrayBufferLike>): Promise<void>;
  /** The connection serves no further request. */
  endConnection(): void;
  /**
   * Take the connection over, instead of an answer: it serves no further request, and is closed once the handler has
   * settled.
   */
  takeOver(receiver: InputReceiver): TakenConnection;
}

/** What an exchange does with its connection. */
export interface ExchangeConnection {
  /** The address of the client of a request, canonical. */
  clientIp(head: RequestHead): string;
  /** Bytes that were written since the connection began. */
  readonly sentBytes: number;
  wallNow(): number;
  onLeave(callback: ((how: Leave) => void) | undefined): void;
  respond(response: Response, head: RequestHead): Promise<void>;
  write(bytes: Uint8Array<ArrayBufferLike>): Promise<void>;
  /** Serve no further request. */
  end(): void;
  takeOver(receiver: InputReceiver): TakenConnection;
}

/** One request of a connection. */
export class ConnectionExchange implements Exchange {
  readonly head: RequestHead;
  readonly ip: string;
  readonly receivedBytes: number;
  clientId: number | undefined;
  readonly #connection: ExchangeConnection;
  readonly #body: Uint8Array<ArrayBuffer>;
  readonly #sentBefore: number;
  #isLast: boolean;

  /** Nothing answered yet. */
  constructor(
    connection: ExchangeConnection,
    head: RequestHead,
    body: Uint8Array<ArrayBuffer>,
    receivedBytes: number,
  ) {
    this.#connection = connection;
    this.head = head;
    this.ip = connection.clientIp(head);
    this.#body = body;
    this.receivedBytes = receivedBytes;
    this.#isLast = !head.keepAlive;
    this.#sentBefore = connection.sentBytes;
  }

  /** @inheritdoc */
  get sentBytes(): number {
    return this.#connection.sentBytes - this.#sentBefore;
  }

  /** @inheritdoc */
  wallNow(): number {
    return this.#connection.wallNow();
  }

  /** @inheritdoc */
  request(): Request {
    return fetchRequest(this.head, this.#body);
  }

  /** @inheritdoc */
  onLeave(callback: ((how: Leave) => void) | undefined): void {
    this.#connection.onLeave(callback);
  }

  /** @inheritdoc */
  respond(response: Response): Promise<void> {
    return this.#connection.respond(response, this.head);
  }

  /** @inheritdoc */
  write(bytes: Uint8Array<ArrayBufferLike>): Promise<void> {
    const isHead = this.#isLast && this.sentBytes === 0;
    return this.#connection.write(isHead ? withConnectionClose(bytes) : bytes);
  }

  /** @inheritdoc */
  endConnection(): void {
    this.#isLast = true;
    this.#connection.end();
  }

  /** @inheritdoc */
  takeOver(receiver: InputReceiver): TakenConnection {
    return this.#connection.takeOver(receiver);
  }
}

/** A response that says that no other one follows: bytes that are shared say nothing of their connection. */
function withConnectionClose(bytes: Uint8Array<ArrayBufferLike>): Uint8Array<ArrayBuffer> {
  const statusEnd = bytes.indexOf(LINE_FEED) + 1;
  const whole = new Uint8Array(bytes.length + CONNECTION_CLOSE.length);
  whole.set(bytes.subarray(0, statusEnd));
  whole.set(CONNECTION_CLOSE, statusEnd);
  whole.set(bytes.subarray(statusEnd), statusEnd + CONNECTION_CLOSE.length);
  return whole;
}

/** Answers one request. Settles when the answer is complete; what it throws is a bug unless the client is gone. */
export type HttpHandler = (exchange: Exchange) => Promise<void>;

/** Have a request answered: what a handler throws at once is as what it throws later. */
export function callHandler(handler: HttpHandler, exchange: Exchange): Promise<void> {
  try {
    return handler(exchange);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** A response to a request of the client at `ip`, canonical. */
export type ResponseHandler = (request: Request, ip: string) => Response | Promise<Response>;

/**
 * A handler that gives a `Response`, such as `Deno.serve` takes. With a Content-Length it is sent as one, else in
 * chunks.
 */
export function respondWith(handler: ResponseHandler): HttpHandler {
  return async (exchange) => await exchange.respond(await handler(exchange.request(), exchange.ip));
}

/** A request as the Fetch standard has it. */
export function fetchRequest(head: RequestHead, body: Uint8Array<ArrayBuffer>): Request {
  const { method, url } = head;
  return new Request(url, { method, headers: headersOf(head), ...(body.length === 0 ? {} : { body }) });
}
