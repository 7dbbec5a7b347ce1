/**
 * Where threads listen: all at the addresses of the first one, which may have let the system choose a port.
 *
 * @module
 */
import type { MediaAddresses, MediaNodeOptions } from "../media_server.ts";

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
