/**
 * From where a server listens to where it is wanted to: what is added is opened first, what is left out closed last, and
 * a port that changes hands is closed in between. What cannot be opened leaves everything as it was.
 *
 * @module
 */
import type { ListenAddress } from "../../core/mod.ts";
import { refuseTakenPorts } from "../../system/mod.ts";
import type { ManagementAddresses } from "../management.ts";
import type { MediaAddresses } from "../media_server.ts";

/** Where all listeners are, or are wanted. */
export interface ServerAddresses extends MediaAddresses, ManagementAddresses {}

/** Opens and closes. */
export interface Listeners {
  /** Listen there too. Rejects where it cannot. */
  open(addresses: ServerAddresses): Promise<void>;
  /** Listen nowhere else. Resolves when the other addresses are free. */
  keep(addresses: ServerAddresses): Promise<void>;
}

/** An address that cannot be listened on. */
export class ListenProblem extends Error {
  /** The key that names it. */
  readonly key: string;
  readonly address: ListenAddress;

  /** @param cause What listening threw. */
  constructor(key: string, address: ListenAddress, cause: unknown) {
    super(`Cannot listen for ${key}`, { cause });
    this.key = key;
    this.address = address;
  }
}

/** The keys of all kinds of listeners. */
export const LISTEN_KEYS: Readonly<Record<keyof ServerAddresses, string>> = Object.freeze({
  rtmp: "listen",
  rtmpProxied: "proxy_listen",
  rtmps: "rtmps.listen",
  http: "http_server.listen",
  httpProxied: "http_server.proxy_listen",
  https: "http_server.https.listen",
  api: "http_api.listen",
  apiTls: "http_api.https.listen",
  exporter: "exporter.listen",
});

const KINDS: readonly (keyof ServerAddresses)[] = [
  ...["rtmp", "rtmpProxied", "rtmps", "http", "httpProxied", "https", "api", "apiTls", "exporter"] as const,
];

/**
 * Listen where it is wanted, besides where it is now.
 *
 * @returns Closes what is left out.
 * @throws {ListenProblem} An address cannot be listened on: it listens where it did.
 */
export async function openWanted(
  listening: Listeners,
  now: ServerAddresses,
  wanted: ServerAddresses,
): Promise<() => Promise<void>> {
  const moved = portsThatMove(now, wanted);
  const stays = filtered(now, (_, { port }) => !moved.has(port));
  const free = filtered(wanted, (kind, address) => has(now, kind, address) || !moved.has(address.port));
  try {
    refuseTaken(now, free);
    await listening.open(joined(now, free));
    if (moved.size === 0) return () => listening.keep(wanted);
    await listening.keep(joined(stays, free));
    refuseTaken(joined(stays, free), wanted);
    await listening.open(joined(stays, wanted));
  } catch (error) {
    await listening.keep(filtered(now, () => true));
    await listening.open(now);
    throw error;
  }
  return () => listening.keep(wanted);
}

/** Ports that one listener gives up and another one gets: both cannot have them at a time. */
function portsThatMove(now: ServerAddresses, wanted: ServerAddresses): ReadonlySet<number> {
  const given = KINDS.flatMap((kind) => now[kind].filter((address) => !has(wanted, kind, address)));
  const got = KINDS.flatMap((kind) => wanted[kind].filter((address) => !has(now, kind, address)));
  const ports = new Set(given.map(({ port }) => port));
  return new Set(got.map(({ port }) => port).filter((port) => port > 0 && ports.has(port)));
}

/** Several threads share their ports, so another program would not be noticed. */
function refuseTaken(now: ServerAddresses, wanted: ServerAddresses): void {
  for (const kind of KINDS) {
    for (const address of wanted[kind]) {
      if (has(now, kind, address)) continue;
      try {
        refuseTakenPorts([address]);
      } catch (error) {
        throw new ListenProblem(LISTEN_KEYS[kind], address, error);
      }
    }
  }
}

function has(
  addresses: ServerAddresses,
  kind: keyof ServerAddresses,
  { hostname, port }: ListenAddress,
): boolean {
  return addresses[kind].some((address) => address.hostname === hostname && address.port === port);
}

function joined(one: ServerAddresses, other: ServerAddresses): ServerAddresses {
  return mapped((kind) => [...other[kind], ...one[kind].filter((address) => !has(other, kind, address))]);
}

function filtered(
  addresses: ServerAddresses,
  isKept: (kind: keyof ServerAddresses, address: ListenAddress) => boolean,
): ServerAddresses {
  return mapped((kind) => addresses[kind].filter((address) => isKept(kind, address)));
}

function mapped(of: (kind: keyof ServerAddresses) => readonly ListenAddress[]): ServerAddresses {
  return {
    ...{ rtmp: of("rtmp"), rtmpProxied: of("rtmpProxied"), rtmps: of("rtmps") },
    ...{ http: of("http"), httpProxied: of("httpProxied"), https: of("https") },
    ...{ api: of("api"), apiTls: of("apiTls"), exporter: of("exporter") },
  };
}
