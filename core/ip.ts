/**
 * Addresses as the rest of the room knows them.
 *
 * @module
 */

/** The address without the prefix of a v4-mapped one. */
export function canonicalIp(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}

/** Whether a canonical address is this machine's own: a proxy in front of this server may speak for everybody. */
export function isLoopback(ip: string): boolean {
  return ip === "::1" || ip.startsWith("127.");
}
