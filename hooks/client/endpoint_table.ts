/**
 * The addresses of one configuration, and what each needs for a call. A reload makes another table: what has not changed
 * is the same object in both.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { ENDING_OF, type EndingEvent, type HookEventName, type RequestEvent } from "../../core/mod.ts";
import type { CallHeaders } from "../contract/call_headers.ts";
import type { HooksOptions, VhostHookOptions } from "../options.ts";
import { CallStats } from "./call_stats.ts";
import type { HttpCaller } from "./http_caller.ts";
import { type Origin, originOf, type OriginOptions } from "./origin.ts";

/** What the calls of one vhost share. */
export interface VhostCalls {
  readonly options: VhostHookOptions;
  readonly caller: HttpCaller;
  readonly headers: CallHeaders;
}

/** One event's address. */
export interface Endpoint {
  readonly vhost: string;
  readonly event: HookEventName;
  readonly url: string;
  /** Position among the event's addresses. */
  readonly index: number;
  readonly origin: Origin;
  readonly calls: VhostCalls;
  readonly stats: CallStats;
}

/** An address for requests, with the positions of the endings that are owed when it allows a session. */
export interface RequestEndpoint extends Endpoint {
  readonly pairs: readonly number[];
}

/** The addresses that one request of one vhost involves. */
export interface RequestPlan {
  readonly options: VhostHookOptions;
  /** Which configuration of its vhost it is of: what was answered for another one does not count. */
  readonly generation: number;
  readonly event: RequestEvent;
  readonly ending: EndingEvent;
  /** Of a publish: those of `on_forward` too, after its own. */
  readonly requests: readonly RequestEndpoint[];
  readonly endings: readonly Endpoint[];
  /** For updates while the session runs; empty where there are none. */
  readonly updates: readonly Endpoint[];
  /** Of a publish: for its finished segments of HLS. */
  readonly segments: readonly Endpoint[];
  /** Of a publish: called once for each of them, without a body. */
  readonly segmentNotices: readonly Endpoint[];
  /** Of a publish: for its finished recordings. */
  readonly recordings: readonly Endpoint[];
}

/** What a table is made with. */
export interface EndpointParts {
  /** The table before it; absent: there is none. */
  readonly before?: EndpointTable;
  /** The origin of this name, with these settings from here on. */
  origin(name: string, options: OriginOptions): Origin;
  /** @throws {Error} A certificate or a secret cannot be used. */
  calls(options: VhostHookOptions): VhostCalls;
}

/** What a table has of one vhost. */
interface VhostEntry {
  readonly generation: number;
  readonly calls: VhostCalls;
  readonly plans: ReadonlyMap<RequestEvent, RequestPlan>;
}

const REQUEST_EVENTS: readonly RequestEvent[] = ["on_connect", "on_publish", "on_play"];

/** Everything that can be called. */
export class EndpointTable {
  readonly #vhosts = new Map<string, VhostEntry>();
  readonly #byAddress = new Map<string, Endpoint>();
  /** Counts tables. */
  readonly #number: number;

  /** @throws {Error} When a certificate, a secret or an address cannot be used. */
  constructor(options: HooksOptions, parts: EndpointParts) {
    this.#number = (parts.before?.number ?? 0) + 1;
    const limits = strictestLimits(options);
    for (const [name, vhost] of options.vhosts) if (vhost.enabled) this.#add(name, vhost, limits, parts);
  }

  /** How many tables there have been, this one included. */
  get number(): number {
    return this.#number;
  }

  /** What the calls of a vhost share; `undefined` where it has no hooks. */
  callsOf(vhost: string): VhostCalls | undefined {
    return this.#vhosts.get(vhost)?.calls;
  }

  /** The addresses of a request; `undefined` when none is configured for it or for what follows it. */
  plan(vhost: string, event: RequestEvent): RequestPlan | undefined {
    return this.#vhosts.get(vhost)?.plans.get(event);
  }

  /** As they are configured, in their order. */
  urls(vhost: string, event: HookEventName): readonly string[] {
    return this.callsOf(vhost)?.options.urls.get(event) ?? [];
  }

  /** The addresses of an event. */
  addressesOf(vhost: string, event: HookEventName): readonly Endpoint[] {
    return this.urls(vhost, event).flatMap((url, index) =>
      this.#byAddress.get(addressKey(vhost, event, url, index)) ?? []
    );
  }

