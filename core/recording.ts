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

/** Why a file of a recording ended: its session ended, its disk failed, another file follows it, or an operator stopped it. */
export type RecordingReason = ReportedReason | "disk" | "segment" | "stopped";

/** A stream by its public names. */
export interface RecordedStream {
  /** As the configuration names it. */
  readonly vhost: string;
  /** Public. */
  readonly app: string;
  /** Public. */
  readonly stream: string;
}

/** A file that is being recorded. */
export interface StartedRecording extends RecordedStream {
  /** `rec-` and 12 characters: never the same twice. */
  readonly id: string;
  /** Its place among the files of its publish, from 0 on. */
  readonly number: number;
  /** Whose publish it is. */
  readonly clientId: number;
  /** Where it is while it is written, from the working directory unless it is absolute. */
  readonly file: string;
  /** The folder that it must not leave, whatever links are in it; `""` for the working directory. */
  readonly root: string;
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
  /** Its disk stands still: it is reported at once, and `finished` follows where the disk goes on. */
  | { readonly kind: "stalled"; readonly recording: FinishedRecording }
  | { readonly kind: "dropped"; readonly id: string };

/** Keeps account of recordings. */
export interface RecordingLog {
  /** A file has been opened, has its name, or had no frame and is gone. Must not throw. */
  changed(change: RecordingChange): void;
}

/** A recording as it is listed. */
export interface ListedRecording extends StartedRecording {
  /** Of its media, milliseconds. */
  readonly durationMs: number;
  /** Its size. */
  readonly bytes: number;
  /** `undefined` while it is written. */
  readonly reason: RecordingReason | undefined;
  /** Of its publish, as in the events; `""` where no hook was asked. */
  readonly sessionId: string;
}

/** Which recordings are wanted. */
export interface RecordingQuery extends Partial<RecordedStream> {
  /** None that began later, milliseconds since 1970. */
  readonly untilMs?: number;
  /** Those alone that are being written, or that are whole; absent: both. */
  readonly running?: boolean;
  /** So many of the newest are left out. */
  readonly start: number;
  /** At most so many. */
  readonly count: number;
}

/** A page of them, the newest first. */
export interface RecordingPage {
  /** Of all that are wanted. */
  readonly total: number;
  /** Of this page. */
  readonly entries: readonly ListedRecording[];
}

/** What an operator wants of recordings. */
export type RecordingOrder =
  | { readonly kind: "start"; readonly stream: RecordedStream }
  | { readonly kind: "stop"; readonly id: string };

/** What became of it. */
export type RecordingAnswer =
  /** It starts; the id is that of its first file, which is there with its first key frame. */
  | { readonly kind: "started"; readonly id: string }
  /** It is being recorded already: the id is that of its file, or of its next one where it waits for its disk. */
  | { readonly kind: "recording"; readonly id: string }
  /** Its first file could not be made, and nothing is recorded. */
  | { readonly kind: "failed"; readonly error: string }
  /** Its file is whole, unless the disk takes long. */
  | { readonly kind: "stopped" }
  /** Nobody publishes this stream, or no file of this id is being written. */
  | { readonly kind: "none" };
