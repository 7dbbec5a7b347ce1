/**
 * A request by HTTP/2 and its answer, as handlers see them: a stream that one takes over is the whole connection for it.
 *
 * @module
 */
import type { Clock } from "../../../core/mod.ts";
import type { InputReceiver, Leave } from "../client_input.ts";
import { type Exchange, fetchRequest, type TakenConnection } from "../exchange.ts";
import type { RequestHead } from "../request_head.ts";
import type { H2Answer } from "./h2_answer.ts";
import { type H2Code, H2ErrorCode } from "./h2_error.ts";
import type { H2Stream } from "./h2_stream.ts";

/** How long the last words of a stream may take to be written, milliseconds. */
const LINGER_MS = 1000;

/** What an exchange needs. */
export interface H2ExchangeDeps {
  readonly clock: Clock;
  readonly stream: H2Stream;
  readonly answer: H2Answer;
  /** Canonical. */
  readonly ip: string;
  /** End the stream, unfinished. */
  reset(code: H2Code): void;
  /** The connection serves no further request. */
  endConnection(): void;
}

/** One request. */
export class H2Exchange implements Exchange {
  readonly head: RequestHead;
  clientId: number | undefined;
  readonly #deps: H2ExchangeDeps;
  readonly #body: Uint8Array<ArrayBuffer>;
  #isTaken = false;

  /** Nothing answered yet. */
  constructor(head: RequestHead, body: Uint8Array<ArrayBuffer>, deps: H2ExchangeDeps) {
    this.head = head;
    this.#body = body;
    this.#deps = deps;
  }

  /** @inheritdoc */
  get ip(): string {
    return this.#deps.ip;
  }

  /** @inheritdoc */
  get receivedBytes(): number {
    return this.#deps.stream.receivedBytes;
  }

  /** @inheritdoc */
  get sentBytes(): number {
    return this.#deps.answer.sentBytes;
  }

  /** A handler has the stream. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** @inheritdoc */
  wallNow(): number {
    return this.#deps.clock.wallNow();
  }

  /** @inheritdoc */
  request(): Request {
    return fetchRequest(this.head, this.#body);
  }

  /** @inheritdoc */
  onLeave(callback: ((how: Leave) => void) | undefined): void {
    this.#deps.stream.onLeave(callback);
  }

  /** @inheritdoc */
  respond(response: Response): Promise<void> {
    return this.#deps.answer.respond(response);
  }

  /** @inheritdoc */
  write(bytes: Uint8Array<ArrayBufferLike>): Promise<void> {
    return this.#deps.answer.write(bytes);
  }

  /** @inheritdoc */
  endConnection(): void {
    this.#deps.endConnection();
  }

  /** @inheritdoc */
  takeOver(receiver: InputReceiver): TakenConnection {
    this.#isTaken = true;
    const { answer, stream, reset } = this.#deps;
    stream.onLeave((how) => receiver.left(how));
    return {
      write: (bytes) => answer.writeSome(bytes),
      hangUp: () => this.#hangUp(),
      close: () => reset(H2ErrorCode.InternalError),
    };
  }

  /** The client knows the end of an answer by its frame; one that takes none is cut. */
  async #hangUp(): Promise<void> {
    const { answer, clock, reset, stream } = this.#deps;
    if (!answer.hasBegun) return reset(H2ErrorCode.Cancel);
    if (stream.isGone) return;
    const timer = clock.setTimeout(() => reset(H2ErrorCode.Cancel), LINGER_MS);
    try {
      await answer.end();
    } finally {
      timer.clear();
    }
  }
}
