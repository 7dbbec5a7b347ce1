/**
 * What is done with publishes whether somebody plays them or not.
 *
 * @module
 */
import type { EndReason } from "../../../core/mod.ts";
import type { Source } from "../../live/mod.ts";
import type { EdgeFacts } from "../relay/edge.ts";
import type { VhostOptions } from "../options.ts";

/** A publish of this thread. */
export interface LivePublish {
  /** Whose it is. */
  readonly clientId: number;
  /** Of its vhost. */
  readonly vhost: VhostOptions;
  /** Public. */
  readonly app: string;
  /** Public. */
  readonly stream: string;
  /** What it publishes to. */
  readonly source: Source;
  /** Addresses that the service wants the stream pushed to. */
  readonly forward: readonly string[];
  /** Its client, where that is a server itself. */
  readonly edge: EdgeFacts | undefined;
  /** What the service decided about its recording, if it did: yes, no, or by which path. */
  readonly record: boolean | string | undefined;
}

/** Follows the publishes of a thread. Must not throw. */
export interface PublishWatcher {
  /** One begins; nothing has come yet. */
  began(publish: LivePublish): void;
  /**
   * It is over, all of it flushed, and its source still there. A promise resolves soon, and never rejects: its ending is
   * not reported before.
   */
  ended(publish: LivePublish, reason: EndReason): Promise<void> | void;
}

/** Who follows the publishes of a thread. */
export class PublishWatchers extends Set<PublishWatcher> implements PublishWatcher {
  /** One begins: each of them is informed. */
  began(publish: LivePublish): void {
    for (const watcher of this) watcher.began(publish);
  }

  /** It is over. */
  async ended(publish: LivePublish, reason: EndReason): Promise<void> {
    await Promise.all(Array.from(this, (watcher) => watcher.ended(publish, reason)));
  }
}
