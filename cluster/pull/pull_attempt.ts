/**
 * One connection of a pull: from its opening to its end, with the publishes here that its media makes.
 *
 * @module
 */
import { errorMessage } from "../../core/mod.ts";
import type { Refusal, WantedStream } from "../../stream/admission/mod.ts";
import { AddressRefused } from "../link/address_guard.ts";
import type { RelayProgress } from "../link/relay_progress.ts";
import type { ClusterDeps } from "../ports.ts";
import { placeText, type PullPlace } from "./pull_route.ts";
import { PulledPublish, type PulledStream } from "./pulled_publish.ts";

/** How a connection ended. */
export type PullOutcome =
  /** `misfit`: again, step by step; `yielded`: the stream is published here. */
  | { readonly kind: "lost" | "misfit" | "yielded" }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly redirect?: string };

/** What all connections of a pull share. */
export interface PullParts extends PulledStream {
  /** The client for which it is pulled, where that is a server. */
  readonly edge: WantedStream["facts"]["edge"];
  /** Aborted when the pull is over. */
  readonly signal: AbortSignal;
  /** How it goes. */
  readonly progress: RelayProgress;
  /** The other server has accepted the play. */
  started(): void;
  /** It has failed, or refused, with this text. */
  failed(error: string): void;
}

/** One connection; the protocol is that of a class below this one. */
export abstract class PullAttempt<Place extends PullPlace = PullPlace> {
  /** What all connections share. */
  protected readonly parts: PullParts;
  /** What the cluster works with. */
  protected readonly deps: ClusterDeps;
  /** Where the stream is. */
  protected readonly place: Place;
  /** What it publishes here. */
  protected readonly publish: PulledPublish;
  #outcome: PullOutcome | undefined;

  /** Nothing is done before {@link PullAttempt.run}. */
  constructor(parts: PullParts, deps: ClusterDeps, place: Place) {
    this.parts = parts;
    this.deps = deps;
    this.place = place;
    this.publish = new PulledPublish(parts, deps.media);
  }

  /** Since when media has come, monotonic milliseconds; `undefined`: none has. */
  get mediaSinceMs(): number | undefined {
    return this.publish.mediaSinceMs;
  }

  /** End it with this outcome; the first one counts. */
  finish(outcome: PullOutcome): void {
    this.#outcome ??= outcome;
    this.close();
  }

  /** Work until the connection ends. Never rejects but by a bug. */
  async run(): Promise<PullOutcome> {
    const { client, progress, signal } = this.parts;
    client.from = placeText(this.place);
    progress.connecting();
    const finish = (): void => this.finish({ kind: "lost" });
    signal.addEventListener("abort", finish, { once: true });
    if (signal.aborted) finish();
    try {
      if (!this.over) await this.connect();
      if (!this.over) this.#fail("It closed the connection");
    } catch (error) {
      if (error instanceof AddressRefused) this.#refuseAddress(error.message);
      else this.#fail(this.explain(error));
    } finally {
      signal.removeEventListener("abort", finish);
      await this.publish.end({ isGone: !signal.aborted });
      client.unlink();
    }
    return this.#outcome ?? { kind: "lost" };
  }

  /** Connect, and take what comes until it ends; rejects where the connection fails. */
  protected abstract connect(): Promise<void>;

  /** Close the connection, if there is one. */
  protected abstract close(): void;

  /** What ended the connection, for the log and the API. */
  protected explain(error: unknown): string {
    return errorMessage(error);
  }

  /** It has an outcome. */
  protected get over(): boolean {
    return this.#outcome !== undefined;
  }

  /** The other server has accepted the play. */
  protected started(): void {
    const { client, started } = this.parts;
    client.log("trace", "Pull started", { from: client.from, ip: client.ip });
    started();
  }

  /** Media comes: it is published, unless the stream is somebody else's, or is not permitted here. */
  protected async beginPublish(): Promise<boolean> {
    if (this.publish.live) return true;
    const start = await this.publish.begin(() => this.over);
    switch (start.kind) {
      case "begun":
        this.parts.progress.set("live");
        return true;
      case "taken":
        this.finish({ kind: "yielded" });
        return false;
      case "denied":
        this.#fail(start.reason);
        return false;
      default:
        return start satisfies never;
    }
  }

  /** The other server refuses. */
  protected refuse(reason: string, redirect?: string): void {
    if (redirect === undefined) this.parts.failed(reason);
    const refusal = { rule: "origin", reason };
    this.finish({ kind: "refused", refusal, ...(redirect === undefined ? {} : { redirect }) });
  }

  /** The log has the address; players learn that it is refused. */
  #refuseAddress(reason: string): void {
    if (this.over) return;
    this.parts.failed(reason);
    this.finish({
      kind: "refused",
      refusal: { rule: "origin", reason: "The stream must not be pulled from there" },
    });
  }

  #fail(error: string): void {
    if (this.over) return;
    this.finish({ kind: "lost" });
    this.parts.failed(error);
  }
}
