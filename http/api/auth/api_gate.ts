/**
 * Whether a request may be served: by which name it comes, from which page, and with which credentials.
 *
 * @module
 */
import type { Clock } from "../../../core/mod.ts";
import type { ApiOptions } from "../../options.ts";
import type { LimitHits } from "../../ports.ts";
import { headerOf, type RequestHead } from "../../server/request_head.ts";
import { ApiCode } from "../api_code.ts";
import { checkOrigin, type OriginFault } from "../origin_guard.ts";
import { codeReply } from "../reply.ts";
import { Authenticator } from "./authenticator.ts";
import { type ApiScope, type Caller, permits } from "./caller.ts";

/** How a refusal reads in the log. */
export const REQUEST_REFUSED = { message: "API request refused", level: "info" } as const;
/** When an address with too many wrong credentials should come back, seconds. */
const RETRY_AFTER = { "Retry-After": "60" } as const;

/** What the gate works with. */
export interface ApiGateDeps {
  readonly clock: Clock;
  /** Counts addresses with too many wrong credentials. */
  readonly limits: Pick<LimitHits, "hit">;
}

/** What is asked for. */
export interface GatedRequest {
  readonly request: Request;
  readonly head: RequestHead;
  /** Canonical. */
  readonly ip: string;
  /** What the route needs; where there is no route, what shows least: without credentials nobody learns what is there. */
  readonly scope: ApiScope;
}

/** The options of a gate. */
export type ApiGateOptions = Pick<ApiOptions, "hosts" | "auth" | "crossdomain">;

/** Lets requests pass. */
export class ApiGate {
  readonly #options: ApiGateOptions;
  readonly #deps: ApiGateDeps;
  readonly #authenticator: Authenticator;

  /**
   * A gate with these options.
   *
   * @param before The gate in whose place it comes: wrong credentials that were shown there count on.
   */
  constructor(options: ApiGateOptions, deps: ApiGateDeps, before?: ApiGate) {
    this.#options = options;
    this.#deps = deps;
    this.#authenticator = new Authenticator(options.auth, before?.authenticator);
  }

  /** What looks at its credentials. */
  get authenticator(): Authenticator {
    return this.#authenticator;
  }

  /** Who calls, or the refusal. */
  admit({ request, head, ip, scope }: GatedRequest): Caller | Response {
    const fault = checkOrigin(request, this.#options.hosts);
    if (fault === "hostNotAllowed") return this.#refuseOrigin(fault, head, ip);
    const caller = this.#callerOf(head, ip, scope);
    if (caller instanceof Response) return caller;
    // A page that has a token was given it; another one may only have made its browser send this.
    const isTrusted = this.#options.crossdomain && caller.by === "bearer";
    if (fault !== undefined && !isTrusted) return this.#refuseOrigin(fault, head, ip);
    if (permits(caller.scope, scope)) return caller;
    this.#refused("its credentials do not permit it", head, ip);
    return codeReply(ApiCode.NotPermitted, `This needs the scope ${scope}`, { status: 403 });
  }

  /** Whether a request that another gate has admitted could come in here too; nothing is counted or logged. */
  wouldAdmit({ request, head, scope }: GatedRequest): boolean {
    if (scope === "open") return true;
    if (checkOrigin(request, this.#options.hosts) === "hostNotAllowed") return false;
    const caller = this.#authenticator.callerOf(headerOf(head, "authorization"));
    return caller !== undefined && permits(caller.scope, scope);
  }

  #callerOf(head: RequestHead, ip: string, scope: ApiScope): Caller | Response {
    if (scope === "open") return { name: "everybody", scope, by: "nothing" };
    const header = headerOf(head, "authorization");
    const result = this.#authenticator.authenticate(header, ip, this.#deps.clock.now());
    switch (result.kind) {
      case "caller":
        return result.caller;
      case "tooMany": {
        const detail = "Too many wrong credentials: those of this address are ignored for a while";
        this.#deps.limits.hit("http_api.max_auth_failures", { ip, detail });
        const reason = "Too many wrong credentials from this address";
        return codeReply(ApiCode.TooManyFailures, reason, { status: 429, headers: RETRY_AFTER });
      }
      case "unknown": {
        if (result.shown) this.#refused("wrong credentials", head, ip);
        const headers = { "WWW-Authenticate": this.#authenticator.challenge };
        const reason = result.shown ? "Wrong credentials" : "Credentials are needed";
        return codeReply(ApiCode.Unauthorized, reason, { status: 401, headers });
      }
      default:
        return result satisfies never;
    }
  }

  #refuseOrigin(fault: OriginFault, head: RequestHead, ip: string): Response {
    this.#refused(fault, head, ip);
    return fault === "hostNotAllowed"
      ? codeReply(
        ApiCode.ForeignHost,
        "Not called by an address, localhost or a name of http_api.hosts",
        { status: 403 },
      )
      : codeReply(ApiCode.ForeignOrigin, "Sent by a page of another site", { status: 403 });
  }

  #refused(why: string, head: RequestHead, ip: string): void {
    const from = ["host", "origin"].map((name) => `${name}=${headerOf(head, name)}`);
    const detail = [why, head.method, ...from].join(" ");
    this.#deps.limits.hit("api_request_refused", { ip, detail }, REQUEST_REFUSED);
  }
}
