/**
 * A stream's format for the log.
 *
 * @module
 */
import type { LogFields } from "../../../core/mod.ts";
import type { PublishFacts } from "../../live/mod.ts";

/** The fields of a line; what is not known is left out. */
export function formatFields(facts: PublishFacts): LogFields {
  const { videoCodec, audioCodec, width, height, fps, encoder } = facts;
  return {
    video: videoCodec === "" ? undefined : videoCodec,
    size: width === undefined || height === undefined ? undefined : `${width}x${height}`,
    fps,
    audio: audioCodec === "" ? undefined : audioCodec,
    encoder,
  };
}
