/**
 * One request to the service, about a client of any protocol.
 *
 * @module
 */
import {
  DEFAULT_VHOST,
  type Hooks,
  type RequestEvent,
  type StreamInfo,
  type Verdict,
} from "../../core/mod.ts";
import type { SessionClient } from "./session_client.ts";
import type { ConnectFacts, StreamTarget } from "./stream_target.ts";

/** What is requested. */
export interface HookSubject {
  /** The event. */
  readonly event: RequestEvent;
  /** What the client said of itself. */
  readonly facts: ConnectFacts;
  /** Where its request leads. */
  readonly target: StreamTarget;
  /** Absent in `on_connect`. */
  readonly stream?: StreamInfo;
}

/**
 * Let the service decide. Once it has allowed the session, it may end the client.
 *
 * @param signal Aborted when the client is gone.
 */
export function requestVerdict(
  hooks: Hooks,
  client: SessionClient,
  { event, facts, target, stream }: HookSubject,
  signal: AbortSignal,
): Promise<Verdict> {
  const { clientId, ip, protocol } = client;
  const { tcUrl, pageUrl } = facts;
  const info = { clientId, ip, vhost: target.vhost.name, app: target.url.app, tcUrl, pageUrl, protocol };
  return hooks.request({ event, client: info, ...(stream === undefined ? {} : { stream }) }, {
    signal,
    counters: () => client.counters(),
    revoke: ({ reason, description }) => client.end(reason, description),
  });
}

/** `/app/stream`, after the vhost's name for all but the default vhost. */
export function streamUrlOf(vhost: string, app: string, stream: string): string {
  return `${vhost === DEFAULT_VHOST ? "" : vhost}/${app}/${stream}`;
}
