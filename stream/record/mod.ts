/**
 * Recordings: FLV and MP4 files of streams, that a crash leaves playable.
 *
 * @module
 */
export { type PathFacts, type RecordPath, recordPath, recordRoot } from "./path_template.ts";
export {
  type CatalogueEntry,
  type KeepQuery,
  type PublishNotes,
  RecordCatalogue,
} from "./record_catalogue.ts";
export { PublishRecorder, type PublishRecorderDeps } from "./publish_recorder.ts";
export { checkFolder, type RecordingPlace, RecordPathError } from "./record_folder.ts";
export { finishLeftFile } from "./repair.ts";
export type { RepairedRecording } from "./repaired_recording.ts";
// Types of other rooms that these show.
export type * from "../../core/mod.ts";
export type * from "../admission/mod.ts";
