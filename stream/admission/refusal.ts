/**
 * A refusal, and its log line: the same shape for every rule.
 *
 * ```text
 * [warn][7] Publish refused ip=192.0.2.1 vhost=__defaultVhost__ app=live stream=cam rule=key description="The key is wrong"
 * ```
 *
 * @module
 */
import type { Denial } from "../../core/mod.ts";
import type { LoggedClient } from "./session_client.ts";

/** What a client requested. */
export type RequestKind = "connect" | "publish" | "play";

/** Why a request is refused. */
export interface Refusal extends Omit<Denial, "kind"> {
  /** How long the answer waits, milliseconds. */
  readonly delayMs?: number;
  /** What the operator can do, for the log: it is not for clients. */
  readonly wayOut?: string;
}

/** Known later whether a request is refused; `undefined`: it is not, which is known at once. */
export type PendingRefusal = Promise<Refusal | undefined> | undefined;

/** What was requested, as far as it is known. */
export interface RequestPlace {
  /** As the configuration names it. */
  readonly vhost?: string;
  /** Without its query. */
  readonly app?: string;
  /** Without its query. */
  readonly stream?: string;
}

/** Rules of the operator that a client should have known: their refusals are warnings. */
const WARNED: ReadonlySet<string> = new Set([
  "security",
  "refer",
  "key",
  "signature",
  "expired",
  "max_wrong_keys",
]);

const TITLES: Readonly<Record<RequestKind, string>> = {
  connect: "Connect",
  publish: "Publish",
  play: "Play",
};

/** Write the line of a refusal. `place.stream` is as it may be shown. */
export function logRefusal(
  client: Pick<LoggedClient, "ip" | "log">,
  kind: RequestKind,
  place: RequestPlace,
  { rule, reason, address, delayMs = 0, wayOut }: Refusal,
): void {
  const { vhost, app, stream } = place;
  const request = TITLES[kind];
  client.log(WARNED.has(rule) ? "warn" : "trace", `${request} refused`, {
    ip: client.ip,
    vhost,
    app,
    stream,
    rule,
    address,
    delay_ms: delayMs === 0 ? undefined : delayMs,
    description: reason,
    way_out: wayOut,
  });
}
