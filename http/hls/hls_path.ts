/**
 * What a path of HLS asks for. Pure.
 *
 * @module
 */
import { MEDIA_PLAYLIST, type MediaName, readMediaName } from "./media_names.ts";
import { looksLikeViewerId, MIN_ID_LENGTH } from "./viewer_ids.ts";

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
const PLAYLIST: WantedFile = { kind: "playlist" };

/** A file in what may be a viewer's folder. */
export interface ViewerFile {
  readonly viewerId: string;
  readonly file: WantedFile;
}

/** Reads the ends of paths. */
export class ViewerPaths {
  #name = "";
  #file: WantedFile | undefined;

  /** The folder and file that a path ends with, if the folder is as long as an id; `undefined` where it is not. */
  read(pathname: string): ViewerFile | undefined {
    const fileAt = pathname.lastIndexOf("/");
    const folderAt = pathname.lastIndexOf("/", fileAt - 1) + 1;
    if (fileAt - folderAt < MIN_ID_LENGTH) return undefined;
    const file = this.#fileOf(pathname.slice(fileAt + 1));
    return file === undefined ? undefined : { viewerId: pathname.slice(folderAt, fileAt), file };
  }

  /** What viewers request next is the same for most of them. */
  #fileOf(name: string): WantedFile | undefined {
    if (name === MEDIA_PLAYLIST) return PLAYLIST;
    if (name === this.#name) return this.#file;
    this.#name = name;
    return this.#file = readFile(name);
  }
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
  if (file === MEDIA_PLAYLIST) return PLAYLIST;
  const name = readMediaName(file);
  return name === undefined ? undefined : { kind: "media", name };
}
