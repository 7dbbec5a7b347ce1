/**
 * Where streams are found by HTTP: SRS's `mount`, such as `[vhost]/[app]/[stream].flv`. Pure.
 *
 * @module
 */

/** An app and a stream that a path names. */
export interface MountedStream {
  /** May have several segments. */
  readonly app: string;
  /** One segment. */
  readonly stream: string;
}

/** What a mount begins with where a vhost may be named. */
const VHOST = "[vhost]";
const VARIABLES: Readonly<Record<string, string>> = {
  // An app may have several segments.
  "[app]": "(?<app>.+)",
  "[stream]": "(?<stream>[^/]+)",
};

/** One mount. */
export class Mount {
  readonly #hasVhost: boolean;
  readonly #pattern: RegExp;
  /** Without the vhost. */
  readonly #path: string;

  /** `text` as the configuration has it: checked there. */
  constructor(text: string) {
    const path = text.replace(/^\/+/, "");
    this.#hasVhost = path.startsWith(`${VHOST}/`);
    const rest = this.#hasVhost ? path.slice(VHOST.length + 1) : path;
    this.#path = rest;
    const pattern = rest.split(/(\[app\]|\[stream\])/).map((part) => VARIABLES[part] ?? escape(part)).join(
      "",
    );
    this.#pattern = new RegExp(`^${pattern}$`, "su");
  }

  /**
   * The path of a stream here, without a slash at its beginning, encoded.
   *
   * @param vhost Where the path has to name it; in the query where the mount has no place for it, or where it has no
   * dot: a first segment without one is an app's.
   */
  pathOf({ app, stream, vhost }: MountedStream & { readonly vhost?: string | undefined }): string {
    const path = this.#path.replaceAll(
      /\[(app|stream)\]/g,
      (_, name: string) => encodeSegments(name === "app" ? app : stream),
    );
    if (vhost === undefined) return path;
    return this.#hasVhost && vhost.includes(".")
      ? `${encodeURIComponent(vhost)}/${path}`
      : `${path}?vhost=${encodeURIComponent(vhost)}`;
  }

  /**
   * The stream that a path names here; `undefined` where it is another path.
   *
   * @param segments Decoded.
   * @param vhostPart The first of them may be the name of the vhost.
   */
  match(
    segments: readonly string[],
    { vhostPart }: { readonly vhostPart: boolean },
  ): MountedStream | undefined {
    if (vhostPart && !this.#hasVhost) return undefined;
    const { app, stream } = this.#pattern.exec(segments.slice(vhostPart ? 1 : 0).join("/"))?.groups ?? {};
    return app === undefined || stream === undefined ? undefined : { app, stream };
  }
}

/** The slashes between the segments of an app stay. */
function encodeSegments(text: string): string {
  return text.split("/").map(encodeURIComponent).join("/");
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
