/**
 * One client as the API shows it, without what the service hid by a public name and what may still have to be hidden.
 * Pure.
 *
 * @module
 */
import type { TrafficMeter } from "./traffic_meter.ts";
import type { ClientRole, ClientSnapshot, PublicationSnapshot, Usage } from "../../live/mod.ts";
import type { ConnectFacts, StreamTarget } from "../stream_target.ts";
import type { Protocol, StreamInfo } from "../../../core/mod.ts";

/** An accepted publish or play. */
export interface StreamUse {
  /** What the client does. */
  readonly role: Exclude<ClientRole, "none">;
  /** As the configuration names it. */
  readonly vhost: string;
  /** The public app. */
  readonly app: string;
  /** The public stream. */
  readonly stream: StreamInfo;
  /** The name that the client gave, where the service chose another one. */
  readonly hiddenName?: string;
  /** Of a publish. */
  readonly publication?: PublicationSnapshot;
  /** Of a play of a trusted edge: how many play the stream there. */
  readonly edgeViewers?: number;
}

/** What stays of a client whose `connect` was accepted. */
export interface ConnectedClient {
  /** The same in events and log lines. */
  readonly clientId: number;
  /** Canonical address. */
  readonly ip: string;
  /** How it reaches this server. */
  readonly protocol: Protocol;
  /** Where `connect` led. */
  readonly home: StreamTarget;
  /** As `connect` had them. */
  readonly facts: ConnectFacts;
  /** Its age and rates. */
  readonly meter: TrafficMeter;
}

const HIDDEN = "***";

/**
 * Put the parts together, without spreads: they took most of the time of a list of thousands.
 *
 * @param use Its publish or play.
 * @param usage Its bytes and jumps.
 * @param nowMs Monotonic clock.
 */
export function clientSnapshot(
  { clientId, ip, protocol, home, facts, meter }: ConnectedClient,
  use: StreamUse | undefined,
  usage: Usage,
  nowMs: number,
): ClientSnapshot {
  const { sendBytes, recvBytes, jumps, droppedMs } = usage;
  const { sendKbps, recvKbps } = meter.rates(nowMs, usage);
  const aliveMs = Math.round(meter.ageMs(nowMs));
  // What follows the app in a tcUrl, and the address of the page, may have a stream key that the service will rename.
  const { role, vhost, app, stream: { stream, streamId, streamUrl }, hiddenName, publication } = use ??
    unused(home);
  const { tcUrl, pageUrl, swfUrl } = use === undefined
    ? { tcUrl: addressOf(facts.tcUrl, app), pageUrl: "", swfUrl: "" }
    : shownFacts(facts, app, hiddenName);
  const client: ClientSnapshot & { publication?: PublicationSnapshot } = {
    clientId,
    ip,
    protocol,
    aliveMs,
    sendBytes,
    recvBytes,
    jumps,
    droppedMs,
    sendKbps,
    recvKbps,
    role,
    vhost,
    app,
    stream,
    streamId,
    streamUrl,
    tcUrl,
    pageUrl,
    swfUrl,
  };
  if (publication !== undefined) client.publication = publication;
  if (facts.edge?.isTrusted !== true) return client;
  const { edgeViewers = 0 } = use ?? {};
  return { ...client, edgeServerId: facts.edge.serverId, edgeViewers };
}

/** What is known of a client that neither publishes nor plays. */
function unused(
  { vhost, url }: StreamTarget,
): Pick<ClientSnapshot, "role" | "vhost" | "app"> & Pick<StreamUse, "hiddenName" | "publication"> & {
  readonly stream: Pick<StreamInfo, "stream" | "streamId" | "streamUrl">;
} {
  const app = url.app.split("/")[0] ?? "";
  return { role: "none", vhost: vhost.name, app, stream: { stream: "", streamId: "", streamUrl: "" } };
}

/**
 * What the client said of itself, without a name that the service has hidden.
 *
 * @param app The public one.
 */
export function shownFacts(
  facts: Pick<ConnectFacts, "tcUrl" | "pageUrl" | "swfUrl">,
  app: string,
  hiddenName: string | undefined,
): Pick<ConnectFacts, "tcUrl" | "pageUrl" | "swfUrl"> {
  if (hiddenName === undefined) return facts;
  const { tcUrl, pageUrl, swfUrl } = facts;
  return {
    tcUrl: addressOf(tcUrl, app),
    pageUrl: pageUrl.replaceAll(hiddenName, HIDDEN),
    swfUrl: swfUrl.replaceAll(hiddenName, HIDDEN),
  };
}

/** Scheme, host and port of a tcUrl, followed by an app. */
export function addressOf(tcUrl: string, app: string): string {
  return `${/^[A-Za-z][\w+.-]*:\/\/[^/?#]*/.exec(tcUrl)?.[0] ?? ""}/${app}`;
}
