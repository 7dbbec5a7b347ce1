/**
 * Names as a media thread claims them from the main thread.
 *
 * @module
 */
import type { NameBook } from "../exchange.ts";
import type { Holder } from "../live/mod.ts";
import type { FromThread, HolderFacts } from "./thread_messages.ts";

/** How long to wait before a holder in another thread is looked at again, milliseconds. */
const LOOK_AGAIN_MS = 50;

/** Claims names from the main thread. */
export class RemoteNames implements NameBook {
  readonly #send: (message: FromThread) => void;
  readonly #now: () => number;
  readonly #waiting = new Map<number, (holder: HolderFacts | undefined) => void>();
  #lastClaim = 0;

  /** @param now Monotonic milliseconds. */
  constructor(send: (message: FromThread) => void, now: () => number) {
    this.#send = send;
    this.#now = now;
  }

  /** @inheritdoc */
  async claim(key: string): Promise<Holder | undefined> {
    const claim = ++this.#lastClaim;
    const { promise, resolve } = Promise.withResolvers<HolderFacts | undefined>();
    this.#waiting.set(claim, resolve);
    this.#send({ kind: "claim", claim, key });
    const facts = await promise;
    return facts === undefined ? undefined : this.#holder(key, facts);
  }

  /** @inheritdoc */
  disclaim(key: string): void {
    this.#send({ kind: "disclaim", key });
  }

  /** The main thread answered a claim. */
  claimed(claim: number, holder: HolderFacts | undefined): void {
    this.#waiting.get(claim)?.(holder);
    this.#waiting.delete(claim);
  }

  #holder(key: string, { ip, live, leaving, silentMs }: HolderFacts): Holder {
    return {
      ip,
      live,
      leaving,
      heardMs: this.#now() - silentMs,
      // Nobody tells when it ends elsewhere: the claim is made again.
      get ended() {
        return new Promise<void>((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      },
      replace: () => this.#send({ kind: "replace", key }),
    };
  }
}
