/**
 * One stream of a connection: a request that arrives, and what is called when its client has left.
 *
 * @module
 */
import { Deadline } from "../answer_writer.ts";
import type { Leave } from "../client_input.ts";
import type { HttpFault } from "../http_fault.ts";
import type { RequestFields } from "./h2_request.ts";

/** A stream that a client has opened. */
export class H2Stream {
  readonly id: number;
  /** What is asked for, or what is wrong with it. */
  readonly request: RequestFields | HttpFault;
  /** Of the answer. */
  readonly deadline = new Deadline();
  /** Until when its request has to be complete, monotonic milliseconds. */
  readonly untilMs: number;
  /** Of the request, as they were sent. */
  receivedBytes: number;
  /** The request is complete, or as complete as it is wanted. */
  isServed = false;
  /** The client sends nothing more on it. */
  hasAll = false;
  /** Bytes of the body that count for the connection's window. */
  heldBytes = 0;
  #body: Uint8Array<ArrayBuffer>[] = [];
  #bodyBytes = 0;
  #left: Leave | undefined;
  #onLeave: ((how: Leave) => void) | undefined;

  /** Its head has arrived. */
  constructor(
    id: number,
    request: RequestFields | HttpFault,
    { receivedBytes, untilMs }: { readonly receivedBytes: number; readonly untilMs: number },
  ) {
    this.id = id;
    this.request = request;
    this.receivedBytes = receivedBytes;
    this.untilMs = untilMs;
  }

  /** Bytes of the body so far. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** It was reset by either side, or the connection has ended. */
  get isGone(): boolean {
    return this.#left !== undefined;
  }

  /** Keep a copy of a part of the body. */
  addBody(bytes: Uint8Array<ArrayBuffer>): void {
    this.#body.push(bytes.slice());
    this.#bodyBytes += bytes.length;
  }

  /** All of the body, which is not kept any longer. */
  takeBody(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#bodyBytes);
    let at = 0;
    for (const part of this.#body) {
      bytes.set(part, at);
      at += part.length;
    }
    this.#body = [];
    return bytes;
  }

  /** Call back once when it has gone, at once if it has; `undefined`: no longer. */
  onLeave(callback: ((how: Leave) => void) | undefined): void {
    this.#onLeave = callback;
    if (this.#left !== undefined) callback?.(this.#left);
  }

  /** It is gone. */
  leave(how: Leave): void {
    if (this.#left !== undefined) return;
    this.#left = how;
    this.deadline.kind = undefined;
    this.#onLeave?.(how);
  }
}
