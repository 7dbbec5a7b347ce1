/**
 * Addresses that nobody but the operator may lead a server to.
 *
 * @module
 */

/** Hosts that are the server's own. */
export const OWN_HOSTS: readonly string[] = [
  ...["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "2130706433", "0x7f000001"],
  ...["0177.0.0.1", "127.1", "0.0.0.0", "0"],
];

/** Hosts of private networks, and what clouds say of their machines. */
export const INNER_HOSTS: readonly string[] = [
  ...["169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16", "10.0.0.1", "172.16.0.1"],
  ...["192.168.1.1", "[fe80::1]", "[64:ff9b::7f00:1]"],
];

/** The addresses of streams there. */
export function refusedUrls(rtmpPort: number, httpPort: number): readonly string[] {
  return [
    ...[...OWN_HOSTS, ...INNER_HOSTS].map((host) => `rtmp://${host}:${rtmpPort}/live/cam`),
    ...[...OWN_HOSTS, ...INNER_HOSTS].map((host) => `http://${host}:${httpPort}/api/v1/streams?x=.flv`),
    ...Deno.networkInterfaces().filter(({ address }) => !address.startsWith("fe80"))
      .map(({ address, family }) => family === "IPv6" ? `[${address}]` : address)
      .flatMap((host) => [`rtmp://${host}:${rtmpPort}/live/cam`, `https://${host}:${httpPort}/x.flv`]),
  ];
}
