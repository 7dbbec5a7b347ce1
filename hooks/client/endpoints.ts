/**
 * The addresses of the operator's service: those that are configured now, and those that are owed something since they
 * were.
 *
 * @module
 */
import type { Clock, HookEventName, Log, RequestEvent } from "../../core/mod.ts";
import { CallHeaders } from "../contract/call_headers.ts";
import type { HooksOptions, VhostHookOptions } from "../options.ts";
import type { OutboxRow } from "../outbox/outbox_row.ts";
import { addressToday, vhostOf } from "../outbox/row_address.ts";
import { type Endpoint, EndpointTable, type RequestPlan, type VhostCalls } from "./endpoint_table.ts";
import { HttpCaller } from "./http_caller.ts";
import { Origin, type OriginOptions } from "./origin.ts";

/** Addresses, and vhosts, that are no longer configured and may be remembered although nothing is known to be owed to them. */
const MAX_FORMER = 1000;

/** Whether a row keeps its address, gets another, or has lost it. */
export type Placement = "same" | "moved" | "gone";

/** Everything callable. Origins, with their queues and breakers, outlive every configuration. */
export class Endpoints {
  readonly #origins = new Map<string, Origin>();
  readonly #callers = new Map<string, HttpCaller>();
  /** No longer configured: endings of sessions that began while they were still go there. By {@link formerKey}. */
  readonly #former = new Map<string, Endpoint>();
  /** Of vhosts that have no hooks any more: what they had last. */
  readonly #last = new Map<string, readonly Endpoint[]>();
  readonly #version: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #table: EndpointTable;

  /** @throws {Error} When a certificate, a secret or an address cannot be used. */
  constructor(options: HooksOptions, clock: Clock, log: Log) {
    this.#version = options.version;
    this.#clock = clock;
    this.#log = log;
    this.#table = this.#build(options);
  }

