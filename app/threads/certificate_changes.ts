/**
 * Certificates that a media thread has to use from now on: again later, where it cannot yet.
 *
 * @module
 */
import { type Clock, errorMessage, type Log, type Timer } from "../../core/mod.ts";
import type { MediaCertificates, MediaServer } from "../media_server.ts";

/** Until the next attempt, milliseconds: what is in the way, such as a lack of open files, passes. */
const RETRY_MS = 30_000;

/** The changes that a thread owes. */
export class CertificateChanges {
  readonly #server: Pick<MediaServer, "setCertificates">;
  readonly #log: Log;
  readonly #clock: Clock;
  #owed: MediaCertificates = {};
  #retry: Timer | undefined;
  #closed = false;

  /** Nothing owed. */
  constructor(server: Pick<MediaServer, "setCertificates">, log: Log, clock: Clock) {
    this.#server = server;
    this.#log = log;
    this.#clock = clock;
  }

  /** Have the server use them, at once where it can. */
  take(certificates: MediaCertificates): void {
    this.#owed = { ...this.#owed, ...certificates };
    this.#try();
  }

  /** The server stops: nothing is owed any more. */
  close(): void {
    this.#closed = true;
    this.#retry?.clear();
  }

  #try(): void {
    this.#retry?.clear();
    if (this.#closed) return;
    try {
      this.#server.setCertificates(this.#owed);
      this.#owed = {};
    } catch (error) {
      this.#log.write(
        "error",
        undefined,
        "A thread cannot use a new TLS certificate yet; the old one stays",
        {
          error: errorMessage(error),
        },
      );
      this.#retry = this.#clock.setTimeout(() => this.#try(), RETRY_MS);
    }
  }
}
