/**
 * Recordings, as those who keep account of them see them.
 *
 * @module
 */
import type { ReportedReason } from "./end_reason.ts";

/** What may be in brackets in the path of a recording: SRS's variables. */
export const RECORD_PATH_VARIABLES: readonly string[] = [
  ...["vhost", "app", "stream"],
  ...["2006", "01", "02", "15", "04", "05", "999", "timestamp", "duration"],
];

/** Why a file of a recording ended: its session ended, its disk failed, or another file follows it. */
export type RecordingReason = ReportedReason | "disk" | "segment";

/** A file that is being recorded. */
export interface StartedRecording {
  /** `rec-` and 12 characters: never the same twice. */
  readonly id: string;
  /** Its place among the files of its publish, from 0 on. */
  readonly number: number;
  /** Whose publish it is. */
  readonly clientId: number;
  /** Of the stream's public name. */
  readonly vhost: string;
  /** Of the stream's public name. */
  readonly app: string;
  /** Of the stream's public name. */
  readonly stream: string;
  /** Where it is while it is written, from the working directory unless it is absolute. */
  readonly file: string;
  /** When its first frame arrived, milliseconds since 1970. */
  readonly startMs: number;
}

/** A file that is whole. */
export interface FinishedRecording extends StartedRecording {
  /** Of its media, milliseconds. */
  readonly durationMs: number;
  /** Its size. */
  readonly bytes: number;
  /** Why it ended. */
  readonly reason: RecordingReason;
}

/** What happened to a file. */
export type RecordingChange =
  | { readonly kind: "started"; readonly recording: StartedRecording }
  | { readonly kind: "finished"; readonly recording: FinishedRecording }
  | { readonly kind: "dropped"; readonly id: string };

/** Keeps account of recordings. */
export interface RecordingLog {
  /** A file has been opened, has its name, or had no frame and is gone. Must not throw. */
  changed(change: RecordingChange): void;
}
