/**
 * An account of recordings for servers that make none.
 *
 * @module
 */
import type { RecordingLog } from "../../../core/mod.ts";

/** Fails the test where something is recorded. */
export const NO_RECORDINGS: RecordingLog = {
  changed: (change) => {
    throw new Error(`Nothing should be recorded here: ${JSON.stringify(change)}`);
  },
};
