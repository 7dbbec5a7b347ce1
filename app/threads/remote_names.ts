/**
 * Names as a media thread claims them from the main thread.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { delay } from "../../system/mod.ts";
import type { NameRegistry } from "../../stream/admission/mod.ts";
import type { PublisherHandle, Source } from "../../stream/live/mod.ts";
import type { FromThread, HolderFacts } from "./thread_messages.ts";

/** How long to wait before a holder in another thread is looked at again, milliseconds. */
const LOOK_AGAIN_MS = 50;

/** Claims names from the main thread. */
export class RemoteNames implements NameRegistry {
  readonly #send: (message: FromThread) => void;
  readonly #clock: Clock;
  readonly #waiting = new Map<
    number,
    { source: Source | undefined; answer: (holder: HolderFacts | undefined) => void }
  >();
  #lastClaim = 0;

  /** @param send Brings a message to the main thread. */
  constructor(send: (message: FromThread) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** @inheritdoc */
  async claim(source: Source): Promise<PublisherHandle | undefined> {
    const { key } = source;
    const facts = await this.#claim(key, source);
    return facts === undefined ? undefined : this.#holder(key, facts);
  }

  /** @inheritdoc */
  async claimTask(task: string): Promise<boolean> {
    return await this.#claim(taskKey(task)) === undefined;
  }

  /** @inheritdoc */
  releaseTask(task: string): void {
    this.#send({ kind: "disclaim", key: taskKey(task), time: 0 });
  }

  /** @inheritdoc */
  release({ key, time }: Source): void {
    this.#send({ kind: "disclaim", key, time });
  }

  /**
   * The main thread answered a claim.
   *
   * @param time Up to where the stream has been seen, milliseconds of stream time.
   */
  claimed(claim: number, holder: HolderFacts | undefined, time: number): void {
    const waiting = this.#waiting.get(claim);
    if (waiting === undefined) return;
    this.#waiting.delete(claim);
    // The clock of a stream that runs is its publisher's.
    if (holder === undefined && waiting.source?.live === false) waiting.source.advance(time);
    waiting.answer(holder);
  }

  #claim(key: string, source?: Source): Promise<HolderFacts | undefined> {
    const claim = ++this.#lastClaim;
    const { promise, resolve: answer } = Promise.withResolvers<HolderFacts | undefined>();
    this.#waiting.set(claim, { source, answer });
    this.#send({ kind: "claim", claim, key });
    return promise;
  }

  #holder(key: string, facts: HolderFacts): PublisherHandle {
    const clock = this.#clock;
    return {
      ...facts,
      // Nobody tells when it ends elsewhere: the claim is made again.
      get ended() {
        return delay(clock, LOOK_AGAIN_MS).then(() => undefined);
      },
      replace: () => this.#send({ kind: "replace", key, clientId: facts.id }),
    };
  }
}

/** Tasks are claimed as names are; no stream's key has a blank. */
function taskKey(task: string): string {
  return `task ${task}`;
}