  /** The first of an event's addresses that is this one. */
  find(vhost: string, event: HookEventName, url: string): Endpoint | undefined {
    const index = this.urls(vhost, event).indexOf(url);
    return this.#byAddress.get(addressKey(vhost, event, url, index));
  }

  /** By {@link addressKey}. */
  at(key: string): Endpoint | undefined {
    return this.#byAddress.get(key);
  }

  /** All of them. */
  get all(): readonly Endpoint[] {
    return [...this.#byAddress.values()];
  }

  /** The parts are not kept: each table would keep all before it. */
  #add(
    name: string,
    vhost: VhostHookOptions,
    limits: ReadonlyMap<string, OriginOptions>,
    parts: EndpointParts,
  ): void {
    const { before } = parts;
    const known = before?.callsOf(name);
    const isSame = known !== undefined && isDeepStrictEqual(known.options, vhost);
    const calls = isSame ? known : parts.calls(vhost);
    const generation = isSame ? before?.generationOf(name) ?? 0 : this.#number;
    const plans = new Map<RequestEvent, RequestPlan>();
    this.#vhosts.set(name, { generation, calls, plans });
    for (const [event, urls] of vhost.urls) {
      for (const [index, url] of urls.entries()) {
        const key = addressKey(name, event, url, index);
        const origin = parts.origin(originOf(url), limits.get(originOf(url)) ?? vhost);
        const old = before?.at(key);
        const endpoint = isSame ? old : undefined;
        const stats = old?.stats ?? new CallStats();
        this.#byAddress.set(key, endpoint ?? { vhost: name, event, url, index, origin, calls, stats });
      }
    }
    for (const event of REQUEST_EVENTS) {
      const plan = this.#plan(name, vhost, event, generation);
      if (plan !== undefined) plans.set(event, plan);
    }
  }

  /** Of the vhost's configuration, 0 where it has no hooks. */
  generationOf(vhost: string): number {
    return this.#vhosts.get(vhost)?.generation ?? 0;
  }

  #plan(
    name: string,
    options: VhostHookOptions,
    event: RequestEvent,
    generation: number,
  ): RequestPlan | undefined {
    const ending = ENDING_OF[event];
    const isPublish = event === "on_publish";
    const own = this.addressesOf(name, event);
    // Where to push a stream is asked once it may be published.
    const requests = isPublish ? [...own, ...this.addressesOf(name, "on_forward")] : own;
    const endings = this.addressesOf(name, ending);
    const updates = event === "on_connect" || options.updateIntervalMs === 0
      ? []
      : this.addressesOf(name, "on_update");
    const segments = isPublish ? this.addressesOf(name, "on_hls") : [];
    const segmentNotices = isPublish ? this.addressesOf(name, "on_hls_notify") : [];
    const recordings = isPublish ? this.addressesOf(name, "on_dvr") : [];
    const all = [requests, endings, updates, segments, segmentNotices, recordings];
    if (all.every((addresses) => addresses.length === 0)) return undefined;
    const paired = requests.map((request) => ({
      ...request,
      pairs: request.event === event ? pairsOf(request, endings) : [],
    }));
    const others = { updates, segments, segmentNotices, recordings };
    return { options, generation, event, ending, requests: paired, endings, ...others };
  }
}

/** The endings owed to an address that allows a session: at the same address if there is one, else at its origin. */
function pairsOf(request: Endpoint, endings: readonly Endpoint[]): number[] {
  const same = endings.filter((end) => end.url === request.url);
  const found = same.length > 0 ? same : endings.filter((end) => end.origin === request.origin);
  return found.map((end) => end.index);
}

function strictestLimits(options: HooksOptions): Map<string, OriginOptions> {
  const limits = new Map<string, OriginOptions>();
  for (const vhost of options.vhosts.values()) {
    if (!vhost.enabled) continue;
    for (const name of new Set([...vhost.urls.values()].flat().map(originOf))) {
      const other = limits.get(name) ?? vhost;
      limits.set(name, {
        maxConcurrency: Math.min(vhost.maxConcurrency, other.maxConcurrency),
        breakerFailures: Math.min(vhost.breakerFailures, other.breakerFailures),
        breakerOpenMs: Math.max(vhost.breakerOpenMs, other.breakerOpenMs),
      });
    }
  }
  return limits;
}

/** By which an address is found. */
export function addressKey(vhost: string, event: HookEventName, url: string, index: number): string {
  return `${vhost} ${event} ${index} ${url}`;
}
