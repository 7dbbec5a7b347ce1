/**
 * How an output encodes messages. Each protocol brings its own format; a stream is encoded once per format in use.
 *
 * @module
 */
import type { TracksState } from "./known_tracks.ts";
import type { StreamMessage } from "./media_message.ts";

/** Turns messages into bytes. */
export interface MessageEncoder {
  /** Bytes that {@link MessageEncoder.write} will need; 0 for a message of which nothing is sent. */
  length(message: StreamMessage): number;
  /** Encode `message` into `target` from `offset` on; returns where it ended. */
  write(target: Uint8Array<ArrayBufferLike>, offset: number, message: StreamMessage): number;
}

/** Encodes messages into bytes that are the same for all consumers of an output. */
export interface LogFormat extends MessageEncoder {
  /** Formats of one name encode alike. Other threads know the format by it. */
  readonly name: string;
  /**
   * Make the encoder of one log, for a format in which bytes depend on the messages before. What the format itself
   * encodes is then what players get before they read the log. Absent: each message is encoded by itself.
   */
  encoder?(context: EncoderContext): LogEncoder;
  /**
   * The messages that were encoded one after the other, with copies of their payloads; of their times the low 32 bits.
   * Absent: they cannot be had back.
   */
  read?(bytes: Uint8Array<ArrayBufferLike>): Iterable<StreamMessage>;
}

/** Encodes the messages of one log, one after the other: each is measured, then written. */
export interface LogEncoder extends MessageEncoder {
  /**
   * A publish begins, or is found running.
   *
   * @param known Headers and messages that describe it. Those that are to be encoded follow one by one.
   */
  begin(known: readonly StreamMessage[]): void;
}

/** What the encoder of a log has to know. */
export interface EncoderContext {
  /** The log has the sound of the stream. */
  readonly hasAudio: boolean;
  /** The log has the pictures of the stream. */
  readonly hasVideo: boolean;
  /** What is known of the publish. */
  tracks(): TracksState;
}
