/**
 * The client of a request that came by a proxy. Pure.
 *
 * @module
 */
import type { TrustedProxies } from "../../system/mod.ts";
import { headerOf, type RequestHead } from "./request_head.ts";

/**
 * The address of a request's client, as X-Forwarded-For and X-Real-IP say where the connection is a proxy's.
 *
 * @param proxies Whose word counts; absent: nobody's.
 * @param ip Of the connection, canonical.
 */
export function forwardedClient(
  proxies: TrustedProxies | undefined,
  ip: string,
  head: Pick<RequestHead, "fields">,
): string {
  if (proxies === undefined || !proxies.has(ip)) return ip;
  const forwardedFor = headerOf(head, "x-forwarded-for");
  return proxies.clientOf(ip, { forwardedFor, realIp: headerOf(head, "x-real-ip") });
}
