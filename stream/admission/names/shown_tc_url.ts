/**
 * A tcUrl as a log line may show it: some relays put the stream's name, which may be a key, after the app. Pure.
 *
 * @module
 */
import { resolveStreamUrl } from "./stream_url.ts";

/** What is shown of a name that may be a key. */
const MASK = "***";
const ADDRESS = /^([A-Za-z][\w+.-]*:\/\/[^/?#]*)([^?#]*)(.*)$/s;

/**
 * `tcUrl`, with the name of its stream masked where its path is the app and one segment more. Parameters stay.
 *
 * @param app As the `connect` with this tcUrl was resolved.
 * @throws {ProtocolError} As {@link resolveStreamUrl}.
 */
export function shownTcUrl(tcUrl: string, app: string): string {
  // What nearly all clients send, without a look at its parts.
  const slash = tcUrl.indexOf("/", tcUrl.indexOf("://") + "://".length);
  if (slash > 0 && tcUrl.slice(slash + 1) === app) return tcUrl;
  const [, address = "", path = "", parameters = ""] = ADDRESS.exec(tcUrl) ?? [];
  if (path === `/${app}` || resolveStreamUrl({ tcUrl }).app === app) return tcUrl;
  return `${address}/${app}/${MASK}${parameters}`;
}
