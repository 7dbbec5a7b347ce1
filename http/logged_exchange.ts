/**
 * An exchange whose answer is logged when it has ended, whatever kind of handler gives it.
 *
 * @module
 */
import type { Clock } from "../core/mod.ts";
import type { AccessLog } from "./access_log.ts";
import type { InputReceiver, Leave } from "./server/client_input.ts";
import type { Exchange, HttpHandler, TakenConnection } from "./server/exchange.ts";
import { headerOf, type RequestHead } from "./server/request_head.ts";

/** A handler whose answers are logged. */
export function logged(
  handler: HttpHandler,
  { log, clock }: { readonly log: AccessLog; readonly clock: Clock },
): HttpHandler {
  return async (exchange) => {
    const startMs = clock.now();
    const observed = new LoggedExchange(exchange);
    try {
      await handler(observed);
    } finally {
      const { head, ip } = exchange;
      log.served({
        ip,
        method: head.method,
        target: `${head.url.pathname}${head.url.search}`,
        version: head.version,
        status: observed.status,
        sentBytes: observed.allSentBytes,
        durationMs: clock.now() - startMs,
        referer: headerOf(head, "referer") || null,
        userAgent: headerOf(head, "user-agent") || null,
        clientId: observed.clientId,
      });
    }
  };
}

/** As nginx has it where a client left before there was an answer. */
const NO_ANSWER = 499;
/** Where an answer's first bytes have the status: after `HTTP/1.1 `. */
const STATUS_AT = 9;

/** Passes everything on, and looks at what is answered. */
class LoggedExchange implements Exchange {
  /** Of the answer. */
  status = NO_ANSWER;
  clientId: number | undefined;
  readonly #exchange: Exchange;
  /** By the connection that was taken over. */
  #takenBytes = 0;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  get head(): RequestHead {
    return this.#exchange.head;
  }

  get ip(): string {
    return this.#exchange.ip;
  }

  get receivedBytes(): number {
    return this.#exchange.receivedBytes;
  }

  get sentBytes(): number {
    return this.#exchange.sentBytes;
  }

  /** With those of a connection that was taken over. */
  get allSentBytes(): number {
    return this.sentBytes + this.#takenBytes;
  }

  wallNow(): number {
    return this.#exchange.wallNow();
  }

  request(): Request {
    return this.#exchange.request();
  }

  onLeave(callback: ((how: Leave) => void) | undefined): void {
    this.#exchange.onLeave(callback);
  }

  endConnection(): void {
    this.#exchange.endConnection();
  }

  async respond(response: Response): Promise<void> {
    this.status = response.status;
    await this.#exchange.respond(response);
  }

  async write(bytes: Uint8Array<ArrayBufferLike>): Promise<void> {
    this.#readStatus(bytes);
    await this.#exchange.write(bytes);
  }

  takeOver(receiver: InputReceiver): TakenConnection {
    const taken = this.#exchange.takeOver(receiver);
    return {
      write: async (bytes) => {
        if (this.#takenBytes === 0) this.#readStatus(bytes);
        const length = await taken.write(bytes);
        this.#takenBytes += length;
        return length;
      },
      hangUp: () => taken.hangUp(),
      close: () => taken.close(),
    };
  }

  #readStatus(bytes: Uint8Array<ArrayBufferLike>): void {
    const digits = bytes.subarray(STATUS_AT, STATUS_AT + 3);
    this.status = digits.reduce((sum, digit) => 10 * sum + digit - 0x30, 0);
  }
}
