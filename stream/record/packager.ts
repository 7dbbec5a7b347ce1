/**
 * From the messages of a publish to the bytes of files: what FLV and MP4 have in common.
 *
 * @module
 */
import type { Patch, StreamMessage } from "../media/mod.ts";
import type { MediaTag } from "../media/mod.ts";
import type { FileBuffers } from "./file_buffers.ts";

/** A file is whole. */
export interface FinishedFile {
  /** Of its media, milliseconds. */
  readonly durationMs: number;
  /** What makes it whole, given how many bytes it has. */
  patches(bytes: number): readonly Patch[];
}

/** Where files go. Each is opened, written and closed in turn. */
export interface PackagerHost {
  /** What is written from now on is a new file, whose first frame has this stream time, milliseconds. */
  open(firstMs: number): void;
  /** Memory for what is written next. What is written goes back by itself. */
  readonly buffers: Pick<FileBuffers, "take" | "give">;
  /** Bytes of the open file; not changed any more, nor read once they are written. */
  write(bytes: Uint8Array<ArrayBuffer>): void;
  /** The open file is whole, and another one may follow: `segment`, or the stream is over. */
  close(file: FinishedFile, because: "segment" | "end"): void;
  /** A track cannot be recorded. */
  refused(reason: string): void;
}

/** How messages become files. */
export interface PackagerOptions {
  /** A file that lasts at least this long ends, milliseconds; `Infinity` for one file a publish. */
  readonly maxFileMs: number;
  /** Whether a new file waits for a key frame. */
  readonly waitKeyFrame: boolean;
}

/** Makes files of the messages of one publish. */
export interface Packager {
  /** The next message. Its payload is not read any more afterwards, unless it is a header. */
  take(message: StreamMessage, tag: MediaTag): void;
  /** The messages of a read have been taken: hand over what is held back, if a crash would lose too much of it. */
  readEnded(): void;
  /** Hand over what has been held back for long; called about once a second. */
  sweep(): void;
  /** No message follows: close the file. */
  finish(): void;
}
