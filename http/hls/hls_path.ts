/**
 * What a path of HLS asks for. Pure.
 *
 * @module
 */
import { MEDIA_PLAYLIST, type MediaName, readMediaName } from "./media_names.ts";
import { looksLikeViewerId } from "./viewer_ids.ts";

/** What is asked for in a folder of media. */
export type WantedFile = { readonly kind: "playlist" } | { readonly kind: "media"; readonly name: MediaName };

/** A path of HLS. */
export interface HlsPath {
  readonly app: string;
  readonly stream: string;
  /** In a viewer's folder; `undefined` in none. */
  readonly viewerId: string | undefined;
  /** `undefined`: the first playlist of a stream. */
  readonly file: WantedFile | undefined;
}

const SUFFIX = ".m3u8";

/** A file in a viewer's folder. */
export interface ViewerFile {
  readonly viewerId: string;
  readonly file: WantedFile;
}

/** The viewer's folder and file that a path ends with; `undefined` where it ends with none. */
export function readViewerFile(pathname: string): ViewerFile | undefined {
  const fileAt = pathname.lastIndexOf("/");
  const viewerId = pathname.slice(pathname.lastIndexOf("/", fileAt - 1) + 1, fileAt);
  if (!looksLikeViewerId(viewerId)) return undefined;
  const file = readFile(pathname.slice(fileAt + 1));
  return file === undefined ? undefined : { viewerId, file };
}

/** Read the segments of a path; `undefined` where it is for something else. */
export function readHlsPath(segments: readonly string[]): HlsPath | undefined {
  const file = segments.at(-1) ?? "";
  const folder = segments.at(-2) ?? "";
  const wanted = readFile(file);
  // A viewer's folder counts before an app or stream of such a name.
  if (wanted !== undefined && looksLikeViewerId(folder) && segments.length >= 4) {
    const app = segments.slice(0, -3).join("/");
    return { app, stream: segments.at(-3) ?? "", viewerId: folder, file: wanted };
  }
  if (wanted?.kind === "media" && segments.length >= 3) {
    return { app: segments.slice(0, -2).join("/"), stream: folder, viewerId: undefined, file: wanted };
  }
  if (!file.endsWith(SUFFIX) || file.length === SUFFIX.length || segments.length < 2) return undefined;
  const app = segments.slice(0, -1).join("/");
  return { app, stream: file.slice(0, -SUFFIX.length), viewerId: undefined, file: undefined };
}

function readFile(file: string): WantedFile | undefined {
  if (file === MEDIA_PLAYLIST) return { kind: "playlist" };
  const name = readMediaName(file);
  return name === undefined ? undefined : { kind: "media", name };
}
