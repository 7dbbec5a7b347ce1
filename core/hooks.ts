/**
 * The operator's service, as the protocols see it: what is requested, what it decides, and the lease of a session
 * that it allowed.
 *
 * @module
 */
import type { ByteCounters, ClientInfo, StreamInfo } from "./client_info.ts";
import type { EndReason } from "./end_reason.ts";
import type { RequestEvent } from "./hook_event.ts";

/** One request. `stream` is absent in `on_connect` only. */
export interface HookRequest {
  /** What is requested. */
  readonly event: RequestEvent;
  /** The client whose request it is. */
  readonly client: ClientInfo;
  /** The stream that the request is about. */
  readonly stream?: StreamInfo;
}

/** What the caller hands along with a request. */
export interface HookRequestContext {
  /** Aborted when the client is gone; the request then resolves as `aborted`. */
  readonly signal: AbortSignal;
  /** The connection's bytes now: for updates, and for what is known after a crash. */
  counters(): ByteCounters;
  /** Called at most once, after `allow` and before `end`: the session must end with this reason. */
  revoke(revocation: Revocation): void;
}

/** Why an admitted session has to end although its client is fine. */
export interface Revocation {
  /** As the ending will say it. */
  readonly reason: EndReason;
  /** Text for the client. */
  readonly description: string;
}

/** What the service decided besides allowing; a member is absent where the service did not set it. */
export interface Decisions {
  /** The public application name from here on. */
  readonly app?: string;
  /** The public stream name from here on. */
  readonly stream?: string;
  /** A publisher above it is ended, kbit/s. */
  readonly maxBitrateKbps?: number;
  /** RTMP addresses to push the stream to. */
  readonly forward?: readonly string[];
  /** Where a stream that nobody publishes is, of RTMP or FLV by HTTP. */
  readonly pull?: string;
  /** Whether the stream is recorded, or by which path it is: overrides `dvr`. */
  readonly record?: boolean | string;
}

/** A request is denied, by the service or by a rule of this server. */
export interface Denial {
  /** Distinguishes the decisions. */
  readonly kind: "deny";
  /**
   * What denies: an access rule, the name of a limit, the hook's event, or `vhost`, `name`, `tc_url` and `name_taken`
   * for the rules of names.
   */
  readonly rule: string;
  /** For the client and the log. */
  readonly reason: string;
  /** The address of the hook that denied it, or could not be reached. */
  readonly address?: string;
  /** Where the client is sent instead: an address of its own protocol, RTMP or HTTP. */
  readonly redirect?: string;
  /** Nobody said no: the service gave no answer that could be used. */
  readonly failed?: boolean;
}

/** What a request comes to, on its whole way back; `Allowed` is what an allowed one comes with. */
export type Decision<Allowed> =
  | { readonly kind: "allow" } & Allowed
  | Denial
  /** The client left first, or withdrew the request: it gets no answer. */
  | { readonly kind: "aborted" };

/** The service's decision. Where it is `aborted`, the ending that the service is owed is already recorded. */
export type Verdict = Decision<{ readonly lease: Lease; readonly decisions: Decisions }>;

/** An admitted session. Its holder ends it exactly once, on every way out. */
export interface Lease {
  /** The public name that the session has from here on, for its later events. */
  rename(app: string, stream: StreamInfo): void;
  /**
   * The session ended. A second call does nothing.
   * Resolves when the ending is recorded, which is long before it is delivered; never rejects.
   */
  end(ending: Ending): Promise<void>;
}

/** The last facts of a session. */
export interface Ending extends ByteCounters {
  /** As the events encode it. */
  readonly reason: EndReason;
  /** Since the request, as the log has it, milliseconds; absent: the hooks' own measure. */
  readonly durationMs?: number;
  /** For `on_close`: the app and stream that the connection last had, when it had one. */
  readonly app?: string;
  /** The same for the stream. */
  readonly stream?: StreamInfo;
}

/** The operator's service. */
export interface Hooks {
  /** Resolves when all configured addresses have answered or failed; never rejects. */
  request(request: HookRequest, context: HookRequestContext): Promise<Verdict>;
}
