/**
 * Where a stream is pulled from, or pushed to: its origins in their order, or one address. Pure.
 *
 * @module
 */
import {
  endpointText,
  readRtmpAddress,
  type RtmpAddress,
  type RtmpEndpoint,
  tcUrlOf,
} from "../../rtmp/client/mod.ts";
import { DEFAULT_VHOST } from "../../core/mod.ts";
import type { ClusterOptions, StreamTarget } from "../../stream/admission/mod.ts";
import type { PlaceTrust } from "../link/dial.ts";
import { originOrder } from "./origin_order.ts";

/** One place of RTMP to ask, and what to say there. */
export interface UpstreamPlace {
  readonly kind: "rtmp";
  /** Who named it. */
  readonly trust: PlaceTrust;
  /** Where to connect. */
  readonly endpoint: RtmpEndpoint;
  /** For `connect`. */
  readonly app: string;
  /** For `connect`. */
  readonly tcUrl: string;
  /** For `play` or `publish`, with its parameters. */
  readonly streamName: string;
}

/** A stream by HTTP, as FLV. */
export interface FlvPlace {
  readonly kind: "flv";
  /** Who named it. */
  readonly trust: PlaceTrust;
  /** Without user and password. */
  readonly url: string;
  /** Of the header, `""` for none. */
  readonly authorization: string;
}

/** Where a stream can be pulled from. */
export type PullPlace = UpstreamPlace | FlvPlace;

/**
 * The places of a stream of an edge; none where its vhost has its own streams.
 *
 * @param cluster Of its vhost.
 */
export function originPlaces(
  { vhost, url }: StreamTarget,
  cluster: ClusterOptions,
  param: string,
): readonly UpstreamPlace[] {
  if (cluster.mode !== "remote") return [];
  const key = `${vhost.name}/${url.app}/${url.stream}`;
  return originOrder(cluster.origins, cluster.balance, key).flatMap((origin) => {
    const endpoint = readRtmpAddress(origin);
    if (endpoint === undefined) return [];
    const streamName = `${url.stream}${param}`;
    return [{
      ...{ kind: "rtmp", trust: "cluster" },
      endpoint,
      app: url.app,
      tcUrl: originTcUrl(endpoint, url.app, vhost.name, cluster),
      streamName,
    }];
  });
}

/** The place of a whole address; without its stream, that of the one before. */
export function placeOf(address: RtmpAddress, streamName: string, trust: PlaceTrust): UpstreamPlace {
  const name = address.stream === "" ? streamName : `${address.stream}${address.param}`;
  const tcUrl = tcUrlOf(address, address.app);
  return { kind: "rtmp", trust, endpoint: address, app: address.app, tcUrl, streamName: name };
}

/**
 * The place of the address of a stream.
 *
 * @returns `undefined` where it is neither `rtmp(s)://host/app/stream` nor an address of HTTP.
 */
export function pullPlaceOf(url: string, trust: PlaceTrust): PullPlace | undefined {
  if (/^https?:/i.test(url)) return flvPlaceOf(url, trust);
  const address = readRtmpAddress(url);
  return address === undefined || address.app === "" || address.stream === ""
    ? undefined
    : placeOf(address, "", trust);
}

function flvPlaceOf(text: string, trust: PlaceTrust, base?: string): FlvPlace | undefined {
  const url = URL.parse(text, base);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return undefined;
  const { username, password } = url;
  const bytes = new TextEncoder().encode(`${decoded(username)}:${decoded(password)}`);
  const authorization = username === "" ? "" : `Basic ${btoa(String.fromCharCode(...bytes))}`;
  url.username = url.password = url.hash = "";
  return { kind: "flv", trust, url: url.href, authorization };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not escaped, then.
    return text;
  }
}

/**
 * Where a server sends its client. An address of RTMP without the stream has the app where others have the stream.
 *
 * @returns `undefined` where it is not an address of the same protocol.
 */
export function redirectedPlace<Place extends PullPlace>(redirect: string, last: Place): Place | undefined;
export function redirectedPlace(redirect: string, last: PullPlace): PullPlace | undefined {
  if (last.kind === "flv") {
    const next = flvPlaceOf(redirect, last.trust, last.url);
    if (next === undefined) return undefined;
    const { host, hostname } = new URL(next.url);
    const before = new URL(last.url);
    const authorization = next.authorization === "" && host === before.host
      ? last.authorization
      : next.authorization;
    return { ...next, trust: trustAfter(last.trust, hostname === before.hostname), authorization };
  }
  const address = readRtmpAddress(redirect);
  if (address === undefined) return undefined;
  const whole = address.app === "" ? { ...address, app: address.stream, stream: "" } : address;
  return placeOf(whole, last.streamName, trustAfter(last.trust, address.hostname === last.endpoint.hostname));
}

/** A server of the cluster may name others of it; any other one is somebody else who names an address. */
function trustAfter(trust: PlaceTrust, isSameHost: boolean): PlaceTrust {
  return trust === "configured" && !isSameHost ? "guarded" : trust;
}

/** A vhost is named by the host of the tcUrl; the default one has none. */
function originTcUrl(
  endpoint: RtmpEndpoint,
  app: string,
  vhost: string,
  { vhost: pattern }: ClusterOptions,
): string {
  const name = pattern === "" ? vhost : pattern.replaceAll("[vhost]", () => vhost);
  if (name === DEFAULT_VHOST) return tcUrlOf(endpoint, app);
  return tcUrlOf({ ...endpoint, hostname: name }, app);
}

/** For log lines, without parameters. */
export function placeText(place: PullPlace): string {
  if (place.kind === "flv") return place.url.replace(/\?.*$/, "");
  const { endpoint, app, streamName } = place;
  return `${endpoint.secure ? "rtmps" : "rtmp"}://${endpointText(endpoint)}/${app}/${
    streamName.split("?")[0]
  }`;
}

/** For people who may not know a publisher's key: platforms take the stream's name for it. */
export function keylessPlaceText(place: UpstreamPlace): string {
  return placeText(place).replace(/[^/]*$/, "***");
}
