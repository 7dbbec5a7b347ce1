/**
 * Looks at the media threads for the API.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import type { ServerSnapshot } from "../../stream/live/mod.ts";
import { deadline } from "../../system/mod.ts";
import type { Media } from "../ports.ts";

/** The longest that the media threads may take to say what they have, milliseconds. */
const SNAPSHOT_TIMEOUT_MS = 5000;

/** Gives snapshots; requests that come while the threads are being asked share their answer. */
export class Snapshots {
  readonly #media: Pick<Media, "snapshot">;
  readonly #clock: Clock;
  #pending: Promise<ServerSnapshot> | undefined;

  /** Snapshots of this server. */
  constructor(media: Pick<Media, "snapshot">, clock: Clock) {
    this.#media = media;
    this.#clock = clock;
  }

  /**
   * What there is now.
   *
   * @throws {Error} Where the threads do not answer in time.
   */
  current(): Promise<ServerSnapshot> {
    return this.#pending ??= this.#look().finally(() => this.#pending = undefined);
  }

  /** What there is after everything that was done before the call. */
  fresh(): Promise<ServerSnapshot> {
    return this.#look();
  }

  async #look(): Promise<ServerSnapshot> {
    const snapshot = await deadline(this.#clock, this.#media.snapshot(), { maxMs: SNAPSHOT_TIMEOUT_MS });
    if (snapshot !== "expired") return snapshot;
    throw new Error(`Cannot look at the clients: no answer within ${SNAPSHOT_TIMEOUT_MS} ms`);
  }
}
