/**
 * One vhost's settings -> the RTMP room's options.
 *
 * @module
 */

import type { VhostOptions } from "../../stream/admission/options.ts";
import { buildAccess } from "./build_access.ts";
import type { Diagnostics } from "../problems/diagnostics.ts";
import { PLAY_KEYS, PUBLISH_KEYS, VHOST_KEYS } from "../schema/schema_vhost.ts";
import type { SettingReader } from "../schema/setting_reader.ts";

/**
 * Read one vhost.
 *
 * @param name The vhost's name.
 * @param reader Reads its keys.
 * @param chunkSize The root's, for a vhost that names none.
 * @param diagnostics Told of what does not fit together.
 */
export function buildVhost(
  name: string,
  reader: SettingReader,
  chunkSize: number,
  diagnostics: Diagnostics,
): VhostOptions {
  return Object.freeze({
    name,
    enabled: reader.vhost(name, VHOST_KEYS.enabled),
    chunkSize: reader.vhost(name, VHOST_KEYS.chunkSize, chunkSize),
    inAckSize: reader.vhost(name, VHOST_KEYS.inAckSize),
    outAckSize: reader.vhost(name, VHOST_KEYS.outAckSize),
    tcpNodelay: reader.vhost(name, VHOST_KEYS.tcpNodelay),
    minLatency: reader.vhost(name, VHOST_KEYS.minLatency),
    play: Object.freeze({
      gopCache: reader.vhost(name, PLAY_KEYS.gopCache),
      gopCacheMaxFrames: reader.vhost(name, PLAY_KEYS.gopCacheMaxFrames),
      queueLengthMs: reader.vhost(name, PLAY_KEYS.queueLength),
      mwLatencyMs: reader.vhost(name, PLAY_KEYS.mwLatency),
      timeJitter: reader.vhost(name, PLAY_KEYS.timeJitter),
      atc: reader.vhost(name, PLAY_KEYS.atc),
      tracks: reader.vhost(name, PLAY_KEYS.tracks),
      reduceSequenceHeader: reader.vhost(name, PLAY_KEYS.reduceSequenceHeader),
      sendTimeoutMs: reader.vhost(name, PLAY_KEYS.sendTimeout),
    }),
    publish: Object.freeze({
      firstpktTimeoutMs: reader.vhost(name, PUBLISH_KEYS.firstpktTimeout),
      normalTimeoutMs: reader.vhost(name, PUBLISH_KEYS.normalTimeout),
      kickoffForIdleMs: reader.vhost(name, PUBLISH_KEYS.kickoffForIdle),
      takeover: reader.vhost(name, PUBLISH_KEYS.takeover),
      takeoverAfterMs: reader.vhost(name, PUBLISH_KEYS.takeoverAfter),
      kickHoldMs: reader.vhost(name, PUBLISH_KEYS.kickHold),
    }),
    access: buildAccess(name, reader, diagnostics),
  });
}
