/**
 * The process where nothing is configured.
 *
 * @module
 */
import type { ProcessOptions } from "../../../config/config.ts";

/** By the defaults of the schema. */
export const DEFAULT_PROCESS: ProcessOptions = {
  pid: "",
  workDir: "./",
  graceFinalWaitMs: 3200,
  graceDrainMs: 0,
  reusePort: true,
  autoReload: false,
  workers: 1,
};
