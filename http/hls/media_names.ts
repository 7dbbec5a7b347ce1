/**
 * The names of what playlists list. A name is never used twice: its number starts at the clock's seconds or finer.
 *
 * @module
 */

/** The media playlist, where each viewer has a folder of its own. */
export const MEDIA_PLAYLIST = "media.m3u8";

/** What a name stands for. */
export interface MediaName {
  /** `init` is an initialization section. */
  readonly kind: "init" | "segment" | "part";
  readonly number: number;
}

/** Of segments and parts by container. */
export const EXTENSIONS = { fmp4: "m4s", mpegts: "ts" } as const;

const KINDS: Readonly<Record<string, MediaName["kind"]>> = { i: "init", s: "segment", p: "part" };
const NAME = /^([isp])(\d{1,15})\.(?:mp4|m4s|ts)$/;

/** Name of an initialization section. */
export function initName(number: number): string {
  return `i${number}.mp4`;
}

/** Name of a whole segment. */
export function segmentName(sequence: number, extension: string): string {
  return `s${sequence}.${extension}`;
}

/** Name of a part. */
export function partName(number: number, extension: string): string {
  return `p${number}.${extension}`;
}

/** What the last part of a path names; `undefined` where it is not a name of media. */
export function readMediaName(text: string): MediaName | undefined {
  const [, letter = "", number] = NAME.exec(text) ?? [];
  const kind = KINDS[letter];
  return kind === undefined ? undefined : { kind, number: Number(number) };
}
