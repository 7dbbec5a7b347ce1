/**
 * What follows a source message by message.
 *
 * @module
 */
import type { StreamMessage } from "../media/media_message.ts";
import type { MediaTag } from "../media/media_tag.ts";

/** Follows the publishes of a source message by message: for outputs that are not a log of bytes. Must not throw. */
export interface Tap {
  /** What is received should not wait for the next tick. */
  readonly urgent: boolean;
  /** What is received may wait as long as where nobody uses the stream. */
  readonly patient: boolean;
  /** Payloads are read after `take` has returned: each is copied for it. Those of headers always may be. */
  readonly keepsPayloads: boolean;
  /** A publish begins. */
  began(): void;
  /** Its next message, on the stream's time line. */
  take(message: StreamMessage, tag: MediaTag): void;
  /** What a read of the publisher's socket brought has been taken. */
  readEnded(): void;
  /** It is over. */
  ended(): void;
}
