/**
 * Where the media listeners are wanted, in the terms of each server.
 *
 * @module
 */
import type { HttpListeners } from "../http/mod.ts";
import type { RtmpListeners } from "../rtmp/mod.ts";
import type { MediaAddresses, MediaNodeOptions } from "./media_server.ts";

/** As it is configured; what is switched off listens nowhere. */
export function wantedAddresses({ rtmp, http }: MediaNodeOptions): MediaAddresses {
  return {
    ...{
      rtmp: rtmp.listen,
      rtmpProxied: rtmp.proxyListen,
      rtmps: rtmp.rtmps.enabled ? rtmp.rtmps.listen : [],
    },
    http: http.enabled ? http.listen : [],
    httpProxied: http.enabled ? http.proxyListen : [],
    https: http.enabled && http.https.enabled ? http.https.listen : [],
  };
}

/** Those of RTMP. */
export function rtmpListeners({ rtmp, rtmpProxied, rtmps }: MediaAddresses): RtmpListeners {
  return { listen: rtmp, proxyListen: rtmpProxied, tls: rtmps };
}

/** Those of players by HTTP. */
export function playerListeners({ http, httpProxied, https }: MediaAddresses): HttpListeners {
  return { listen: http, proxyListen: httpProxied, tls: https };
}
