/**
 * The headers of a call: the caller, the event, the attempt and the signatures.
 *
 * @module
 */
import { Webhook } from "standardwebhooks";
import type { VhostHookOptions } from "../options.ts";

/** How a session was admitted without a call of its own; sent along when its start is reported. */
export type AdmittedBy = "allowed" | "last" | "cached";

/** What differs between calls. */
export interface CallIdentity {
  readonly webhookId: string;
  readonly traceparent: string;
  /** From 1. */
  readonly attempt: number;
  readonly admittedBy: AdmittedBy | undefined;
}

/** Writes the headers of one vhost's calls. */
export class CallHeaders {
  readonly #fixed: Readonly<Record<string, string>>;
  readonly #webhooks: readonly Webhook[];

  /**
   * @param version Of this server, for the User-Agent.
   * @throws {Error} When a secret is not one of the Standard Webhooks form.
   */
  constructor(options: Pick<VhostHookOptions, "headers" | "secrets">, version: string) {
    const fixed: Record<string, string> = {
      "content-type": "application/json",
      "user-agent": `srs(simple rtmp server)${version}`,
      "accept-encoding": "identity",
    };
    for (const [name, value] of Object.entries(options.headers)) fixed[name.toLowerCase()] = value;
    this.#fixed = fixed;
    this.#webhooks = options.secrets.map((secret) => new Webhook(secret));
  }

  /**
   * Headers for one attempt.
   *
   * @param nowMs The moment of the attempt: the signature covers it.
   */
  write(identity: CallIdentity, body: string, nowMs: number): Record<string, string> {
    const headers: Record<string, string> = {
      ...this.#fixed,
      "webhook-id": identity.webhookId,
      "webhook-timestamp": String(Math.floor(nowMs / 1000)),
      "traceparent": identity.traceparent,
      "srs-attempt": String(identity.attempt),
    };
    if (identity.admittedBy !== undefined) headers["srs-verdict"] = identity.admittedBy;
    if (this.#webhooks.length > 0) {
      const at = new Date(nowMs);
      headers["webhook-signature"] = this.#webhooks
        .map((webhook) => webhook.sign(identity.webhookId, at, body)).join(" ");
    }
    return headers;
  }
}
