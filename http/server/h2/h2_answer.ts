/**
 * The answer to one request, from what handlers write: a response of HTTP/1.1, its head first. The body goes as far as
 * the client's windows permit, so a slow client slows its source.
 *
 * @module
 */
import type { Clock } from "../../../core/mod.ts";
import { AnswerWriter, type Deadline } from "../answer_writer.ts";
import { writeBody } from "../body_writer.ts";
import { bodyEndOf, encodeResponseHead } from "../response_head.ts";
import type { MessageHeads } from "./message_head.ts";
import type { Sending } from "./send_streams.ts";

/** What an answer needs. */
export interface H2AnswerDeps {
  readonly clock: Clock;
  readonly heads: MessageHeads;
  readonly writeTimeoutMs: number;
  /** Runs while an answer that is not a stream is written. */
  readonly deadline: Deadline;
  /** Send on the request's stream; resolves with the bytes that were written. */
  send(sending: Sending): Promise<number>;
}

const NOTHING = new Uint8Array(0);

/** One answer. */
export class H2Answer {
  readonly #deps: H2AnswerDeps;
  readonly #method: string;
  readonly #writer: AnswerWriter;
  /** Bytes of body that are missing; `undefined` before the head. */
  #left: number | undefined;
  #hasEnded = false;

  /** @param method Of the request: an answer to HEAD has no body. */
  constructor(method: string, deps: H2AnswerDeps) {
    this.#method = method;
    this.#deps = deps;
    const conn = { write: (bytes: Uint8Array) => this.writeSome(bytes) };
    this.#writer = new AnswerWriter(conn, deps.clock, deps.writeTimeoutMs, deps.deadline);
  }

  /** Its head is on its way. */
  get hasBegun(): boolean {
    return this.#left !== undefined;
  }

  /** All of it was written. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Bytes of it, as handlers wrote them; not those of {@link H2Answer.writeSome}. */
  get sentBytes(): number {
    return this.#writer.sentBytes;
  }

  /** Answer with a response. */
  async respond(response: Response): Promise<void> {
    const { clock } = this.#deps;
    const end = bodyEndOf(response, { method: this.#method, version: "2.0" });
    const head = encodeResponseHead(response, {
      ...{ body: end, keepAlive: true },
      wallMs: clock.wallNow(),
    });
    await writeBody(response.body, end, head, { clock, write: (bytes) => this.write(bytes) });
    await this.end();
  }

  /** Write all of `bytes`: those that come first are a head, whole. The deadline runs until then. */
  write(bytes: Uint8Array<ArrayBufferLike>): Promise<void> {
    return this.#writer.write(bytes);
  }

  /** The same without a deadline: bytes that were written, at least 1 and at most all. */
  async writeSome(bytes: Uint8Array<ArrayBufferLike>): Promise<number> {
    const head = this.#left === undefined ? this.#deps.heads.of(bytes) : undefined;
    const body = head === undefined ? bytes : bytes.subarray(head.bodyAt);
    const left = this.#left ?? (head === undefined ? 0 : this.#bodyBytes(head.status, head.length));
    if (body.length > left) {
      throw new RangeError(`An answer is ${body.length - left} bytes longer than it said`);
    }
    this.#left = left;
    const isEnd = body.length === left;
    const written = await this.#deps.send({ block: head?.block, bytes: body, isEnd });
    this.#left = left - written;
    if (isEnd && written === body.length) this.#hasEnded = true;
    return (head?.bodyAt ?? 0) + written;
  }

  /** Nothing follows: the end of an answer whose head did not say how long it is. */
  async end(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    await this.#deps.send({ block: undefined, bytes: NOTHING, isEnd: true });
  }

  #bodyBytes(status: number, length: number | undefined): number {
    return this.#method === "HEAD" || status === 204 || status === 304 ? 0 : length ?? Infinity;
  }
}
