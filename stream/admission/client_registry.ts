/**
 * All clients of a server, whatever their protocol: their ids, what can be seen of them, kicks, the regular check of
 * their deadlines, and the end of all.
 *
 * @module
 */
import {
  type ClientIds,
  type Clock,
  type EndReason,
  errorStack,
  type KickOptions,
  type Log,
  type Member,
  SwapRemoveList,
} from "../../core/mod.ts";
import type { EgressLimit } from "./play/egress_limit.ts";
import {
  addUsage,
  type ClientSnapshot,
  type ClientsSnapshot,
  type ClientTotals,
  NO_USAGE,
  type Usage,
  UsageSum,
} from "../live/mod.ts";

/** How often {@link ClientRegistry.sweep} is to be called, milliseconds. */
export const SWEEP_MS = 1000;
/** Clients between two steps of a snapshot. */
const STEP_CLIENTS = 250;

/** A client of any protocol, as the registry sees it. */
export interface RegisteredClient {
  /** From {@link ClientRegistry.nextId}. */
  readonly clientId: number;
  /** Its traffic so far. */
  usage(): Usage;
  /** What can be seen of it; `undefined` before it was admitted. */
  snapshot(nowMs: number): ClientSnapshot | undefined;
  /** Check its deadlines; called about once a second. */
  sweep(nowMs: number): void;
  /** Whether a vhost for which `isGone` holds is one that it is connected to, or has a stream of. */
  isOfVhost(isGone: (vhost: string) => boolean): boolean;
  /** End it because the operator wants it. */
  kick(options: KickOptions): void;
  /** End it; the first reason counts. */
  end(reason: EndReason, description: string): void;
  /** The vhost whose limits what it is sent counts for; `undefined` before that is known, absent where it never does. */
  readonly servedBy?: string | undefined;
  /**
   * Nobody more is accepted: ask it to connect again, if it takes that and its stream is not here alone. Called about
   * once a second until it is gone; absent where its protocol has no such request.
   */
  requestReconnect?(): void;
}

/** What the registry needs. */
export interface ClientRegistryDeps {
  /** Number clients. */
  readonly clientIds: ClientIds;
  /** Gets the line of a client that failed. */
  readonly log: Log;
  /** Of all deadlines. */
  readonly clock: Clock;
  /** Takes what is sent; absent: nothing limits that. */
  readonly egress?: Pick<EgressLimit, "sent"> | undefined;
}

/** A class, not a literal: V8 takes the literals of a connect storm for long-lived ones, with all that they refer to. */
class Entry implements Member {
  readonly client: RegisteredClient;
  index = -1;
  /** Bytes that count for the limit of what is sent. */
  countedBytes = 0;
  /** It is no longer in the list. */
  isGone = false;
  done: Promise<void> = Promise.resolve();

  constructor(client: RegisteredClient) {
    this.client = client;
  }
}

/** The clients of a server. */
export class ClientRegistry {
  readonly #deps: ClientRegistryDeps;
  readonly #clients = new SwapRemoveList<Entry>();
  #accepted = 0;
  #pastUsage = NO_USAGE;
  #sweptMs: number;
  #skippedSweep = false;
  #draining = false;

  /** No client yet. */
  constructor(deps: ClientRegistryDeps) {
    this.#deps = deps;
    this.#sweptMs = deps.clock.now();
  }

  /** Clients now. */
  get size(): number {
    return this.#clients.size;
  }

