/**
 * What the server prints at its start: what it is, where it listens, and what to type next. Pure.
 *
 * @module
 */
import type { ListenAddress } from "../core/mod.ts";

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
  /** Whether a stream has a page for browsers. */
  readonly player: boolean;
  /** Whether a stream of the default vhost is HLS as well. */
  readonly hls: boolean;
  /** Empty where there is no API. */
  readonly api: readonly ListenAddress[];
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
const TEST_SOURCE = "-re -f lavfi -i testsrc2=size=1280x720:rate=30 -f lavfi -i sine=frequency=440 " +
  "-c:v libx264 -preset veryfast -g 60 -pix_fmt yuv420p -c:a aac";

/** The banner's lines. */
export function banner(parts: BannerParts): readonly string[] {
  const app = `${localBase("rtmp", RTMP_PORT, parts.rtmp)}/live`;
  return [
    `srs ${parts.version} (${parts.runtime})`,
    `  RTMP     ${parts.rtmp.map(addressText).join(" ")}`,
    ...(parts.rtmps.length === 0 ? [] : [`  RTMPS    ${parts.rtmps.map(addressText).join(" ")}`]),
    ...httpLines(parts.http),
    ...(parts.https.length === 0 ? [] : [`  HTTPS    ${parts.https.map(addressText).join(" ")}`]),
    ...apiLines(parts.api),
    `  config   ${parts.configFile ?? "built-in defaults"} (see it all: ${printCommand(parts)})`,
    ...parts.vhosts,
    ...(parts.outboxAlarm === undefined ? [] : [`  ALARM    ${OUTBOX_ALARM}${parts.outboxAlarm}`]),
    `  OBS      server ${app}  stream key livestream`,
    `  publish  ffmpeg ${TEST_SOURCE} -f flv ${app}/livestream`,
    `  play     ffplay ${app}/livestream`,
    ...watchLines(parts),
  ];
}

/** `host:port`, an IPv6 host in brackets. */
export function addressText(address: ListenAddress): string {
  const host = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
  return `${host}:${address.port}`;
}

function httpLines(addresses: readonly ListenAddress[]): string[] {
  return addresses.length === 0 ? [] : [`  HTTP     ${addresses.map(addressText).join(" ")}`];
}

function watchLines({ http, player, hls }: BannerParts): string[] {
  if (http.length === 0) return [];
  const stream = `${localBase("http", HTTP_PORT, http)}/live/livestream`;
  return [
    `           ffplay ${stream}.flv`,
    ...(hls ? [`           ffplay ${stream}.m3u8`] : []),
    ...(player ? [`  browser  ${stream}`] : []),
  ];
}

function apiLines(addresses: readonly ListenAddress[]): string[] {
  const urls = addresses.map((address) => `http://${addressText(address)}/api/v1`);
  if (urls.length === 0) return [];
  return [`  API      ${urls.join(" ")}`, `  console  ${localBase("http", HTTP_PORT, addresses)}/`];
}

/** A name with anything but harmless characters is quoted for the shell. */
function printCommand({ command, configFile }: BannerParts): string {
  if (configFile === undefined) return `${command} config print`;
  const quoted = /^[\w./:-]+$/.test(configFile) ? configFile : `'${configFile.replaceAll("'", "'\\''")}'`;
  return `${command} config print ${quoted}`;
}

/** How a client on this machine reaches the first listener. */
function localBase(scheme: string, defaultPort: number, addresses: readonly ListenAddress[]): string {
  const [first] = addresses;
  if (first === undefined) return `${scheme}://localhost`;
  const local = ["0.0.0.0", "::", "127.0.0.1", "::1"].includes(first.hostname);
  const host = local ? "localhost" : addressText({ ...first, port: 0 }).replace(/:0$/, "");
  return `${scheme}://${host}${first.port === defaultPort ? "" : `:${first.port}`}`;
}
