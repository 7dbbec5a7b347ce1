/**
 * What the server prints at its start: what it is, where it listens, and what to type next. Pure.
 *
 * @module
 */
import type { ListenAddress } from "../core/mod.ts";
import type { FirstStream } from "./first_stream.ts";

/** What the banner tells. */
export interface BannerParts {
  readonly version: string;
  readonly runtime: string;
  readonly rtmp: readonly ListenAddress[];
  /** Empty where RTMP by TLS is off. */
  readonly rtmps: readonly ListenAddress[];
  /** Where players are served by HTTP; empty where they are not. */
  readonly http: readonly ListenAddress[];
  /** Empty where players are not served by HTTPS. */
  readonly https: readonly ListenAddress[];
  /** For RTMP of proxies; empty where there are none. */
  readonly rtmpProxied: readonly ListenAddress[];
  /** The same of players by HTTP. */
  readonly httpProxied: readonly ListenAddress[];
  /** What can be published and played; `undefined` where nothing can. */
  readonly first: FirstStream | undefined;
  /** Empty where there is no API. */
  readonly api: readonly ListenAddress[];
  /** The API by HTTPS; empty where it is off. */
  readonly apiTls: readonly ListenAddress[];
  /** What the operator types to run this program. */
  readonly command: string;
  /** The configuration file, `undefined` when there is none. */
  readonly configFile: string | undefined;
  /** Who may publish and play, a line for each vhost. */
  readonly vhosts: readonly string[];
  /** What keeps the outbox from its file, `undefined` when all is well. */
  readonly outboxAlarm: string | undefined;
}

const OUTBOX_ALARM = "endings are in memory only, and lost when this process is killed. ";
const RTMP_PORT = 1935;
const HTTP_PORT = 80;
const HTTPS_PORT = 443;
const TEST_SOURCE = "-re -f lavfi -i testsrc2=size=1280x720:rate=30 -f lavfi -i sine=frequency=440 " +
  "-c:v libx264 -preset veryfast -g 60 -pix_fmt yuv420p -c:a aac";

/** The banner's lines. */
export function banner(parts: BannerParts): readonly string[] {
  const { rtmp, rtmps, http, https, vhosts, outboxAlarm, configFile } = parts;
  return [
    `srs ${parts.version} (${parts.runtime})`,
    ...listenLine("RTMP", rtmp),
    ...listenLine("RTMPS", rtmps),
    ...listenLine("HTTP", http),
    ...listenLine("HTTPS", https),
    ...proxyLine(parts),
    ...apiLines(parts),
    `  config   ${configFile ?? "built-in defaults"} (see it all: ${printCommand(parts)})`,
    ...vhosts,
    ...(outboxAlarm === undefined ? [] : [`  ALARM    ${OUTBOX_ALARM}${outboxAlarm}`]),
    ...(parts.first === undefined ? [] : firstLines(parts.first, parts)),
  ];
}

/** `host:port`, an IPv6 host in brackets. */
export function addressText(address: ListenAddress): string {
  const host = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
  return `${host}:${address.port}`;
}

function listenLine(name: string, addresses: readonly ListenAddress[]): string[] {
  return addresses.length === 0 ? [] : [`  ${name.padEnd(8)} ${addresses.map(addressText).join(" ")}`];
}

/** Where a load balancer connects, which sends a header of the PROXY protocol: nobody else gets an answer there. */
function proxyLine({ rtmpProxied, httpProxied }: BannerParts): string[] {
  const addresses = [
    ...rtmpProxied.map((address) => `RTMP ${addressText(address)}`),
    ...httpProxied.map((address) => `HTTP ${addressText(address)}`),
  ];
  return addresses.length === 0 ? [] : [`  proxies  ${addresses.join("  ")}`];
}

function firstLines(first: FirstStream, { rtmp, http }: BannerParts): string[] {
  const base = localBase("rtmp", RTMP_PORT, rtmp);
  const stream = quoted(`${base}/${first.rtmpPath}`);
  const httpBase = localBase("http", HTTP_PORT, http);
  const watched = http.length === 0 ? [] : [
    ...first.httpPaths.map((path) => `           ffplay ${quoted(`${httpBase}/${path}`)}`),
    ...(first.page === undefined ? [] : [`  browser  ${httpBase}/${first.page}`]),
  ];
  return [
    `  OBS      server ${base}/${first.rtmpApp}  stream key ${first.name}`,
    `  publish  ffmpeg ${TEST_SOURCE} -f flv ${stream}`,
    `  play     ffplay ${stream}`,
    ...watched,
    ...first.notes.map((note) => `  note     ${note}`),
  ];
}

function apiLines({ api, apiTls }: BannerParts): string[] {
  const urls = [
    ...api.map((address) => `http://${addressText(address)}/api/v1`),
    ...apiTls.map((address) => `https://${addressText(address)}/api/v1`),
  ];
  if (urls.length === 0) return [];
  const base = api.length > 0 ? localBase("http", HTTP_PORT, api) : localBase("https", HTTPS_PORT, apiTls);
  return [`  API      ${urls.join(" ")}`, `  console  ${base}/`];
}

function printCommand({ command, configFile }: BannerParts): string {
  return `${command} config print${configFile === undefined ? "" : ` ${quoted(configFile)}`}`;
}

/** A text with anything but harmless characters is quoted for the shell. */
function quoted(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** How a client on this machine reaches the first listener. */
function localBase(scheme: string, defaultPort: number, addresses: readonly ListenAddress[]): string {
  const [first] = addresses;
  if (first === undefined) return `${scheme}://localhost`;
  const local = ["0.0.0.0", "::", "127.0.0.1", "::1"].includes(first.hostname);
  const host = local ? "localhost" : addressText({ ...first, port: 0 }).replace(/:0$/, "");
  return `${scheme}://${host}${first.port === defaultPort ? "" : `:${first.port}`}`;
}
