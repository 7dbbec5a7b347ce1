/**
 * Questions of the main thread to one media thread, until they are answered or the thread is gone. Pure.
 *
 * @module
 */
import type {
  ForwardAnswer,
  ForwardOrder,
  KickOptions,
  PullAnswer,
  PullOrder,
  RecordingAnswer,
  RecordingOrder,
} from "../../core/mod.ts";
import type { ClientTotals, ServerSnapshot } from "../../stream/live/mod.ts";
import type { MediaAddresses } from "../media_server.ts";
import type { ListenStep, QueryReply, ThreadFailure, ToThread } from "./thread_messages.ts";

/** The queries to one thread that are under way. */
export class ThreadRpc {
  readonly #send: (message: ToThread) => void;
  readonly #open = new Map<number, (answer: QueryReply | undefined) => void>();
  #lastQuery = 0;
  #ended = false;

  /** @param send Brings a message to the thread. */
  constructor(send: (message: ToThread) => void) {
    this.#send = send;
  }

  /** The thread is gone. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What the thread has at this moment; `undefined` when it is gone. */
  async snapshot(): Promise<ServerSnapshot | undefined> {
    const answer = await this.#query((query) => ({ kind: "snapshot", query }));
    return answer?.kind === "snapshot" ? answer.snapshot : undefined;
  }

  /** The totals of its clients at this moment; `undefined` when it is gone. */
  async totals(): Promise<ClientTotals | undefined> {
    const answer = await this.#query((query) => ({ kind: "totals", query }));
    return answer?.kind === "totals" ? answer.totals : undefined;
  }

  /** End a connection of the thread; `false` when it has none of this number, or is gone. */
  async kick(clientId: number, options: KickOptions = {}): Promise<boolean> {
    const answer = await this.#query((query) => ({ kind: "kick", query, clientId, options }));
    return answer?.kind === "kicked" && answer.known;
  }

  /** Record a stream of the thread, or record it no longer; `none` when it is gone. */
  async record(order: RecordingOrder): Promise<RecordingAnswer> {
    const answer = await this.#query((query) => ({ kind: "record", query, order }));
    return answer?.kind === "recordingAnswer" ? answer.answer : { kind: "none" };
  }

  /** Forwards of a stream of the thread; `none` when it is gone. */
  async forward(order: ForwardOrder): Promise<ForwardAnswer> {
    const answer = await this.#query((query) => ({ kind: "forward", query, order }));
    return answer?.kind === "forwardAnswer" ? answer.answer : { kind: "none" };
  }

  /** Pulls of the thread; `unknown` when it is gone. */
  async pull(order: PullOrder): Promise<PullAnswer> {
    const answer = await this.#query((query) => ({ kind: "pull", query, order }));
    return answer?.kind === "pullAnswer" ? answer.answer : { kind: "unknown" };
  }

  /** The thread is to accept nobody more. Settles when that is so, or it is gone. */
  async stopAccepting(): Promise<void> {
    await this.#query((query) => ({ kind: "stopAccepting", query }));
  }

  /**
   * Have the thread listen.
   *
   * @returns Where it listens then, with the ports that the system chose; `undefined` when it is gone.
   * @throws {Error} It cannot, with the name of the system's error.
   */
  async listen(step: ListenStep, addresses: MediaAddresses): Promise<MediaAddresses | undefined> {
    const answer = await this.#query((query) => ({ kind: "listen", query, step, addresses }));
    if (answer?.kind !== "listening") return undefined;
    if (answer.failure !== undefined) throw errorOf(answer.failure);
    return answer.addresses;
  }

  /** The thread answered. */
  answered(answer: QueryReply): void {
    this.#open.get(answer.query)?.(answer);
    this.#open.delete(answer.query);
  }

  /** The thread is gone: pending calls end, and later ones end at once. */
  end(): void {
    this.#ended = true;
    for (const settle of this.#open.values()) settle(undefined);
    this.#open.clear();
  }

  #query(message: (query: number) => ToThread): Promise<QueryReply | undefined> {
    if (this.#ended) return Promise.resolve(undefined);
    const query = ++this.#lastQuery;
    const { promise, resolve } = Promise.withResolvers<QueryReply | undefined>();
    this.#open.set(query, resolve);
    this.#send(message(query));
    return promise;
  }
}

/** The error that a thread has met. */
export function errorOf({ message, name }: ThreadFailure): Error {
  return Object.assign(new Error(message), { name });
}
