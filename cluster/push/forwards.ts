/**
 * Forwards: what is published here, brought to further servers, each target on its own. A target that fails touches
 * neither the publisher nor the others.
 *
 * @module
 */
import {
  type Clock,
  DEFAULT_VHOST,
  type EndReason,
  errorStack,
  type ForwardAnswer,
  type ForwardOrder,
  type RelayInfo,
  type Timer,
} from "../../core/mod.ts";
import { readRtmpAddress } from "../../rtmp/client/mod.ts";
import type { ForwardOptions, LivePublish, PublishWatcher } from "../../stream/admission/mod.ts";
import { AddressRefused } from "../link/address_guard.ts";
import type { PlaceTrust } from "../link/dial.ts";
import type { ClusterDeps } from "../ports.ts";
import { keylessPlaceText, placeOf, type UpstreamPlace } from "../pull/pull_route.ts";
import { StreamPush } from "./stream_push.ts";

/** Targets of one stream. */
const MAX_TARGETS = 64;
const SWEEP_MS = 1000;
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;

/** One target of one publish. */
interface Forward {
  readonly id: string;
  /** As its vhost has it; `undefined` for one that the service or an operator wants. */
  readonly configured: string | undefined;
  readonly place: UpstreamPlace;
  readonly push: StreamPush;
}

/** A publish and its targets. */
interface ForwardedPublish {
  readonly publish: LivePublish;
  readonly forwards: Map<string, Forward>;
}

/** The forwards of a thread. */
export class Forwards implements PublishWatcher {
  readonly #deps: ClusterDeps;
  readonly #publishes = new Map<LivePublish["source"], ForwardedPublish>();
  #sweeper: Timer | undefined;
  #lastNumber = 0;
  #stopped = false;

  /** None yet. */
  constructor(deps: ClusterDeps) {
    this.#deps = deps;
  }

  /** A publish begins: its targets are those of its vhost, and those that the service named. */
  began(publish: LivePublish): void {
    const { source, vhost: { forward }, forward: named } = publish;
    const known = { publish, forwards: new Map<string, Forward>() };
    this.#publishes.set(source, known);
    for (const url of destinationsOf(forward)) this.#addLogged(known, url, "configured");
    for (const url of named) this.#addLogged(known, url, "guarded");
  }

