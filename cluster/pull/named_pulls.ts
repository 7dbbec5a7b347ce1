/**
 * Pulls that the operator named, in the configuration or by the API: always there, or while somebody plays them.
 *
 * @module
 */
import type { PullAnswer, PullInfo, PullOrder, WantedPull } from "../../core/mod.ts";
import {
  type FetchedStream,
  type Refusal,
  resolveTarget,
  type StreamTarget,
  type WantedStream,
} from "../../stream/admission/mod.ts";
import { sourceKey } from "../../stream/live/mod.ts";
import { AddressRefused } from "../link/address_guard.ts";
import type { ClusterDeps } from "../ports.ts";
import { weightOf } from "./origin_order.ts";
import { placeText, type PullPlace, pullPlaceOf } from "./pull_route.ts";
import { clusterOf, Pulls } from "./pulls.ts";
import type { StreamPullOptions } from "./stream_pull.ts";

/** Pulls that the API may add. */
const MAX_ADDED = 1000;

/** Which thread of how many this is. */
export interface ThreadShare {
  /** From 0. */
  readonly thread: number;
  /** At least 1. */
  readonly threads: number;
}

/** A pull that has a name here. */
interface NamedPull {
  readonly target: StreamTarget;
  readonly place: PullPlace;
  readonly isOnDemand: boolean;
  readonly by: "configuration" | "api";
}

/** The named pulls of a thread, and all others. */
export class NamedPulls {
  /** All pulls of the thread. */
  readonly #pulls: Pulls;
  readonly #deps: ClusterDeps;
  readonly #share: ThreadShare;
  readonly #named = new Map<string, NamedPull>();
  /** What keeps those that are always there. */
  readonly #kept = new Map<string, FetchedStream>();
  #isLeaving = false;
  #stopped = false;

