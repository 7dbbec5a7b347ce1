/**
 * The addresses of a first stream: one that this configuration serves, and how it is published and played. Pure.
 *
 * @module
 */
import type { Config } from "../config/mod.ts";
import { DEFAULT_VHOST } from "../core/mod.ts";
import { Mount } from "../http/mod.ts";

const APP = "live";
const STREAM = "livestream";

/** Vhosts that an address can name as they are. */
const PLAIN_NAME = /^[\p{L}\p{N}._-]+$/u;

type Vhost = Config["rtmp"]["vhosts"] extends ReadonlyMap<string, infer T> ? T : never;

/** Where the stream is, below the address of a listener. */
export interface FirstStream {
  /** App and parameters, as OBS wants them in its server. */
  readonly rtmpApp: string;
  /** The stream's name. */
  readonly name: string;
  /** The same, and the stream: programs send what is before the last slash with `connect`, which needs the vhost. */
  readonly rtmpPath: string;
  /** What players of HTTP open; empty where there is nothing. */
  readonly httpPaths: readonly string[];
  /** The page for browsers; `undefined` where there is none. */
  readonly page: string | undefined;
  /** What has to be added to these addresses before they work, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The stream `live/livestream` of the vhost that answers for any host; where there is none, of the first one, which the
 * addresses name.
 *
 * @returns `undefined` where all vhosts are off, or none has a name that an address can have.
 */
export function firstStream({ rtmp: { vhosts }, http: { server } }: Pick<Config, "rtmp" | "http">):
  | FirstStream
  | undefined {
  const fallback = vhosts.get(DEFAULT_VHOST);
  const vhost = fallback?.enabled === true ? fallback : vhosts.values().find(isNameable);
  if (vhost === undefined) return undefined;
  const name = vhost.name === DEFAULT_VHOST ? undefined : vhost.name;
  const rtmpQuery = name === undefined ? "" : `?vhost=${name}`;
  const place = { app: APP, stream: STREAM, vhost: name };
  const mounts = vhost.httpRemux.enabled ? vhost.httpRemux.mount : [];
  const paths = [
    ...mounts.map((mount) => new Mount(mount).pathOf(place)),
    ...(vhost.hls.enabled ? [pathOf(`${APP}/${STREAM}.m3u8`, name)] : []),
  ];
  const hasPage = server.player && (vhost.hls.enabled || mounts.some((mount) => mount.endsWith(".flv")));
  return {
    rtmpApp: `${APP}${rtmpQuery}`,
    name: STREAM,
    rtmpPath: `${APP}${rtmpQuery}/${STREAM}`,
    httpPaths: paths,
    page: hasPage ? pathOf(`${APP}/${STREAM}`, name) : undefined,
    notes: notesOf(vhost),
  };
}

function isNameable({ enabled, name }: Vhost): boolean {
  return enabled && PLAIN_NAME.test(name);
}

function pathOf(path: string, vhost: string | undefined): string {
  return vhost === undefined ? path : `${path}?vhost=${encodeURIComponent(vhost)}`;
}

function notesOf({ access: { credentials } }: Vhost): readonly string[] {
  const { publishKeys, signedPublish, playKeys, signedPlay } = credentials;
  return [
    ...need("publish", { isSigned: signedPublish, hasKeys: publishKeys.length > 0 }),
    ...need("play", { isSigned: signedPlay, hasKeys: playKeys.length > 0 }),
  ];
}

/** How an action is allowed by the configuration alone. */
interface Need {
  readonly isSigned: boolean;
  readonly hasKeys: boolean;
}

function need(action: "publish" | "play", { isSigned, hasKeys }: Need): readonly string[] {
  const parameter = `key=..., one of access.${action}_keys`;
  if (isSigned) {
    const key = hasKeys ? `, or by ${parameter}` : "";
    return [`to ${action}, sign the address (srs sign ADDRESS --for ${action})${key}`];
  }
  return hasKeys ? [`to ${action}, add the parameter ${parameter}`] : [];
}