  /** Vhosts may have other destinations now: those that have come begin, and those that are gone end. */
  reroute(): void {
    for (const known of this.#publishes.values()) {
      const { vhost } = known.publish;
      const wanted = destinationsOf((this.#deps.media.options.vhosts.get(vhost.name) ?? vhost).forward);
      const there = new Set<string>();
      for (const { id, configured } of [...known.forwards.values()]) {
        if (configured === undefined) continue;
        there.add(configured);
        if (!wanted.includes(configured)) this.#remove(known, id);
      }
      for (const url of wanted) if (!there.has(url)) this.#addLogged(known, url, "configured");
    }
  }

  /** It is over, and so are its forwards. */
  ended(publish: LivePublish, _reason: EndReason): void {
    const known = this.#publishes.get(publish.source);
    this.#publishes.delete(publish.source);
    for (const { push } of known?.forwards.values() ?? []) push.stop();
    if (this.#publishes.size === 0) this.#rest();
  }

  /** All of them. */
  get list(): readonly RelayInfo[] {
    return Array.from(
      this.#publishes.values(),
      ({ publish, forwards }) => Array.from(forwards.values(), (forward) => infoOf(forward, publish)),
    ).flat();
  }

  /** What an operator wants of a stream; `none` where it is not published on this thread. */
  async obey(order: ForwardOrder): Promise<ForwardAnswer> {
    const known = this.#publishes.values().find(({ publish }) => publish.source.streamId === order.streamId);
    if (known === undefined) return { kind: "none" };
    switch (order.kind) {
      case "list": {
        const forwards = Array.from(known.forwards.values(), (forward) => infoOf(forward, known.publish));
        return { kind: "forwards", forwards };
      }
      case "add": {
        const reason = await this.#reasonAgainst(order.url, known.publish);
        if (reason !== undefined) return { kind: "refused", reason };
        if (this.#publishes.get(known.publish.source) !== known) return { kind: "none" };
        const added = this.#add(known, order.url, "guarded");
        return typeof added === "string"
          ? { kind: "refused", reason: added }
          : { kind: "added", forward: infoOf(added, known.publish) };
      }
      case "remove":
        return this.#remove(known, order.id) ? { kind: "removed" } : { kind: "unknown" };
    }
  }

  /** Why the address must not be connected to, where that is certain by now. */
  async #reasonAgainst(url: string, publish: LivePublish): Promise<string | undefined> {
    const place = targetOf(url, publish, "guarded");
    if (place === undefined) return undefined;
    try {
      await this.#deps.guard.permitted(place.endpoint.hostname);
      return undefined;
    } catch (error) {
      // A name that has no address now may have one later.
      return error instanceof AddressRefused ? error.message : undefined;
    }
  }

  #addLogged(known: ForwardedPublish, url: string, trust: PlaceTrust): void {
    const { publish } = known;
    const error = this.#add(known, url, trust);
    if (typeof error !== "string") return;
    const place = targetOf(url, publish, trust);
    const to = place === undefined ? undefined : keylessPlaceText(place);
    this.#deps.media.log.write("warn", publish.clientId, "Cannot forward", { to, error });
  }

  /** The forward, or why there is none. */
  #add(known: ForwardedPublish, url: string, trust: PlaceTrust): Forward | string {
    const { publish, forwards } = known;
    if (this.#stopped) return "The server is stopping";
    if (forwards.size >= MAX_TARGETS) return `A stream has at most ${MAX_TARGETS} targets`;
    const loop = this.#deps.identity.loopOf(publish.edge);
    if (loop !== undefined) return loop;
    const place = targetOf(url, publish, trust);
    if (place === undefined) return "The target is not an address such as rtmp://host/app/stream";
    const isThere = ({ place: { streamName, tcUrl } }: Forward): boolean =>
      streamName === place.streamName && tcUrl === place.tcUrl;
    if (forwards.values().some(isThere)) return "The stream is brought to this target already";
    const id = `${publish.clientId}-${++this.#lastNumber}`;
    const { media, environment } = this.#deps;
    const push = new StreamPush({
      places: [place],
      source: publish.source,
      chunkSize: publish.vhost.chunkSize,
      edge: publish.edge,
      flight: "stepwise",
      show: keylessPlaceText,
      retryMs: (failures) => {
        const delayMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
        return delayMs * (1 - 0.2 * (environment.random(1)[0] ?? 0) / 255);
      },
      log: (level, message, fields) =>
        media.log.write(level, publish.clientId, message, { ...fields, forward: id }),
      refused: () => true,
      accepted: () => {},
    }, this.#deps);
    const forward = { id, place, push, configured: trust === "configured" ? url : undefined };
    forwards.set(id, forward);
    push.begin();
    push.run().catch((error) => {
      media.log.write("error", publish.clientId, "Bug: a forward failed in an unexpected way", {
        error: errorStack(error),
      });
    });
    this.#sweeper ??= this.#clock.setInterval(() => this.#sweep(), SWEEP_MS);
    return forward;
  }

  #remove({ forwards }: ForwardedPublish, id: string): boolean {
    forwards.get(id)?.push.stop();
    return forwards.delete(id);
  }

  /** End all of them, and begin no other. Resolves when the targets have their last bytes. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const pushes = [...this.#publishes.values()].flatMap(({ forwards }) =>
      Array.from(forwards.values(), ({ push }) => push)
    );
    for (const push of pushes) push.stop();
    this.#rest();
    await Promise.all(pushes.map(({ ended }) => ended));
  }

  get #clock(): Clock {
    return this.#deps.media.clock;
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const { forwards } of this.#publishes.values()) {
      for (const { push } of forwards.values()) push.sweep(now);
    }
  }

  #rest(): void {
    this.#sweeper?.clear();
    this.#sweeper = undefined;
  }
}

function destinationsOf({ enabled, backend, destinations }: ForwardOptions): readonly string[] {
  return enabled && backend.length === 0 ? destinations : [];
}

function infoOf({ id, place, push }: Forward, { source, vhost, app, stream }: LivePublish): RelayInfo {
  return {
    ...{ id, kind: "forward", streamId: source.streamId, vhost: vhost.name, app, stream },
    address: keylessPlaceText(place),
    ...push.progress.shown,
    bytes: push.sentBytes,
  };
}

function targetOf(
  url: string,
  { vhost, app, stream }: LivePublish,
  trust: PlaceTrust,
): UpstreamPlace | undefined {
  const name = vhost.name === DEFAULT_VHOST ? "localhost" : vhost.name;
  const values: Readonly<Record<string, string>> = { "[vhost]": name, "[app]": app, "[stream]": stream };
  // By a function: a text would have `$` mean something, which names may hold.
  const filled = url.replaceAll(/\[(?:vhost|app|stream)\]/g, (variable) => values[variable] ?? variable);
  const address = readRtmpAddress(filled);
  return address === undefined || address.stream === "" || address.app === ""
    ? undefined
    : placeOf(address, "", trust);
}
