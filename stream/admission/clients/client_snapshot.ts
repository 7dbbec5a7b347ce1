/**
 * One connection as the API shows it. What the service behind the hooks hid by a public name, and what a client
 * said before anybody could hide it, stays out. Pure.
 *
 * @module
 */
import type { ConnectionMeter } from "./traffic_meter.ts";
import type { ClientRole, ClientSnapshot, PublicationSnapshot, Usage } from "../../stream/live/mod.ts";
import type { ConnectFacts, StreamTarget } from "../../stream/admission/mod.ts";
import type { StreamInfo } from "../../core/mod.ts";

/** An accepted publish or play. */
export interface StreamUse {
  readonly role: Exclude<ClientRole, "none">;
  readonly vhost: string;
  readonly app: string;
  readonly stream: StreamInfo;
  /** The name that the client gave, where the service chose another one. */
  readonly hiddenName?: string;
  readonly publication?: PublicationSnapshot;
}

/** What a snapshot is made of. */
export interface ClientParts {
  readonly clientId: number;
  readonly ip: string;
  /** Where `connect` led. */
  readonly home: StreamTarget;
  /** As `connect` had them. */
  readonly facts: ConnectFacts;
  readonly use: StreamUse | undefined;
  readonly usage: Usage;
  readonly meter: ConnectionMeter;
  /** Monotonic clock. */
  readonly nowMs: number;
}

const HIDDEN = "***";

/** Put the parts together. */
export function clientSnapshot(parts: ClientParts): ClientSnapshot {
  const { clientId, ip, home, facts, use, usage, meter, nowMs } = parts;
  const rates = meter.rates(nowMs, usage);
  const client = { clientId, ip, protocol: "rtmp", aliveMs: meter.ageMs(nowMs), ...usage, ...rates } as const;
  if (use === undefined) {
    // What follows the app in a tcUrl, or stands in a page's address, may be a stream key that is still to be renamed.
    const app = home.url.app.split("/")[0] ?? "";
    const names = { vhost: home.vhost.name, app, stream: "", streamId: "", streamUrl: "" };
    return { ...client, role: "none", ...names, tcUrl: addressOf(facts.tcUrl, app), pageUrl: "", swfUrl: "" };
  }
  const { role, vhost, app, stream: { stream, streamId, streamUrl }, hiddenName, publication } = use;
  return {
    ...client,
    ...{ role, vhost, app, stream, streamId, streamUrl },
    ...(hiddenName === undefined ? facts : {
      tcUrl: addressOf(facts.tcUrl, app),
      pageUrl: facts.pageUrl.replaceAll(hiddenName, HIDDEN),
      swfUrl: facts.swfUrl.replaceAll(hiddenName, HIDDEN),
    }),
    ...(publication === undefined ? {} : { publication }),
  };
}

/** Scheme, host and port of a tcUrl, and an app behind them. */
function addressOf(tcUrl: string, app: string): string {
  return `${/^[A-Za-z][\w+.-]*:\/\/[^/?#]*/.exec(tcUrl)?.[0] ?? ""}/${app}`;
}
