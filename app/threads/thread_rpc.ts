/**
 * Questions of the main thread to one media thread, until they are answered, or the thread is gone or silent.
 *
 * @module
 */
import type {
  Clock,
  ForwardAnswer,
  ForwardOrder,
  KickOptions,
  PullAnswer,
  PullOrder,
  RecordingAnswer,
  RecordingOrder,
} from "../../core/mod.ts";
import type { ClientTotals, ServerSnapshot } from "../../stream/live/mod.ts";
import { deadline } from "../../system/mod.ts";
import type { MediaAddresses } from "../media_server.ts";
import type { HolderFacts, ListenStep, QueryReply, ThreadFailure, ToThread } from "./thread_messages.ts";

/** A thread that has not answered by then is silent, milliseconds. A recording that it is to stop may take a second. */
export const ANSWER_MS = 5000;

/** What queries work with. */
export interface ThreadRpcDeps {
  readonly clock: Clock;
  /** Brings a message to the thread. */
  send(message: ToThread): void;
  /** The thread has not answered in time. */
  silent(): void;
  /** It answers again. */
  answering(): void;
}

/** Whether a query of a silent thread is for nothing, or has to reach it whenever it is back. */
type Purpose = "facts" | "order";

/** The queries to one thread that are under way. */
export class ThreadRpc {
  readonly #deps: ThreadRpcDeps;
  readonly #open = new Map<number, (answer: QueryReply | undefined) => void>();
  #lastQuery = 0;
  #ended = false;
  /** Nobody waits for it until it answers. */
  #isSilent = false;

  /** It answers, as far as is known. */
  constructor(deps: ThreadRpcDeps) {
    this.#deps = deps;
  }

  /** The thread is gone. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What the thread has at this moment; `undefined` when it is gone or silent. */
  async snapshot(): Promise<ServerSnapshot | undefined> {
    const answer = await this.#query("facts", (query) => ({ kind: "snapshot", query }));
    return answer?.kind === "snapshot" ? answer.snapshot : undefined;
  }

  /** The totals of its clients at this moment; `undefined` when it is gone or silent. */
  async totals(): Promise<ClientTotals | undefined> {
    const answer = await this.#query("facts", (query) => ({ kind: "totals", query }));
    return answer?.kind === "totals" ? answer.totals : undefined;
  }

  /** Who holds a name of the thread; `undefined`: nobody, or the thread is gone or silent. */
  async describe(key: string): Promise<HolderFacts | undefined> {
    const answer = await this.#query("facts", (query) => ({ kind: "describe", query, key }));
    return answer?.kind === "described" ? answer.holder : undefined;
  }

  /** End a connection of the thread; `false` when it has none of this number, or is gone or silent. */
  async kick(clientId: number, options: KickOptions = {}): Promise<boolean> {
    const answer = await this.#query("order", (query) => ({ kind: "kick", query, clientId, options }));
    return answer?.kind === "kicked" && answer.known;
  }

  /** Record a stream of the thread, or record it no longer; `none` when it is gone or silent. */
  async record(order: RecordingOrder): Promise<RecordingAnswer> {
    const answer = await this.#query("order", (query) => ({ kind: "record", query, order }));
    return answer?.kind === "recordingAnswer" ? answer.answer : { kind: "none" };
  }

  /** Forwards of a stream of the thread; `none` when it is gone or silent. */
  async forward(order: ForwardOrder): Promise<ForwardAnswer> {
    const answer = await this.#query("order", (query) => ({ kind: "forward", query, order }));
    return answer?.kind === "forwardAnswer" ? answer.answer : { kind: "none" };
  }

  /** Pulls of the thread; `unknown` when it is gone or silent. */
  async pull(order: PullOrder): Promise<PullAnswer> {
    const answer = await this.#query("order", (query) => ({ kind: "pull", query, order }));
    return answer?.kind === "pullAnswer" ? answer.answer : { kind: "unknown" };
  }

  /** The thread is to accept nobody more. Settles when that is so, or it is gone or silent. */
  async stopAccepting(): Promise<void> {
    await this.#query("order", (query) => ({ kind: "stopAccepting", query }));
  }

  /**
   * Have the thread listen.
   *
   * @returns Where it listens then, with the ports that the system chose; `undefined` when it is gone.
   * @throws {Error} It cannot, with the name of the system's error; or it is silent and was to open something. What it
   * was to close it closes once it is back.
   */
  async listen(step: ListenStep, addresses: MediaAddresses): Promise<MediaAddresses | undefined> {
    const answer = await this.#query("order", (query) => ({ kind: "listen", query, step, addresses }));
    if (answer === undefined && step === "open" && !this.#ended) {
      throw new Error("A media thread does not answer");
    }
    if (answer?.kind !== "listening") return undefined;
    if (answer.failure !== undefined) throw errorOf(answer.failure);
    return answer.addresses;
  }

  /** The thread answered. */
  answered(answer: QueryReply): void {
    if (this.#isSilent) {
      this.#isSilent = false;
      this.#deps.answering();
    }
    this.#open.get(answer.query)?.(answer);
    this.#open.delete(answer.query);
  }

  /** The thread is gone: pending calls end, and later ones end at once. */
  end(): void {
    this.#ended = true;
    for (const settle of this.#open.values()) settle(undefined);
    this.#open.clear();
  }

  async #query(purpose: Purpose, message: (query: number) => ToThread): Promise<QueryReply | undefined> {
    if (this.#ended || (this.#isSilent && purpose === "facts")) return undefined;
    const query = ++this.#lastQuery;
    this.#deps.send(message(query));
    if (this.#isSilent) return undefined;
    const { promise, resolve } = Promise.withResolvers<QueryReply | undefined>();
    this.#open.set(query, resolve);
    const answer = await deadline(this.#deps.clock, promise, { maxMs: ANSWER_MS });
    if (answer !== "expired") return answer;
    this.#open.delete(query);
    this.#fallSilent();
    return undefined;
  }

  #fallSilent(): void {
    if (this.#ended || this.#isSilent) return;
    this.#isSilent = true;
    this.#deps.silent();
    // Its answer is the sign that the thread is back.
    this.#deps.send({ kind: "totals", query: ++this.#lastQuery });
  }
}

/** The error that a thread has met. */
export function errorOf({ message, name }: ThreadFailure): Error {
  return Object.assign(new Error(message), { name });
}
