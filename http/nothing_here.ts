/**
 * What a request is answered whose path leads to nothing, with the key of the configuration that would change it where
 * the path is that of a stream. Pure.
 *
 * @module
 */
import { containerOf, CONTAINERS } from "./remux/container.ts";
import type { VhostPath } from "./vhost_path.ts";

const NOTHING = "There is nothing at this path";
const HLS = ".m3u8";

/** The text of the answer. @param path Absent where it can name no stream of a vhost. */
export function nothingAt(path: VhostPath | undefined): string {
  if (path === undefined) return NOTHING;
  const { vhost: { hls, httpRemux }, segments, vhostPart } = path;
  const [file = "", ...folders] = segments.toReversed();
  // An app and a stream, and the vhost where the path names it.
  if (folders.length < (vhostPart ? 2 : 1)) return NOTHING;
  if (file.endsWith(HLS)) return hls.enabled ? NOTHING : `${NOTHING}: HLS is switched off (hls.enabled)`;
  const container = CONTAINERS.find(({ extension }) => file.endsWith(extension));
  if (container === undefined) return NOTHING;
  const { extension } = container;
  if (!httpRemux.enabled) return `${NOTHING}: streams by HTTP are switched off (http_remux.enabled)`;
  const mount = httpRemux.mount.find((text) => containerOf(text) === container);
  return mount === undefined
    ? `${NOTHING}: no stream is served as ${extension}, unless http_remux.mount has a path that ends in it`
    : `${NOTHING}: streams as ${extension} are at ${mount} (http_remux.mount)`;
}
