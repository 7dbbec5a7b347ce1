/**
 * All targets, cheap ones first.
 *
 * @module
 */
import { readRecordings } from "./recordings.ts";
import type { FuzzTarget } from "./target.ts";
import { addressTargets } from "./targets/addresses.ts";
import { amfTargets } from "./targets/amf.ts";
import { chunkTargets } from "./targets/chunks.ts";
import { codecTargets } from "./targets/codecs.ts";
import { handshakeTargets } from "./targets/handshake.ts";
import { httpTargets } from "./targets/http.ts";
import { http2Targets } from "./targets/http2.ts";
import { liveTargets } from "./targets/live.ts";
import { mediaTargets } from "./targets/media.ts";
import { remuxTargets } from "./targets/remux.ts";
import { ServerTarget } from "./targets/server.ts";
import { sessionTargets } from "./targets/session.ts";
import { textTargets } from "./targets/texts.ts";

/** Make them. Nothing is open before its first case. */
export async function fuzzTargets(): Promise<readonly FuzzTarget[]> {
  const recordings = await readRecordings();
  return [
    ...handshakeTargets(recordings),
    ...chunkTargets(recordings),
    ...amfTargets(recordings),
    ...mediaTargets(recordings),
    ...codecTargets(),
    ...liveTargets(recordings),
    ...remuxTargets(),
    ...addressTargets(),
    ...httpTargets(),
    ...http2Targets(),
    ...await textTargets(),
    ...sessionTargets(recordings),
    new ServerTarget(recordings),
  ];
}
