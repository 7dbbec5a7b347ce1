/**
 * What one client can choose its addresses from. Pure.
 *
 * @module
 */
import { readAddress } from "../../../core/mod.ts";

/** An IPv6 client has a whole /64 to itself. */
const IPV6_NETWORK_PARTS = 4;
/** As systems write an IPv4 address: four numbers without a zero in front. */
const PLAIN_IPV4 = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/;

/**
 * The address, or the /64 of an IPv6 one: what is counted by address is counted by this, or one client could count
 * for any number.
 *
 * @param ip As the system writes it.
 */
export function clientNetwork(ip: string): string {
  if (PLAIN_IPV4.test(ip)) return ip;
  const address = readAddress(ip);
  if (address === undefined || !("parts" in address)) return address?.toString() ?? ip;
  const parts = address.parts.slice(0, IPV6_NETWORK_PARTS).map((part) => part.toString(16));
  return `${parts.join(":")}::/64`;
}
