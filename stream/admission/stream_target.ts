/**
 * What a client asked for, led to a vhost of this server by the rules of names.
 *
 * @module
 */
import { DEFAULT_VHOST } from "../../core/mod.ts";
import type { EdgeFacts } from "./relay/edge.ts";
import type { VhostOptions, VhostSet } from "./options.ts";
import type { Refusal, RequestPlace } from "./refusal.ts";
import { checkName } from "./names/name_grammar.ts";
import {
  readTcUrl,
  resolveStreamUrl,
  type StreamAddress,
  type StreamUrl,
  type TcUrl,
} from "./names/stream_url.ts";
import { selectVhost } from "./names/vhost.ts";
import { ProtocolError } from "../../rtmp/wire/mod.ts";

/** What the client said in `connect`. */
export interface ConnectFacts {
  /** As sent, or made of `app` where the client sent none. */
  readonly tcUrl: string;
  /** Absent where there was no `connect`. */
  readonly app?: string;
  /** `""` when unknown. */
  readonly pageUrl: string;
  /** `""` when unknown. */
  readonly swfUrl: string;
  /** The client is a server itself. */
  readonly edge?: EdgeFacts;
}

/** A stream that a client asked for, after the rules of names and vhosts. */
export interface StreamTarget {
  /** App, stream and parameters. */
  readonly url: StreamUrl;
  /** The vhost that answers. */
  readonly vhost: VhostOptions;
}

/** Why an address is refused, and what of it could be read. */
export interface AddressRefusal {
  /** Why. */
  readonly refused: Refusal;
  /** What of it could be read. */
  readonly place: RequestPlace;
}

/**
 * Resolve what a client asked for to a vhost of this server.
 *
 * @param streamName Absent in `connect`, when only the app is known.
 */
export function resolveTarget(
  options: VhostSet,
  { tcUrl, app }: Pick<ConnectFacts, "tcUrl" | "app">,
  streamName?: string,
): StreamTarget | AddressRefusal {
  const url = tryResolve({ tcUrl, app, streamName }, options);
  if ("refused" in url) return url;
  const name = selectVhost(url.vhost, options.vhosts);
  const vhost = name === undefined ? undefined : options.vhosts.get(name);
  const hasStream = streamName !== undefined;
  if (vhost === undefined || !vhost.enabled) {
    const place = placeOf(vhost?.name ?? url.vhost, url, hasStream);
    const reason = `No vhost ${url.vhost} on this server`;
    return { refused: { rule: "vhost", reason, wayOut: wayOutOf(url.vhost, vhost) }, place };
  }
  const badApp = checkName("app", url.app);
  const badStream = hasStream ? checkName("stream", url.stream) : undefined;
  if (badApp === undefined && badStream === undefined) return { url, vhost };
  const reason = badApp === undefined ? `The stream name ${badStream}` : `The app ${badApp}`;
  return { refused: { rule: "name", reason }, place: placeOf(vhost.name, url, hasStream) };
}

/** @param off The vhost that would answer, switched off. */
function wayOutOf(wanted: string, off: VhostOptions | undefined): string {
  if (off !== undefined) return `vhost ${off.name} is switched off: set its enabled`;
  return `configure [vhost.${
    JSON.stringify(wanted)
  }], or [vhost.${DEFAULT_VHOST}], which answers for all other ` +
    "names; or have the address name a vhost that there is: rtmp://HOST/APP?vhost=NAME/STREAM";
}

function placeOf(vhost: string, { app, stream }: StreamUrl, hasStream: boolean): RequestPlace {
  return { vhost, app, ...(hasStream ? { stream } : {}) };
}

/** The last tcUrl of each server, known by its vhosts: the next client mostly has the very same, and each needs it twice. */
const lastTcUrl = new WeakMap<VhostSet["vhosts"], TcUrl>();

function tryResolve(address: StreamAddress, { vhosts }: VhostSet): StreamUrl | AddressRefusal {
  try {
    const last = lastTcUrl.get(vhosts);
    if (last?.tcUrl === address.tcUrl) return resolveStreamUrl(address, last);
    const base = readTcUrl(address.tcUrl);
    lastTcUrl.set(vhosts, base);
    return resolveStreamUrl(address, base);
  } catch (error) {
    if (error instanceof ProtocolError) {
      return { refused: { rule: "tc_url", reason: error.message }, place: {} };
    }
    throw error;
  }
}
