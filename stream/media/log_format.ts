/**
 * How an output encodes messages. Each protocol brings its own format; a stream is encoded once per format in use.
 *
 * @module
 */
import type { StreamMessage } from "./media_message.ts";

/** Encodes messages into bytes that are the same for all consumers of an output. */
export interface LogFormat {
  /** Formats of one name encode alike. Other threads know the format by it. */
  readonly name: string;
  /** Bytes that {@link LogFormat.write} will need. */
  length(message: StreamMessage): number;
  /** Encode `message` into `target` from `offset` on; returns where it ended. */
  write(target: Uint8Array<ArrayBufferLike>, offset: number, message: StreamMessage): number;
}
