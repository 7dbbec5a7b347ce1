/**
 * Scripts, styles and pictures of the pages. Their path has a version in it, made from what they contain, so that a
 * browser keeps them for as long as it likes and a new version has a new path.
 *
 * @module
 */
import { eTag, ifNoneMatch } from "@std/http/etag";
import { contentType } from "@std/media-types/content-type";
import { type AssetName, assetNames, readAsset } from "./asset_files.ts";

/** No app can be called so: what follows is a version and the name of an asset. */
const ROOM = "-";
const ASSET_PATH = new RegExp(`^/${ROOM}/([0-9a-f]+)/([\\w.-]+)$`);
const FAVICON_PATH = "/favicon.ico";
/** Hexadecimal digits of a version. */
const VERSION_DIGITS = 12;
const YEAR_S = 365 * 24 * 3600;
/** Of what is worth compressing. */
const TEXTUAL = /\.(?:js|css|svg|txt|html)$/;

/** One file, as it is sent. */
interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Compressed when it is wanted for the first time: most pages want few files. */
  gzip: Promise<Uint8Array<ArrayBuffer>> | undefined;
  readonly textual: boolean;
  readonly etag: string;
}

/** All files, read once. */
interface Loaded {
  readonly assets: ReadonlyMap<string, Asset>;
  readonly version: string;
}

/** The files of the pages; read when they are wanted for the first time. */
export class PageAssets {
  #loaded: Promise<Loaded> | undefined;

  /** Whether a path is one of an asset. */
  static isAssetPath(pathname: string): boolean {
    return pathname === FAVICON_PATH || pathname.startsWith(`/${ROOM}/`);
  }

  /** The text of an asset. */
  async text(name: AssetName): Promise<string> {
    const { assets } = await this.#load();
    return new TextDecoder().decode(assets.get(name)?.bytes);
  }

  /**
   * What leads from a page to the assets, with a slash at its end. It is relative: a proxy may have the pages
   * under a path of its own.
   *
   * @param pathname The page's, with a slash at its beginning.
   */
  async pathFrom(pathname: string): Promise<string> {
    const { version } = await this.#load();
    const depth = pathname.split("/").length - 2;
    return `${"../".repeat(depth) || "./"}${ROOM}/${version}/`;
  }

  /** The asset of a path, or a response that there is none. */
  async respond(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const { assets, version } = await this.#load();
    const [, wanted, name = ""] = ASSET_PATH.exec(pathname) ?? [];
    const asset = assets.get(pathname === FAVICON_PATH ? "favicon.ico" : name);
    if (asset === undefined) return new Response(null, { status: 404, headers: { "Content-Length": "0" } });
    const headers = new Headers({
      "Cache-Control": wanted === version ? `public, max-age=${YEAR_S}, immutable` : "no-cache",
      "Content-Type": typeOf(pathname),
      "Cross-Origin-Resource-Policy": "same-origin",
      "ETag": asset.etag,
      "Vary": "Accept-Encoding",
      "X-Content-Type-Options": "nosniff",
    });
    if (!ifNoneMatch(request.headers.get("if-none-match"), asset.etag)) {
      return new Response(null, { status: 304, headers });
    }
    const isCompressed = asset.textual && takesGzip(request);
    const gzip = isCompressed ? await (asset.gzip ??= compress(asset.bytes)) : undefined;
    if (gzip !== undefined) headers.set("Content-Encoding", "gzip");
    const body = gzip ?? asset.bytes;
    headers.set("Content-Length", String(body.length));
    return new Response(request.method === "HEAD" ? null : body, { headers });
  }

  #load(): Promise<Loaded> {
    return this.#loaded ??= load();
  }
}

async function load(): Promise<Loaded> {
  const assets = new Map<string, Asset>();
  for (const name of assetNames) {
    const bytes = await readAsset(name);
    const textual = TEXTUAL.test(name);
    // Weak: it is the same for the compressed form.
    assets.set(name, { bytes, gzip: undefined, textual, etag: await eTag(bytes, { weak: true }) });
  }
  const all = Array.from(assets.values(), ({ etag }) => etag).join("\n");
  return { assets, version: await digest(all) };
}

async function digest(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, VERSION_DIGITS);
}

async function compress(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function typeOf(pathname: string): string {
  return contentType(/\.\w+$/.exec(pathname)?.[0] ?? "") ?? "application/octet-stream";
}

/** `gzip` without the weight that excludes it. */
function takesGzip(request: Request): boolean {
  const codings = (request.headers.get("accept-encoding") ?? "").toLowerCase().split(",");
  return codings.some((coding) => /^\s*gzip\s*(?:$|;(?!\s*q=0(?:\.0*)?\s*$))/.test(coding));
}
