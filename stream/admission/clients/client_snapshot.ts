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
}

/** What a snapshot is made of. */
export interface ClientParts {
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
  /** Its publish or play. */
  readonly use: StreamUse | undefined;
  /** Its bytes and jumps. */
  readonly usage: Usage;
  /** Its age and rates. */
  readonly meter: TrafficMeter;
  /** Monotonic clock. */
  readonly nowMs: number;
}

const HIDDEN = "***";

/** Put the parts together. */
export function clientSnapshot(parts: ClientParts): ClientSnapshot {
  const { clientId, ip, protocol, home, facts, use, usage, meter, nowMs } = parts;
  const rates = meter.rates(nowMs, usage);
  const client = { clientId, ip, protocol, aliveMs: meter.ageMs(nowMs), ...usage, ...rates };
  if (use === undefined) {
    // What follows the app in a tcUrl, and the address of the page, may have a stream key that the service will rename.
    const app = home.url.app.split("/")[0] ?? "";
    const names = { vhost: home.vhost.name, app, stream: "", streamId: "", streamUrl: "" };
    return { ...client, role: "none", ...names, tcUrl: addressOf(facts.tcUrl, app), pageUrl: "", swfUrl: "" };
  }
  const { role, vhost, app, stream: { stream, streamId, streamUrl }, hiddenName, publication } = use;
  return {
    ...client,
    ...{ role, vhost, app, stream, streamId, streamUrl },
    ...shownFacts(facts, app, hiddenName),
    ...(publication === undefined ? {} : { publication }),
  };
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
  const { tcUrl, pageUrl, swfUrl } = facts;
  if (hiddenName === undefined) return { tcUrl, pageUrl, swfUrl };
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
