/**
 * What is known of one file of a recording.
 *
 * @module
 */
import { withDuration } from "./path_template.ts";
import type { RecordingPlace } from "./record_folder.ts";
import { nameOfFinished } from "./recording_file.ts";
import type { RecordingReason } from "../../core/mod.ts";

/** A file that was opened. */
export interface OpenedRecording {
  /** Never the same twice. */
  readonly id: string;
  /** Its place among the files of the recorder, from 0 on. */
  readonly number: number;
  /** Where it is. */
  readonly file: string;
  /** The folder that it must not leave. */
  readonly root: string;
  /** When its first frame arrived, milliseconds since 1970. */
  readonly startMs: number;
}

/** A file that was closed. */
export interface ClosedRecording extends OpenedRecording {
  /** Of its media, milliseconds. */
  readonly durationMs: number;
  /** Its size. */
  readonly bytes: number;
  /** Why it ended. */
  readonly reason: RecordingReason;
}

/** What is reported of a file that is not whole: the name that it is to have. */
export function unfinishedRecording(
  facts: Omit<OpenedRecording, "file" | "root">,
  { path, root }: RecordingPlace,
  { durationMs, bytes }: { readonly durationMs: number; readonly bytes: number },
): ClosedRecording {
  const file = withDuration(nameOfFinished(path), durationMs);
  return { ...facts, durationMs, bytes, file, root, reason: "disk" };
}
