/**
 * What a mount serves, by what its path ends with: a stream as FLV or MPEG-TS, or its sound alone. Pure.
 *
 * @module
 */
import type { Protocol } from "../../core/mod.ts";
import {
  AAC_FORMAT,
  encodeFlvHeader,
  FLV_FORMAT,
  type FlvTracks,
  type LogFormat,
  MP3_FORMAT,
  type TracksState,
  TS_FORMAT,
} from "../../stream/media/mod.ts";
import { framingsOf, type StreamFramings } from "./stream_framing.ts";

/** A way to send a stream over one response. */
export interface RemuxContainer {
  /** What paths end with, with its dot. */
  readonly extension: string;
  /** As hooks and the API name it. */
  readonly protocol: Protocol;
  readonly contentType: string;
  /** In a WebSocket, too. */
  readonly hasWebSocket: boolean;
  readonly framings: StreamFramings;
  /** Whether pictures can be in it. */
  readonly hasVideo: boolean;
  /** Before all media: a header that names the tracks; `undefined` where there is none, and tracks may come later. */
  readonly opening: ((tracks: FlvTracks) => Uint8Array<ArrayBuffer>) | undefined;
  /** Why a stream with these codecs cannot be had in it; `undefined`: as far as is known, it can. */
  refusal(tracks: TracksState, wanted: FlvTracks): string | undefined;
}

/** Codecs of `canCarryInTs`. */
const TS_CODECS: ReadonlySet<string> = new Set(["", "H264", "HEVC", "AAC", "MP3", "Opus", "AC-3"]);

/** FLV. */
export const FLV: RemuxContainer = {
  extension: ".flv",
  protocol: "http-flv",
  contentType: "video/x-flv",
  hasWebSocket: true,
  framings: framingsOf(FLV_FORMAT),
  hasVideo: true,
  opening: encodeFlvHeader,
  refusal: () => undefined,
};

const TS: RemuxContainer = {
  extension: ".ts",
  protocol: "http-ts",
  contentType: "video/mp2t",
  hasWebSocket: false,
  framings: framingsOf(TS_FORMAT),
  hasVideo: true,
  opening: undefined,
  refusal({ audioCodec, videoCodec }, { hasAudio, hasVideo }) {
    const codecs = [hasVideo ? videoCodec : "", hasAudio ? audioCodec : ""];
    const refused = codecs.filter((codec) => !TS_CODECS.has(codec));
    if (refused.length === 0) return undefined;
    return `MPEG-TS cannot carry ${refused.join(" and ")} of this stream: play it as FLV or HLS`;
  },
};

const MP3 = soundContainer("MP3", ".mp3", "http-mp3", "audio/mpeg", MP3_FORMAT);
const AAC = soundContainer("AAC", ".aac", "http-aac", "audio/aac", AAC_FORMAT);

/** All of them. */
export const CONTAINERS: readonly RemuxContainer[] = [FLV, TS, MP3, AAC];

/** What a mount serves; its path ends in one of the extensions. */
export function containerOf(mount: string): RemuxContainer {
  return CONTAINERS.find(({ extension }) => mount.endsWith(extension)) ?? FLV;
}

/** The format of this name among those of all containers. */
export function remuxFormatNamed(name: string): LogFormat | undefined {
  for (const { framings: { plain, chunked, frames } } of CONTAINERS) {
    for (const { format } of [plain, chunked, frames]) if (format.name === name) return format;
  }
  return undefined;
}

function soundContainer(
  codec: string,
  extension: string,
  protocol: Protocol,
  contentType: string,
  format: LogFormat,
): RemuxContainer {
  return {
    extension,
    protocol,
    contentType,
    hasWebSocket: false,
    framings: framingsOf(format),
    hasVideo: false,
    opening: undefined,
    refusal: ({ audioCodec }) =>
      audioCodec === "" || audioCodec === codec
        ? undefined
        : `The sound of this stream is ${audioCodec}, not ${codec}: play it by another path`,
  };
}
