/**
 * Where a stream is pulled from: its origins in their order, or one address. Pure.
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
import { originOrder } from "./origin_order.ts";

/** One place to ask, and what to say there. */
export interface UpstreamPlace {
  /** Where to connect. */
  readonly endpoint: RtmpEndpoint;
  /** For `connect`. */
  readonly app: string;
  /** For `connect`. */
  readonly tcUrl: string;
  /** For `play` or `publish`, with its parameters. */
  readonly streamName: string;
  /** An origin of the configuration, or where one sends its client: it is shown the proof of the cluster's secret. */
  readonly isOrigin: boolean;
}

/** The places of a stream of an edge. */
export function originPlaces({ vhost, url }: StreamTarget, param: string): readonly UpstreamPlace[] {
  const { cluster } = vhost;
  const key = `${vhost.name}/${url.app}/${url.stream}`;
  return originOrder(cluster.origins, cluster.balance, key).flatMap((origin) => {
    const endpoint = readRtmpAddress(origin);
    if (endpoint === undefined) return [];
    const streamName = `${url.stream}${param}`;
    return [{
      endpoint,
      app: url.app,
      tcUrl: originTcUrl(endpoint, url.app, vhost.name, cluster),
      streamName,
      isOrigin: true,
    }];
  });
}

/** The place of a whole address, which is not an origin; without its stream, that of the one before. */
export function placeOf(address: RtmpAddress, streamName: string): UpstreamPlace {
  const name = address.stream === "" ? streamName : `${address.stream}${address.param}`;
  const tcUrl = tcUrlOf(address, address.app);
  return { endpoint: address, app: address.app, tcUrl, streamName: name, isOrigin: false };
}

/**
 * Where a server sends its client. One without the stream has the app where an address has the stream.
 *
 * @returns `undefined` where it is not an address of RTMP.
 */
export function redirectedPlace(redirect: string, last: UpstreamPlace): UpstreamPlace | undefined {
  const address = readRtmpAddress(redirect);
  if (address === undefined) return undefined;
  const whole = address.app === "" ? { ...address, app: address.stream, stream: "" } : address;
  return { ...placeOf(whole, last.streamName), isOrigin: last.isOrigin };
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
export function placeText({ endpoint, app, streamName }: UpstreamPlace): string {
  return `${endpoint.secure ? "rtmps" : "rtmp"}://${endpointText(endpoint)}/${app}/${
    streamName.split("?")[0]
  }`;
}

/** For people who may not know a publisher's key: platforms take the stream's name for it. */
export function keylessPlaceText(place: UpstreamPlace): string {
  return placeText(place).replace(/[^/]*$/, "***");
}
