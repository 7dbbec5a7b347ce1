/**
 * Addresses of streams on other servers: `rtmp://host[:port]/app[/instance]/stream[?param]`. Pure.
 *
 * @module
 */

/** Where RTMP is served. */
export interface RtmpEndpoint {
  /** By TLS. */
  readonly secure: boolean;
  /** A name or an address, IPv6 without its brackets. */
  readonly hostname: string;
  /** 1 to 65,535. */
  readonly port: number;
}

/** A stream somewhere. */
export interface RtmpAddress extends RtmpEndpoint {
  /** With its instance. */
  readonly app: string;
  /** Without its parameters; `""` where only the app is named. */
  readonly stream: string;
  /** `""`, or a text that begins with `?`. */
  readonly param: string;
}

const PORTS = { rtmp: 1935, rtmps: 443 } as const;
const FORM = /^(rtmps?):\/\/(\[[0-9a-f:.]+\]|[^\s/?#@:[\]]+)(?::(\d{1,5}))?(?:\/([^\s#]*))?$/i;

/**
 * Read an address. The last segment of the path is the stream, the others are the app.
 *
 * @returns `undefined` where it is none.
 */
export function readRtmpAddress(url: string): RtmpAddress | undefined {
  const [, scheme, host, digits, rest = ""] = FORM.exec(url) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  const secure = scheme.toLowerCase() === "rtmps";
  const port = digits === undefined ? PORTS[secure ? "rtmps" : "rtmp"] : Number(digits);
  if (port < 1 || port > 65_535) return undefined;
  const cut = rest.indexOf("?");
  const path = cut < 0 ? rest : rest.slice(0, cut);
  const param = cut < 0 ? "" : rest.slice(cut);
  const last = path.lastIndexOf("/");
  const app = last < 0 ? path : path.slice(0, last);
  const stream = last < 0 ? "" : path.slice(last + 1);
  return { secure, hostname: host.replace(/^\[|\]$/g, ""), port, app, stream, param };
}

/** `host:port`, as URLs have it; without the port where it is the scheme's own. */
export function endpointText({ secure, hostname, port }: RtmpEndpoint): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return port === PORTS[secure ? "rtmps" : "rtmp"] ? host : `${host}:${port}`;
}

/** The tcUrl of an app there. */
export function tcUrlOf(endpoint: RtmpEndpoint, app: string): string {
  return `${endpoint.secure ? "rtmps" : "rtmp"}://${endpointText(endpoint)}/${app}`;
}
