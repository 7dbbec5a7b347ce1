/**
 * What HLS keeps over restarts, in memory.
 *
 * @module
 */
import type { HlsState } from "../../../app/hls_state.ts";

/** The same for each server, unless a test says otherwise. */
export function testHlsState(viewerKey = new Uint8Array(32).fill(7)): HlsState {
  return { viewerKey, firstDiscontinuity: 5, discontinuityUsed: () => {} };
}
