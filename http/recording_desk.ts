/**
 * What the API needs of recordings; `app/` fills it.
 *
 * @module
 */
import type {
  ListedRecording,
  RecordingAnswer,
  RecordingOrder,
  RecordingPage,
  RecordingQuery,
} from "../core/mod.ts";

/** Recordings, those that are being written too. */
export interface RecordingDesk {
  /** A page of them, the newest first. */
  list(query: RecordingQuery): Promise<RecordingPage>;
  /** One; `undefined` where there is none of this id. */
  get(id: string): Promise<ListedRecording | undefined>;
  /** Record a stream, or record it no longer. */
  record(order: RecordingOrder): Promise<RecordingAnswer>;
  /**
   * The file of one that is whole; `undefined` where it is gone. Rejects where its folder was replaced by a link that
   * leads out of the folder of recordings, and where the system does not permit it.
   */
  fileInfo(recording: ListedRecording): Promise<Deno.FileInfo | undefined>;
  /** Remove the file of one that is whole, and forget it; rejects as `fileInfo` does. */
  remove(recording: ListedRecording): Promise<void>;
}
