/**
 * The pulls of a thread: each stream once, however many want it.
 *
 * @module
 */
import { errorStack, type PullInfo } from "../../core/mod.ts";
import type {
  ClusterOptions,
  FetchedStream,
  Refusal,
  StreamTarget,
  WantedStream,
} from "../../stream/admission/mod.ts";
import { checkToken } from "../link/token_check.ts";
import type { ClusterDeps } from "../ports.ts";
import { originPlaces, pullPlaceOf } from "./pull_route.ts";
import { StreamPull, type StreamPullOptions } from "./stream_pull.ts";

/** Pulls what is wanted. */
export class Pulls {
  readonly #deps: ClusterDeps;
  readonly #byKey = new Map<string, StreamPull>();
  readonly #named: (key: string) => StreamPullOptions | undefined;
  #stopped = false;

  /**
   * No pull yet.
   *
   * @param named How a stream is pulled that the operator named, when somebody plays it.
   */
  constructor(deps: ClusterDeps, named: (key: string) => StreamPullOptions | undefined) {
    this.#deps = deps;
    this.#named = named;
  }

  /** All that go on, as the API shows them. */
  get list(): readonly PullInfo[] {
    return [...this.#byKey.values()].filter(({ over }) => !over).map(({ info }) => info);
  }

  /** The pull of a stream, if there is one that goes on. */
  get(key: string): StreamPull | undefined {
    const pull = this.#byKey.get(key);
    return pull?.over === false ? pull : undefined;
  }

  /** {@link Pulls.bring}, for a client that the origin accepts where it decides about each. */
  fetch(wanted: WantedStream): FetchedStream | Refusal | undefined {
    const fetched = this.bring(wanted);
    const { mode, tokenTraverse } = wanted.target.vhost.cluster;
    if (fetched === undefined || "rule" in fetched || mode !== "remote" || !tokenTraverse) return fetched;
    const checked = checkToken(wanted, this.#deps);
    return { ...fetched, answered: checked.then((refusal) => refusal ?? fetched.answered) };
  }

  /** Pull the stream from where the operator, the service or its vhost says, unless it is published here. */
  bring(wanted: WantedStream): FetchedStream | Refusal | undefined {
    if (this.#stopped) return undefined;
    const { facts, source } = wanted;
    const running = this.get(source.key);
    const options = running === undefined ? this.#optionsOf(wanted) : undefined;
    if (running === undefined && options === undefined) return undefined;
    const loop = this.#deps.identity.loopOf(facts.edge);
    if (loop !== undefined) return { rule: "origin", reason: loop };
    if (running !== undefined) return running.join(wanted);
    return options === undefined ? undefined : this.open(source.key, options).join(wanted);
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

  /** Vhosts may have other origins now. */
  reroute(): void {
    for (const pull of this.#byKey.values()) pull.reroute();
  }

  /** End all of them, and begin no other. */
  stop(): void {
    this.#stopped = true;
    for (const pull of this.#byKey.values()) pull.stop();
  }

  #optionsOf({ target, facts: { edge }, source, from }: WantedStream): StreamPullOptions | undefined {
    const named = this.#named(source.key);
    if (named !== undefined) return { ...named, edge };
    const { url } = target;
    const now = (): ClusterOptions => clusterOf(target, this.#deps);
    const shared = { target, edge, lingerMs: () => now().lingerMs, isKept: false };
    if (from !== undefined) {
      const place = pullPlaceOf(from, "guarded");
      return place === undefined ? undefined : { ...shared, places: () => [place], by: "service" };
    }
    const places = () => originPlaces(target, now(), url.param);
    return places().length === 0 ? undefined : { ...shared, places, by: "edge" };
  }
}

/** The cluster of a stream's vhost as it is configured now. */
export function clusterOf({ vhost }: StreamTarget, { media }: ClusterDeps): ClusterOptions {
  return (media.options.vhosts.get(vhost.name) ?? vhost).cluster;
}
