/**
 * What is done with publishes whether somebody plays them or not.
 *
 * @module
 */
import type { Source } from "../../live/mod.ts";
import type { VhostOptions } from "../options.ts";

/** A publish of this thread. */
export interface LivePublish {
  /** Of its vhost. */
  readonly vhost: VhostOptions;
  /** Public. */
  readonly app: string;
  /** Public. */
  readonly stream: string;
  /** What it publishes to. */
  readonly source: Source;
}

/** Follows the publishes of a thread. Must not throw. */
export interface PublishWatcher {
  /** One begins; nothing has come yet. */
  began(publish: LivePublish): void;
  /** It is over, all of it flushed, and its source still there. */
  ended(publish: LivePublish): void;
}

/** Who follows the publishes of a thread. */
export class PublishWatchers extends Set<PublishWatcher> implements PublishWatcher {
  /** One begins: each of them is informed. */
  began(publish: LivePublish): void {
    for (const watcher of this) watcher.began(publish);
  }

  /** It is over. */
  ended(publish: LivePublish): void {
    for (const watcher of this) watcher.ended(publish);
  }
}
