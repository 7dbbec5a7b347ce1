/**
 * Where a player goes that this server has no room for: the same stream at the address that the configuration names. Pure.
 *
 * @module
 */
import { DEFAULT_VHOST, type Protocol } from "../../../core/mod.ts";
import type { StreamTarget } from "../stream_target.ts";

/** What the path of a stream ends with, by the protocol that it is played by. */
const ENDINGS: Partial<Readonly<Record<Protocol, string>>> = {
  "http-flv": ".flv",
  "ws-flv": ".flv",
  "http-ts": ".ts",
  "http-mp3": ".mp3",
  "http-aac": ".aac",
  hls: ".m3u8",
};

/**
 * The address of the player's stream there.
 *
 * @param addresses As the configuration has them: `rtmp://host:port` for players by RTMP, `https://host` for others.
 * @returns `undefined` where none is for this protocol.
 */
export function redirectOf(
  addresses: readonly string[],
  protocol: Protocol,
  { vhost, url: { app, stream, param } }: StreamTarget,
): string | undefined {
  const form = protocol === "rtmp" ? /^rtmps?:/ : /^https?:/;
  const address = addresses.find((candidate) => form.test(candidate));
  if (address === undefined) return undefined;
  const isNamed = vhost.name === DEFAULT_VHOST || /[?&]vhost=/.test(param);
  const more = isNamed ? param : `${param}${param === "" ? "?" : "&"}vhost=${encodeURIComponent(vhost.name)}`;
  if (protocol === "rtmp") return `${address}/${app}/${stream}${more}`;
  const path = [...app.split("/"), stream].map(encodeURIComponent).join("/");
  return `${address}/${path}${ENDINGS[protocol] ?? ""}${more}`;
}