  /** Nobody more is accepted, and those that are here stay as long as they like. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Nobody more is accepted: ask those to connect again that take it. */
  startDraining(): void {
    this.#draining = true;
    for (const { client } of this.#clients) client.requestReconnect?.();
  }

  /** The id of a client that is about to be added. */
  nextId(): number {
    return this.#deps.clientIds.next();
  }

  /**
   * Keep a client until it is gone.
   *
   * @param run Serves it; settles when it is gone and its endings are recorded, and rejects only by a bug.
   * @returns Settles when it is no longer registered; never rejects.
   */
  add(client: RegisteredClient, run: () => Promise<void>): Promise<void> {
    const entry = new Entry(client);
    this.#accepted++;
    this.#clients.add(entry);
    return entry.done = this.#serve(entry, run);
  }

  /**
   * Those that are here now, in steps, between which others may have their turn: each client as it is when its step is
   * made, without those that leave before that.
   */
  *snapshot(): Generator<undefined, ClientsSnapshot> {
    const { clock } = this.#deps;
    const connections = this.#clients.size;
    const accepted = this.#accepted;
    const usage = new UsageSum(this.#pastUsage);
    const clients: ClientSnapshot[] = [];
    // The list itself changes from step to step, and a client that leaves moves another one to its place.
    const entries = Array.from(this.#clients);
    for (let from = 0; from < entries.length; from += STEP_CLIENTS) {
      if (from > 0) yield;
      const now = clock.now();
      for (const { client, isGone } of entries.slice(from, from + STEP_CLIENTS)) {
        const snapshot = isGone ? undefined : client.snapshot(now);
        usage.add(snapshot ?? client.usage());
        if (snapshot !== undefined) clients.push(snapshot);
      }
    }
    clients.sort((a, b) => a.clientId - b.clientId);
    return { clients, connections, accepted, usage: usage.sum };
  }

  /** How many there are, and their traffic: what a snapshot says of all of them together, for much less. */
  totals(): ClientTotals {
    const usage = new UsageSum(this.#pastUsage);
    for (const { client } of this.#clients) usage.add(client.usage());
    return { connections: this.#clients.size, accepted: this.#accepted, usage: usage.sum };
  }

  /** End a client, reason `kicked`; `false` when there is none with this id. */
  kick(clientId: number, options: KickOptions = {}): boolean {
    for (const { client } of this.#clients) {
      if (client.clientId !== clientId) continue;
      client.kick(options);
      return true;
    }
    return false;
  }

  /** End those of vhosts that are gone, reason `reload`. */
  endVhosts(isGone: (vhost: string) => boolean): void {
    for (const { client } of [...this.#clients]) {
      if (client.isOfVhost(isGone)) client.end("reload", "This vhost is no longer served");
    }
  }

  /** Check the deadlines of all clients; called every {@link SWEEP_MS}. */
  sweep(): void {
    const now = this.#deps.clock.now();
    // After a stall of this process or its machine, what clients sent meanwhile has not been read yet: skip one sweep,
    // and no more than one.
    this.#skippedSweep = !this.#skippedSweep && now - this.#sweptMs > 2 * SWEEP_MS;
    this.#sweptMs = now;
    if (this.#skippedSweep) return;
    for (const entry of this.#clients) {
      const { client } = entry;
      try {
        client.sweep(now);
        this.#countSent(entry);
        if (this.#draining) client.requestReconnect?.();
      } catch (error) {
        // A bug that shows in one client must not keep the others from being checked.
        this.#logBug(client.clientId, error);
        client.end("protocol", "Internal error");
      }
    }
  }

  /** End all clients, reason `shutdown`. Resolves when all their endings are recorded. */
  async drain(): Promise<void> {
    for (const { client } of this.#clients) client.end("shutdown", "The server is stopping");
    await Promise.all(Array.from(this.#clients, ({ done }) => done));
  }

  /** What has been sent until here counts for no limit. */
  countSentFromHere(): void {
    for (const entry of this.#clients) entry.countedBytes = entry.client.usage().sendBytes;
  }

  async #serve(entry: Entry, run: () => Promise<void>): Promise<void> {
    const { client } = entry;
    try {
      await run();
    } catch (error) {
      this.#logBug(client.clientId, error);
    } finally {
      this.#countSent(entry);
      this.#pastUsage = addUsage(this.#pastUsage, client.usage());
      this.#clients.delete(entry);
      entry.isGone = true;
    }
  }

  #countSent(entry: Entry): void {
    const { egress } = this.#deps;
    if (egress === undefined) return;
    const { servedBy: vhost } = entry.client;
    if (vhost === undefined) return;
    const { sendBytes } = entry.client.usage();
    egress.sent(vhost, sendBytes - entry.countedBytes);
    entry.countedBytes = sendBytes;
  }

  #logBug(clientId: number, error: unknown): void {
    const message = "Bug: a connection failed in an unexpected way";
    this.#deps.log.write("error", clientId, message, { error: errorStack(error) });
  }
}
