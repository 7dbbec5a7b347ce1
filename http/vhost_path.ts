/**
 * Which vhost a request is for, and the path within it. Pure.
 *
 * The vhost is that of `?vhost=`, else of a first path segment that names one, else of the host. A name in a path is
 * decoded once, since publishers send names as they are.
 *
 * @module
 */
import {
  type ConnectFacts,
  resolveStreamUrl,
  selectVhost,
  type VhostOptions,
} from "../stream/admission/mod.ts";
import { headerOf, type RequestHead } from "./server/request_head.ts";

/** A vhost, and where in it a request leads. */
export interface VhostPath {
  readonly vhost: VhostOptions;
  /** The path, decoded, segment by segment: none is empty or holds what separates the parts of an address. */
  readonly segments: readonly string[];
  /** The first segment is the name of the vhost. */
  readonly vhostPart: boolean;
  /** By what name the vhost was reached, with a port where one was sent. */
  readonly host: string;
}

/**
 * What an address is split at, the form of `?vhost=` without a question mark included, and blanks. Where a segment had
 * that form, the play would be of another vhost than the one whose options permit the path.
 */
const SEPARATORS = /[/\\?#\p{Z}\p{Cc}]|\.{3}vhost\.{3}/u;

/** The vhost and the path of a request; `undefined` where no vhost answers, or the path can name no stream. */
export function vhostPathOf(
  { url, host }: Pick<RequestHead, "url" | "host">,
  vhosts: ReadonlyMap<string, VhostOptions>,
): VhostPath | undefined {
  const segments = decodedSegments(url.pathname);
  if (segments === undefined) return undefined;
  const [first = ""] = segments;
  const vhostPart = first.includes(".") && vhosts.has(first);
  const named = vhostPart ? first : host;
  if (SEPARATORS.test(named)) return undefined;
  const { vhost: asked } = resolveStreamUrl({ tcUrl: `http://${named}/${url.search}` });
  const name = selectVhost(asked, vhosts);
  const vhost = name === undefined ? undefined : vhosts.get(name);
  return vhost?.enabled === true ? { vhost, segments, vhostPart, host: named } : undefined;
}

/** What a player by HTTP says of itself, as an RTMP client does in `connect`. */
export function connectFactsOf(head: RequestHead, host: string, app: string): ConnectFacts {
  return { tcUrl: `http://${host}/${app}`, pageUrl: headerOf(head, "referer"), swfUrl: "" };
}

function decodedSegments(pathname: string): readonly string[] | undefined {
  try {
    const segments = pathname.slice(1).split("/").map(decodeURIComponent);
    return segments.some((segment) => segment === "" || SEPARATORS.test(segment)) ? undefined : segments;
  } catch (error) {
    // An escape of what is not UTF-8.
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
