/**
 * What a recorder is made with.
 *
 * @module
 */
import type { FileBuffers } from "./file_buffers.ts";
import type { PackagerOptions } from "./packager.ts";
import type { RecordPath } from "./path_template.ts";
import type { ClosedRecording, OpenedRecording } from "./recording_facts.ts";

/** What a recorder is given. */
export interface RecorderDeps {
  /** Memory for what is written. */
  readonly buffers: FileBuffers;
  /** The path of a file that begins now. */
  path(): RecordPath;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
  /** An id for a file. */
  newId(): string;
  /** A file is open, under a name for the time being. */
  started(recording: OpenedRecording): void;
  /**
   * A disk stands still, or does not let the file be finished: it is reported as it is, and closed when the disk goes on,
   * or by the next start.
   */
  stalled(recording: ClosedRecording): void;
  /** The disk stands still, with so many files of this recorder more or less than before. */
  standing(files: 1 | -1): void;
  /** What keeps a file from being written, or from being begun; `undefined` where there is room. */
  shortage(of: "writing" | "beginning"): string | undefined;
  /** An open file had no frame, and is gone. */
  dropped(id: string): void;
  /** A file is closed and has its name. */
  closed(recording: ClosedRecording): void;
  /** Recording goes on without what is named, or has to wait. */
  log(level: "warn", message: string, fields: { readonly error: string }): void;
}

/** How a publish is recorded. */
export interface RecorderOptions extends PackagerOptions {
  /** Of its files. */
  readonly format: "flv" | "mp4";
}
