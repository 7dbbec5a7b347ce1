/**
 * The configured addresses: which get an event's requests and its endings, and what each needs for a call.
 *
 * @module
 */
import { CallHeaders } from "../contract/call_headers.ts";
import { CallStats } from "./call_stats.ts";
import { HttpCaller } from "./http_caller.ts";
import {
  type Clock,
  ENDING_OF,
  type EndingEvent,
  type HookEventName,
  type Log,
  type RequestEvent,
} from "../../core/mod.ts";
import type { HooksOptions, VhostHookOptions } from "../options.ts";
import { Origin, originOf } from "./origin.ts";
import type { OutboxRow } from "../outbox/outbox_row.ts";
import { addressToday, vhostOf } from "../outbox/row_address.ts";

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

/** Whether a row keeps its address, gets another, or has lost it. */
export type Placement = "same" | "moved" | "gone";

/** The addresses that one request of one vhost involves. */
export interface RequestPlan {
  readonly options: VhostHookOptions;
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

const REQUEST_EVENTS: readonly RequestEvent[] = ["on_connect", "on_publish", "on_play"];

/** Everything callable, built once from the options. */
export class Endpoints {
  readonly #plans = new Map<string, Map<RequestEvent, RequestPlan>>();
  readonly #byAddress = new Map<string, Endpoint>();
  readonly #vhosts = new Map<string, VhostCalls>();
  readonly #origins = new Map<string, Origin>();
  readonly #callers = new Map<string, HttpCaller>();
  readonly #version: string;
  readonly #clock: Clock;
  readonly #log: Log;

  /** @throws {Error} When a certificate, a secret or an address cannot be used. */
  constructor(options: HooksOptions, clock: Clock, log: Log) {
    this.#version = options.version;
    this.#clock = clock;
    this.#log = log;
    try {
      this.#build(options);
    } catch (error) {
      for (const caller of this.#callers.values()) caller.close();
      throw error;
    }
  }

  /** The addresses of a request; `undefined` when none is configured for it or for what follows it. */
  plan(vhost: string, event: RequestEvent): RequestPlan | undefined {
    return this.#plans.get(vhost)?.get(event);
  }

  /**
   * Give a row of an earlier process, or of an earlier configuration, an address that is configured now: its own, else
   * the one that its vhost and event have at the same position.
   *
   * @returns `gone` where there is none; the row is unchanged then.
   */
  place(row: OutboxRow): Placement {
    const url = addressToday(this.#urls(vhostOf(row.facts), row.event), row);
    if (url === undefined) return "gone";
    if (url === row.url) return "same";
    row.url = url;
    return "moved";
  }

  /**
   * The address of a row.
   *
   * @throws {Error} When it is not configured: {@link Endpoints.place} was not called.
   */
  ofRow(row: OutboxRow): Endpoint {
    const known = this.#findAddress(vhostOf(row.facts), row.event, row.url);
    if (known === undefined) throw new Error(`Outbox row ${row.id} has an address that is not configured`);
    return known;
  }

  /** The addresses of an event. */
  addressesOf(vhost: string, event: HookEventName): readonly Endpoint[] {
    return this.#urls(vhost, event).flatMap((url, index) =>
      this.#byAddress.get(addressKey(vhost, event, url, index)) ?? []
    );
  }

  /** Whether any vhost has hooks. */
  get configured(): boolean {
    return this.#byAddress.size > 0;
  }

  /** Every address that is configured. */
  all(): Iterable<Endpoint> {
    return this.#byAddress.values();
  }

  /** Every origin. */
  origins(): Iterable<Origin> {
    return this.#origins.values();
  }

  /** Close all connections. */
  close(): void {
    for (const caller of this.#callers.values()) caller.close();
  }

  #build(options: HooksOptions): void {
    const limits = strictestLimits(options);
    for (const [name, vhost] of options.vhosts) {
      if (!vhost.enabled) continue;
      const calls = this.#makeCalls(vhost);
      this.#vhosts.set(name, calls);
      for (const [event, urls] of vhost.urls) {
        for (const [index, url] of urls.entries()) {
          const origin = this.#originFor(url, limits.get(originOf(url)) ?? vhost);
          const endpoint = { vhost: name, event, url, index, origin, calls, stats: new CallStats() };
          this.#byAddress.set(addressKey(name, event, url, index), endpoint);
        }
      }
      this.#plans.set(name, new Map(REQUEST_EVENTS.flatMap((event) => this.#plan(name, vhost, event))));
    }
  }

  #plan(name: string, vhost: VhostHookOptions, event: RequestEvent): [RequestEvent, RequestPlan][] {
    const ending = ENDING_OF[event];
    const own = this.addressesOf(name, event);
    // Where to push a stream is asked once it may be published.
    const requests = event === "on_publish" ? [...own, ...this.addressesOf(name, "on_forward")] : own;
    const endings = this.addressesOf(name, ending);
    const updates = event === "on_connect" || vhost.updateIntervalMs === 0
      ? []
      : this.addressesOf(name, "on_update");
    const segments = event === "on_publish" ? this.addressesOf(name, "on_hls") : [];
    const segmentNotices = event === "on_publish" ? this.addressesOf(name, "on_hls_notify") : [];
    const recordings = event === "on_publish" ? this.addressesOf(name, "on_dvr") : [];
    const all = [requests, endings, updates, segments, segmentNotices, recordings];
    if (all.every((addresses) => addresses.length === 0)) return [];
    const paired = requests.map((request) => ({
      ...request,
      pairs: request.event === event ? pairsOf(request, endings) : [],
    }));
    const others = { updates, segments, segmentNotices, recordings };
    return [[event, { options: vhost, event, ending, requests: paired, endings, ...others }]];
  }