  /** Nothing is pulled yet. */
  constructor(deps: ClusterDeps, share: ThreadShare) {
    this.#deps = deps;
    this.#share = share;
    this.#pulls = new Pulls(deps, (key) => {
      const named = this.#named.get(key);
      return named?.isOnDemand === true ? this.#optionsOf(named) : undefined;
    });
  }

  /** Those of this thread that do something. */
  get working(): readonly PullInfo[] {
    return this.#pulls.list.filter(({ state }) => state !== "idle");
  }

  /** Pull a stream for somebody who plays it; `undefined`: nobody says where it is. */
  fetch(wanted: WantedStream): FetchedStream | Refusal | undefined {
    return this.#pulls.fetch(wanted);
  }

  /** Pull what the configuration names, and nothing else that it named before. */
  configure(): void {
    const wanted = [...this.#deps.media.options.vhosts.values()]
      .flatMap(({ name, pulls, enabled }) => enabled ? pulls.map((pull) => ({ ...pull, vhost: name })) : []);
    const keys = new Set(wanted.map(keyOf));
    for (const [key, { by }] of this.#named) {
      if (by === "configuration" && !keys.has(key)) this.#remove(key);
    }
    for (const pull of wanted) {
      const known = this.#named.get(keyOf(pull));
      const named = namedOf(pull, "configuration", this.#deps);
      if (typeof named === "string") {
        this.#deps.media.log.write("warn", undefined, "Cannot pull", { error: named });
      } else if (known === undefined || !isSame(known, named)) {
        if (known !== undefined) this.#remove(keyOf(pull));
        this.#add(keyOf(pull), named);
      }
    }
  }

  /** The configuration may name other pulls now, and vhosts have other origins. */
  reroute(): void {
    this.configure();
    this.#pulls.reroute();
  }

  /** What the operator wants of the pulls. */
  async obey(order: PullOrder): Promise<PullAnswer> {
    switch (order.kind) {
      case "list":
        return { kind: "pulls", pulls: this.#list() };
      case "add":
        return await this.#obeyAdd(order.pull);
      case "remove":
        return this.#obeyRemove(order.id);
    }
  }

  /** Nobody more comes: what is always there goes on only while somebody plays it, and no other begins by itself. */
  leave(): void {
    this.#isLeaving = true;
    for (const kept of this.#kept.values()) kept.release();
    this.#kept.clear();
  }

  /** End all of them, and begin no other. */
  stop(): void {
    this.#stopped = true;
    this.#pulls.stop();
  }

  #list(): readonly PullInfo[] {
    const running = this.#pulls.list;
    const streams = new Set(running.map(({ streamId }) => streamId));
    const idle = Array.from(this.#named.values(), (named) => this.#infoOf(named))
      .filter(({ streamId, isOnDemand }) => isOnDemand && !streams.has(streamId));
    return [...running, ...idle];
  }

  async #obeyAdd(wanted: WantedPull): Promise<PullAnswer> {
    const { guard, media } = this.#deps;
    const refused = (reason: string): PullAnswer => ({ kind: "refused", reason });
    const named = namedOf(wanted, "api", this.#deps);
    if (typeof named === "string") return refused(named);
    try {
      await guard.permitted(hostOf(named.place));
    } catch (error) {
      // A name that has no address now may have one later.
      if (error instanceof AddressRefused) return refused(error.message);
    }
    const key = keyOf(wanted);
    if (this.#named.has(key)) return refused("The stream is pulled already");
    if (this.#named.size >= MAX_ADDED) return refused(`There are at most ${MAX_ADDED} pulls`);
    if (this.#stopped || this.#isLeaving) return refused("The server stops");
    this.#add(key, named);
    const streamId = media.sources.idOf(key);
    const info = this.#list().find((pull) => pull.streamId === streamId);
    return { kind: "added", pull: info ?? this.#infoOf(named) };
  }

  #obeyRemove(id: string): PullAnswer {
    for (const [key, { by }] of this.#named) {
      if (this.#deps.media.sources.idOf(key) !== id) continue;
      if (by === "configuration") {
        return { kind: "refused", reason: "The pull is part of the configuration: remove it there" };
      }
      this.#remove(key);
      return { kind: "removed" };
    }
    const running = this.#pulls.list.find(({ streamId }) => streamId === id);
    if (running === undefined) return { kind: "unknown" };
    if (running.by === "edge") {
      return { kind: "refused", reason: "The stream is its origin's: it is pulled while somebody plays it" };
    }
    this.#pulls.get(sourceKey(running.vhost, running.app, running.stream))?.stop();
    return { kind: "removed" };
  }

  #add(key: string, named: NamedPull): void {
    this.#named.set(key, named);
    if (named.isOnDemand || this.#isLeaving) return;
    // One of the threads keeps it; where players are does not matter.
    if (weightOf(key) % this.#share.threads !== this.#share.thread) return;
    this.#pulls.get(key)?.stop();
    this.#kept.set(key, this.#pulls.open(key, this.#optionsOf(named)).join({ lost: () => {} }));
  }

  #remove(key: string): void {
    this.#named.delete(key);
    this.#kept.delete(key);
    this.#pulls.get(key)?.stop();
  }

  #optionsOf({ target, place, isOnDemand, by }: NamedPull): StreamPullOptions {
    const lingerMs = (): number => clusterOf(target, this.#deps).lingerMs;
    return { target, places: () => [place], edge: undefined, lingerMs, by, isKept: !isOnDemand };
  }

  #infoOf({ target: { vhost, url }, place, isOnDemand, by }: NamedPull): PullInfo {
    const streamId = this.#deps.media.sources.idOf(sourceKey(vhost.name, url.app, url.stream));
    return {
      ...{ id: streamId, kind: "pull", streamId, address: placeText(place), by, isOnDemand },
      ...{ vhost: vhost.name, app: url.app, stream: url.stream },
      ...{ state: "idle", stateMs: 0, attempts: 0, bytes: 0, kbps: 0, lastError: "" },
    };
  }
}

function keyOf({ vhost, app, stream }: WantedPull): string {
  return sourceKey(vhost, app, stream);
}

function isSame(one: NamedPull, other: NamedPull): boolean {
  return one.by === other.by && one.isOnDemand === other.isOnDemand &&
    JSON.stringify(one.place) === JSON.stringify(other.place);
}

/** The pull, or why there cannot be one. */
function namedOf(
  { vhost, app, stream, url, isOnDemand }: WantedPull,
  by: NamedPull["by"],
  { media: { options } }: ClusterDeps,
): NamedPull | string {
  if (!options.vhosts.has(vhost)) return "There is no such vhost";
  const target = resolveTarget(options, { tcUrl: `rtmp://${vhost}/${app}` }, stream);
  if ("refused" in target) return target.refused.reason;
  const { url: { app: itsApp, stream: itsStream } } = target;
  if (itsApp !== app || itsStream !== stream) return "App and stream must not have parameters";
  const place = pullPlaceOf(url, by === "api" ? "guarded" : "configured");
  if (place === undefined) {
    return "The source is not an address such as rtmp://host/app/stream or http://host/name.flv";
  }
  return { target, place, isOnDemand, by };
}

function hostOf(place: PullPlace): string {
  if (place.kind === "rtmp") return place.endpoint.hostname;
  return new URL(place.url).hostname.replace(/^\[|\]$/g, "");
}
