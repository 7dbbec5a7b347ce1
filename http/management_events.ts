/**
 * What clients of the API and of the exporter run into, by the names of their limits.
 *
 * @module
 */
import { errorStack } from "../core/mod.ts";
import type { AcceptFault } from "../system/mod.ts";
import { REQUEST_REFUSED } from "./api/auth/api_gate.ts";
import type { HttpLimits } from "./options.ts";
import type { ApiLog, LimitHits, ManagementLimitName, ManagementListener } from "./ports.ts";
import type { HttpLimitHit, HttpLimitName, HttpServerEvents } from "./server/ports.ts";

/** How long an answer may make no progress, milliseconds. */
export const WRITE_TIMEOUT_MS = 10_000;

/** Counts and logs for one listener. */
export class ManagementEvents implements HttpServerEvents {
  readonly #listener: ManagementListener;
  readonly #details: Readonly<Record<HttpLimitName, string>>;
  readonly #limits: LimitHits;
  readonly #log: ApiLog;

  /** @param limits Of its connections. */
  constructor(
    listener: ManagementListener,
    { headTimeoutMs, idleTimeoutMs }: HttpLimits,
    deps: { readonly limits: LimitHits; readonly log: ApiLog },
  ) {
    this.#listener = listener;
    this.#limits = deps.limits;
    this.#log = deps.log;
    this.#details = {
      head_timeout: `No request within ${headTimeoutMs} ms`,
      idle_timeout: `No further request within ${idleTimeoutMs} ms`,
      write_timeout: `An answer was taken more slowly than 1 KB/s for ${WRITE_TIMEOUT_MS} ms`,
    };
  }

  /** @inheritdoc */
  limit(limit: HttpLimitName, { ip, quiet }: HttpLimitHit): void {
    const name: ManagementLimitName = `${this.#listener}.${limit}`;
    if (quiet) this.#limits.count(name, 1);
    else this.#limits.hit(name, { ip, detail: this.#details[limit] });
  }

  /** @inheritdoc */
  refused(status: number, reason: string, ip: string): void {
    this.#limits.hit("api_request_refused", { ip, detail: `${status}: ${reason}` }, REQUEST_REFUSED);
  }

  /** @inheritdoc */
  proxyRefused(detail: string, ip: string): void {
    this.#limits.hit("proxy_header", { ip, detail }, { message: "PROXY protocol refused", level: "info" });
  }

  /** @inheritdoc */
  handshakeFailed(detail: string, ip: string): void {
    this.#limits.hit("tls_handshake", { ip, detail }, { message: "TLS handshake failed", level: "info" });
  }

  /** @inheritdoc */
  unfinished(detail: string, ip: string): void {
    this.#log.write("warn", undefined, "API answer broke off", { ip, detail });
  }

  /** @inheritdoc */
  acceptFailed(fault: AcceptFault, error: unknown): void {
    this.#limits.acceptFailed(fault, error);
  }

  /** @inheritdoc */
  bug(error: unknown): void {
    const listener = this.#listener;
    const text = errorStack(error);
    const message = "Bug: a management listener failed in an unexpected way";
    this.#log.write("error", undefined, message, { listener, error: text });
  }
}