  #urls(vhost: string, event: HookEventName): readonly string[] {
    return this.#vhosts.get(vhost)?.options.urls.get(event) ?? [];
  }

  #findAddress(vhost: string, event: HookEventName, url: string): Endpoint | undefined {
    const index = this.#urls(vhost, event).indexOf(url);
    return this.#byAddress.get(addressKey(vhost, event, url, index));
  }

  #originFor(
    url: string,
    limits: Pick<VhostHookOptions, "maxConcurrency" | "breakerFailures" | "breakerOpenMs">,
  ) {
    const name = originOf(url);
    let origin = this.#origins.get(name);
    if (origin === undefined) {
      origin = new Origin(name, limits, this.#clock, this.#log);
      this.#origins.set(name, origin);
    }
    return origin;
  }

  #makeCalls(options: VhostHookOptions): VhostCalls {
    const { caCert, clientCert, clientKey, proxy } = options;
    // Vhosts with the same certificates and proxy share their connections.
    const key = JSON.stringify([caCert, clientCert, clientKey, proxy]);
    let caller = this.#callers.get(key);
    if (caller === undefined) {
      caller = new HttpCaller(options, this.#clock);
      this.#callers.set(key, caller);
    }
    return { options, caller, headers: new CallHeaders(options, this.#version) };
  }
}

/** The endings owed to an address that allows a session: at the same address if there is one, else at its origin. */
function pairsOf(request: Endpoint, endings: readonly Endpoint[]): number[] {
  const same = endings.filter((end) => end.url === request.url);
  const found = same.length > 0 ? same : endings.filter((end) => end.origin === request.origin);
  return found.map((end) => end.index);
}

function strictestLimits(options: HooksOptions): Map<string, VhostHookOptions> {
  const limits = new Map<string, VhostHookOptions>();
  for (const vhost of options.vhosts.values()) {
    if (!vhost.enabled) continue;
    for (const urls of vhost.urls.values()) {
      for (const url of urls) {
        const name = originOf(url);
        const other = limits.get(name) ?? vhost;
        limits.set(name, {
          ...vhost,
          maxConcurrency: Math.min(vhost.maxConcurrency, other.maxConcurrency),
          breakerFailures: Math.min(vhost.breakerFailures, other.breakerFailures),
          breakerOpenMs: Math.max(vhost.breakerOpenMs, other.breakerOpenMs),
        });
      }
    }
  }
  return limits;
}

function addressKey(vhost: string, event: HookEventName, url: string, index: number): string {
  return `${vhost} ${event} ${index} ${url}`;
}