  /**
   * Other options are in force from here on. Origins keep their calls, their breaker and what waits for them. Former
   * addresses are remembered for sessions that run; of many the oldest are forgotten.
   *
   * @param owed All rows there are: their addresses are not forgotten.
   * @throws {Error} As the constructor: nothing has changed then.
   */
  replace(options: HooksOptions, owed: Iterable<OutboxRow> = []): void {
    const before = this.#table;
    this.#table = this.#build(options, before);
    for (const endpoint of before.all) {
      const { vhost, event, url } = endpoint;
      const key = formerKey(vhost, event, url);
      if (this.#table.find(vhost, event, url) === undefined) this.#former.set(key, endpoint);
      else this.#former.delete(key);
    }
    for (const [vhost, endpoints] of Map.groupBy(before.all, ({ vhost }) => vhost)) {
      if (this.#table.callsOf(vhost) === undefined) this.#last.set(vhost, endpoints);
    }
    this.#forgetOldest(owed);
    this.#closeUnused();
  }

  /** The addresses of a request; `undefined` when none is configured for it or for what follows it. */
  plan(vhost: string, event: RequestEvent): RequestPlan | undefined {
    return this.#table.plan(vhost, event);
  }

  /**
   * Give a row of an earlier process, or of an earlier configuration, an address that is configured now: its own, else
   * the one that its vhost and event have at the same position.
   *
   * @returns `gone` where there is none; the row is unchanged then.
   */
  place(row: OutboxRow): Placement {
    const url = addressToday(this.#table.urls(vhostOf(row.facts), row.event), row);
    if (url === undefined) return "gone";
    if (url === row.url) return "same";
    row.url = url;
    return "moved";
  }

  /**
   * The address of a row. One that is no longer configured is called with what its vhost has for calls now, such as its
   * secrets; where the vhost has no hooks any more, with what it had.
   *
   * @throws {Error} When it has never been configured, or was forgotten: {@link Endpoints.place} was not called.
   */
  ofRow(row: OutboxRow): Endpoint {
    const endpoint = this.#find(row);
    if (endpoint === undefined) throw new Error(`Outbox row ${row.id} has an address that is not configured`);
    return endpoint;
  }

  /** Whether {@link Endpoints.ofRow} has one. */
  knows(row: OutboxRow): boolean {
    return this.#find(row) !== undefined;
  }

  /** The addresses of an event. */
  addressesOf(vhost: string, event: HookEventName): readonly Endpoint[] {
    return this.#table.addressesOf(vhost, event);
  }

  /**
   * The addresses to which an event is owed that began while its vhost had hooks; where the vhost has none any more, those
   * that it had last.
   */
  owedAddressesOf(vhost: string, event: HookEventName): readonly Endpoint[] {
    if (this.#table.callsOf(vhost) !== undefined) return this.addressesOf(vhost, event);
    return this.#last.get(vhost)?.filter((endpoint) => endpoint.event === event) ?? [];
  }

  /** Whether any vhost has hooks. */
  get configured(): boolean {
    return this.#table.all.length > 0;
  }

  /** Every address that is configured. */
  all(): Iterable<Endpoint> {
    return this.#table.all;
  }

  /** Every origin. */
  origins(): Iterable<Origin> {
    return this.#origins.values();
  }

  /** Close all connections. */
  close(): void {
    for (const caller of this.#callers.values()) caller.close();
  }

  #build(options: HooksOptions, before?: EndpointTable): EndpointTable {
    const settings = new Map<Origin, OriginOptions>();
    try {
      const table = new EndpointTable(options, {
        ...(before === undefined ? {} : { before }),
        origin: (name, limits) => {
          const origin = this.#originFor(name, limits);
          settings.set(origin, limits);
          return origin;
        },
        calls: (vhost) => this.#makeCalls(vhost),
      });
      for (const [origin, limits] of settings) origin.options = limits;
      return table;
    } catch (error) {
      if (before === undefined) this.close();
      else this.#closeUnused();
      throw error;
    }
  }

  #find(row: OutboxRow): Endpoint | undefined {
    const vhost = vhostOf(row.facts);
    const known = this.#table.find(vhost, row.event, row.url);
    if (known !== undefined) return known;
    const former = this.#former.get(keyOfRow(row));
    const calls = this.#table.callsOf(vhost);
    return former === undefined || calls === undefined ? former : { ...former, calls };
  }

  /** A service that has its addresses changed all the time must not fill the memory. */
  #forgetOldest(owed: Iterable<OutboxRow>): void {
    dropOldest(this.#last, new Set());
    if (this.#former.size > MAX_FORMER) dropOldest(this.#former, new Set(Array.from(owed, keyOfRow)));
  }

  #originFor(name: string, limits: OriginOptions): Origin {
    let origin = this.#origins.get(name);
    if (origin === undefined) {
      origin = new Origin(name, limits, this.#clock, this.#log);
      this.#origins.set(name, origin);
    }
    return origin;
  }

  #makeCalls(options: VhostHookOptions): VhostCalls {
    const headers = new CallHeaders(options, this.#version);
    // Vhosts with the same certificates and proxy share their connections.
    const key = callerKey(options);
    let caller = this.#callers.get(key);
    if (caller === undefined) {
      caller = new HttpCaller(options, this.#clock);
      this.#callers.set(key, caller);
    }
    return { options, caller, headers };
  }

  /** Callers that no address needs go when their calls are over. */
  #closeUnused(): void {
    const used = new Set([...this.#table.all, ...this.#former.values()].map(({ calls }) => calls.caller));
    for (const [key, caller] of this.#callers) {
      if (used.has(caller)) continue;
      this.#callers.delete(key);
      caller.retire();
    }
  }
}

function callerKey({ caCert, clientCert, clientKey, proxy }: VhostHookOptions): string {
  return JSON.stringify([caCert, clientCert, clientKey, proxy]);
}

function formerKey(vhost: string, event: HookEventName, url: string): string {
  return `${vhost} ${event} ${url}`;
}

function keyOfRow({ facts, event, url }: OutboxRow): string {
  return formerKey(vhostOf(facts), event, url);
}

/** Down to {@link MAX_FORMER}, but for those that are `kept`. */
function dropOldest(former: Map<string, unknown>, kept: ReadonlySet<string>): void {
  for (const key of former.keys()) {
    if (former.size <= MAX_FORMER) return;
    if (!kept.has(key)) former.delete(key);
  }
}
