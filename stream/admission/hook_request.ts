/**
 * What is sent to the service with a request about a client of any protocol.
 *
 * @module
 */
import {
  DEFAULT_VHOST,
  type HookRequest,
  type HookRequestContext,
  type RequestEvent,
  type StreamInfo,
} from "../../core/mod.ts";
import type { SessionClient } from "./session_client.ts";
import type { ConnectFacts, StreamTarget } from "./stream_target.ts";

/**
 * The request about a client whose request leads to `target`.
 *
 * @param stream Absent in `on_connect`.
 */
export function hookRequest(
  event: RequestEvent,
  { clientId, ip, protocol }: SessionClient,
  { tcUrl, pageUrl, edge }: ConnectFacts,
  { vhost, url }: StreamTarget,
  stream?: StreamInfo,
): HookRequest {
  const known = { clientId, ip, vhost: vhost.name, app: url.app, tcUrl, pageUrl, protocol };
  const client = edge?.isTrusted ? { ...known, edgeServerId: edge.serverId } : known;
  return stream === undefined ? { event, client } : { event, client, stream };
}

/**
 * What goes with a request. Once the service has allowed the session, it may end the client.
 *
 * @param signal Aborted when the client is gone.
 */
export function hookRequestContext(client: SessionClient, signal: AbortSignal): HookRequestContext {
  return {
    signal,
    counters: () => client.counters(),
    revoke: ({ reason, description }) => client.end(reason, description),
  };
}

/** `/app/stream`, after the vhost's name for all but the default vhost. */
export function streamUrlOf(vhost: string, app: string, stream: string): string {
  return `${vhost === DEFAULT_VHOST ? "" : vhost}/${app}/${stream}`;
}
