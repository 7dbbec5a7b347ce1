/**
 * Which requested stream names are keys: those of vhosts whose service gives streams another, public name. The names
 * that publishers request there are secrets, and refused requests are logged without them. Pure.
 *
 * @module
 */
import type { RequestPlace } from "../refusal.ts";

/** What is shown of a name that may be a key. */
const MASK = "***";

/** Learns in which vhosts names are keys. */
export class SecretNames {
  readonly #vhosts = new Set<string>();
  readonly #share: (vhost: string) => void;

  /**
   * Nothing is known of any vhost.
   *
   * @param share Informs the other threads, where there are any.
   */
  constructor(share: (vhost: string) => void = () => {}) {
    this.#share = share;
  }

  /** The service gave a stream of this vhost another name. */
  learn(vhost: string): void {
    if (this.#vhosts.has(vhost)) return;
    this.take(vhost);
    this.#share(vhost);
  }

  /** The same, by another thread. */
  take(vhost: string): void {
    this.#vhosts.add(vhost);
  }

  /** The name that a publisher requested, as it may be logged. */
  shown(vhost: string, stream: string): string {
    return this.#vhosts.has(vhost) ? MASK : stream;
  }

  /** What a publisher requested, as it may be logged. */
  shownIn(place: RequestPlace): RequestPlace {
    const { vhost, stream } = place;
    return vhost === undefined || stream === undefined
      ? place
      : { ...place, stream: this.shown(vhost, stream) };
  }
}
