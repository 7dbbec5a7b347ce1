/**
 * Where threads listen: all at the addresses of the first one, which may have let the system choose a port.
 *
 * @module
 */
import type { MediaNodeOptions } from "../media_node.ts";
import type { MediaAddresses } from "../media_server.ts";

/** As it is configured. */
export function configuredAddresses({ rtmp, http }: MediaNodeOptions): MediaAddresses {
  return {
    ...{ rtmp: rtmp.listen, rtmpProxied: rtmp.proxyListen, rtmps: rtmp.rtmps.listen },
    ...{ http: http.listen, httpProxied: http.proxyListen, https: http.https.listen },
  };
}

/** The options of a thread that listens at these addresses. */
export function listeningAt(addresses: MediaAddresses, { rtmp, http }: MediaNodeOptions): MediaNodeOptions {
  return {
    rtmp: {
      ...rtmp,
      listen: addresses.rtmp,
      proxyListen: addresses.rtmpProxied,
      rtmps: { ...rtmp.rtmps, listen: addresses.rtmps },
    },
    http: {
      ...http,
      listen: addresses.http,
      proxyListen: addresses.httpProxied,
      https: { ...http.https, listen: addresses.https },
    },
  };
}
