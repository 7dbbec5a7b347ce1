/**
 * The pulls of a thread: each stream once, however many want it.
 *
 * @module
 */
import type { FetchedStream, Refusal, WantedStream } from "../../stream/admission/mod.ts";
import { errorStack } from "../../core/mod.ts";
import type { ClusterDeps } from "../ports.ts";
import { originPlaces } from "./pull_route.ts";
import { StreamPull, type StreamPullOptions } from "./stream_pull.ts";

/** Pulls what players of edges want. */
export class Pulls {
  readonly #deps: ClusterDeps;
  readonly #byKey = new Map<string, StreamPull>();
  #stopped = false;

  /** No pull yet. */
  constructor(deps: ClusterDeps) {
    this.#deps = deps;
  }

  /** Pull the stream from an origin of its vhost, unless it is published here. */
  fetch(wanted: WantedStream): FetchedStream | Refusal | undefined {
    const { target, facts, source } = wanted;
    if (target.vhost.cluster.mode !== "remote" || this.#stopped) return undefined;
    const running = this.#byKey.get(source.key);
    const loop = this.#deps.identity.loopOf(facts.edge);
    if (loop !== undefined) return { rule: "origin", reason: loop };
    if (running !== undefined && !running.over) return running.join(wanted);
    const { url, vhost } = target;
    const places = originPlaces(target, url.param);
    if (places.length === 0) return undefined;
    const { lingerMs } = vhost.cluster;
    return this.open(source.key, { target, places, edge: facts.edge, lingerMs }).join(wanted);
  }

  /** Begin a pull. */
  open(key: string, options: StreamPullOptions): StreamPull {
    const { media } = this.#deps;
    const pull = new StreamPull(options, this.#deps);
    this.#byKey.set(key, pull);
    void media.clients.add(pull.client, () => pull.run()).catch((error) => {
      media.log.write("error", pull.client.clientId, "Bug: a pull failed in an unexpected way", {
        error: errorStack(error),
      });
    }).finally(() => {
      if (this.#byKey.get(key) === pull) this.#byKey.delete(key);
    });
    return pull;
  }

  /** End all of them, and begin no other. */
  stop(): void {
    this.#stopped = true;
    for (const pull of this.#byKey.values()) pull.stop();
  }
}
