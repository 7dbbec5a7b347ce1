/**
 * Which requested stream names are keys: those of vhosts whose service gives streams another, public name. What is
 * published there under is a secret, and refused requests are logged without it. Pure.
 *
 * @module
 */

/** What is shown of a name that may be a key. */
const MASK = "***";

/** Learns which vhosts have keys for names. */
export class SecretNames {
  readonly #vhosts = new Set<string>();

  /** The service gave a stream of this vhost another name. */
  learn(vhost: string): void {
    this.#vhosts.add(vhost);
  }

  /** A stream name that was requested from a publisher, as the log may have it. */
  shown(vhost: string, stream: string): string {
    return this.#vhosts.has(vhost) ? MASK : stream;
  }
}
