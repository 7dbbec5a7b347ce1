/**
 * Which requested stream names are keys: those of vhosts whose service gives streams another, public name. What is
 * published there under is a secret, and refused requests are logged without it. Pure.
 *
 * @module
 */
import type { RequestPlace } from "./refusal.ts";

/** What is shown of a name that may be a key. */
const MASK = "***";

/** Learns which vhosts have keys for names. */
export class SecretNames {
  readonly #vhosts = new Set<string>();
  readonly #share: (vhost: string) => void;

  /**
   * Nothing is known of any vhost.
   *
   * @param share Tells the other threads, where there are any.
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

  /** A stream name that was requested from a publisher, as the log may have it. */
  shown(vhost: string, stream: string): string {
    return this.#vhosts.has(vhost) ? MASK : stream;
  }

  /** What a publisher requested, as the log may have it. */
  shownIn(place: RequestPlace): RequestPlace {
    const { vhost, stream } = place;
    return vhost === undefined || stream === undefined
      ? place
      : { ...place, stream: this.shown(vhost, stream) };
  }
}
