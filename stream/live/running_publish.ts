/**
 * What an output or a tap has to know that begins in the middle of a publish.
 *
 * @module
 */
import type { CachedGop } from "./gop_cache.ts";
import type { StreamHeaders } from "./stream_headers.ts";

/** The publish that an output begins in the middle of. */
export interface RunningPublish {
  /** In force now. */
  readonly headers: StreamHeaders;
  /** Its newest GOP, where one is kept. */
  readonly gop: CachedGop | undefined;
  /** Its longest GOP so far, milliseconds. */
  readonly longestGopMs: number;
}
