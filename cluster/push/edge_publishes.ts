/**
 * What is published at an edge is pushed to its origin: accepted when the origin accepts, and refused when it refuses.
 * A publisher stays while its origin is away.
 *
 * @module
 */
import { errorStack, type RelayInfo, type Timer } from "../../core/mod.ts";
import type { ServerRefusal } from "../../rtmp/client/mod.ts";
import {
  NAME_TAKEN,
  type OfferedStream,
  type PushedStream,
  type Refusal,
} from "../../stream/admission/mod.ts";
import { checkToken } from "../link/token_check.ts";
import type { ClusterDeps } from "../ports.ts";
import { originPlaces, placeText } from "../pull/pull_route.ts";
import { StreamPush } from "./stream_push.ts";

const RETRY_MS = [100, 200, 400] as const;
const NEXT_RETRY_MS = 500;
/** Those that lost the same origin do not return at the same moment. */
const JITTER = 0.2;
const SWEEP_MS = 1000;

/** The edge publishes of a thread. */
export class EdgePublishes {
  readonly #deps: ClusterDeps;
  readonly #pushes = new Map<StreamPush, OfferedStream>();
  #sweeper: Timer | undefined;

  /** None yet. */
  constructor(deps: ClusterDeps) {
    this.#deps = deps;
  }

  /** All of them. */
  get list(): readonly RelayInfo[] {
    return Array.from(this.#pushes, ([push, { target: { vhost, url: { app, stream } }, source }]) => ({
      ...{ id: source.streamId, kind: "push", streamId: source.streamId, vhost: vhost.name, app, stream },
      address: push.to,
      ...push.progress.shown,
      bytes: push.sentBytes,
    }));
  }

  /** Push the stream to the origin of its vhost; `undefined`: it has none. */
  offer(offered: OfferedStream): PushedStream | Refusal | undefined {
    const { target, source, facts } = offered;
    if (target.vhost.cluster.mode !== "remote") return undefined;
    const loop = this.#deps.identity.loopOf(facts.edge);
    if (loop !== undefined) return { rule: "origin", reason: loop };
    const places = originPlaces(target, target.vhost.cluster, target.url.param);
    if (places.length === 0) return undefined;
    const answered = Promise.withResolvers<Refusal | undefined>();
    let isAccepted = false;
    const push = new StreamPush({
      ...{ places, source, edge: facts.edge, flight: "joined", show: placeText },
      chunkSize: target.vhost.chunkSize,
      retryMs: (failures) =>
        (RETRY_MS[failures - 1] ?? NEXT_RETRY_MS) *
        (1 - JITTER * (this.#deps.environment.random(1)[0] ?? 0) / 255),
      log: (level, message, fields) => offered.log(level, message, fields),
      accepted: () => {
        isAccepted = true;
        answered.resolve(undefined);
      },
      refused: (refusal) => {
        const reason = textOf(refusal);
        const isTaken = refusal.code === "NetStream.Publish.BadName";
        answered.resolve({ rule: isTaken ? NAME_TAKEN : "origin", reason });
        if (isAccepted) offered.lost(isTaken ? "replaced" : "origin", reason);
        return false;
      },
    }, this.#deps);
    this.#run(push, offered);
    const checked = target.vhost.cluster.tokenTraverse ? checkToken(offered, this.#deps) : undefined;
    return {
      answered: checked === undefined
        ? answered.promise
        : checked.then((refusal) => refusal ?? answered.promise),
      begin: () => push.begin(),
      release: () => {
        answered.resolve(undefined);
        push.stop();
      },
    };
  }

  /** End all of them. Resolves when the origins have their last bytes. */
  async stop(): Promise<void> {
    for (const push of this.#pushes.keys()) push.stop();
    await Promise.all(Array.from(this.#pushes.keys(), ({ ended }) => ended));
  }

  #run(push: StreamPush, offered: OfferedStream): void {
    const { clock, log } = this.#deps.media;
    this.#pushes.set(push, offered);
    this.#sweeper ??= clock.setInterval(() => {
      for (const each of this.#pushes.keys()) each.sweep(clock.now());
    }, SWEEP_MS);
    push.run().catch((error) => {
      log.write("error", undefined, "Bug: a push failed in an unexpected way", { error: errorStack(error) });
    }).finally(() => {
      this.#pushes.delete(push);
      if (this.#pushes.size > 0) return;
      this.#sweeper?.clear();
      this.#sweeper = undefined;
    });
  }
}

function textOf({ code, description }: ServerRefusal): string {
  return description === "" ? `The origin refuses: ${code}` : description;
}
