/**
 * `on_connect` and `on_close`: once per client and vhost, so that no vhost's hook can be bypassed.
 *
 * @module
 */
import type { AdmissionContext } from "./admission_context.ts";
import { hookRequest, hookRequestContext } from "./hook_request.ts";
import type { SessionClient } from "./session_client.ts";
import type { ConnectFacts, StreamTarget } from "./stream_target.ts";
import type { Ending, Lease, Verdict } from "../../core/mod.ts";

/** A vhost that admitted a client, and how it was asked. */
interface Admitted {
  readonly lease: Lease;
  readonly facts: ConnectFacts;
  readonly target: StreamTarget;
}

const NOWHERE: readonly Admitted[] = Object.freeze([]);

/** The vhosts that a client was admitted to. */
export class ConnectAdmission {
  readonly #client: SessionClient;
  readonly #context: Pick<AdmissionContext, "hooks" | "reports">;
  /** Mostly one, so not a `Map`: each client has this. */
  #admitted: readonly Admitted[] = NOWHERE;

  /** Admitted to no vhost yet. */
  constructor(client: SessionClient, context: Pick<AdmissionContext, "hooks" | "reports">) {
    this.#client = client;
    this.#context = context;
  }

  /** Whether {@link ConnectAdmission.admit} has to ask: that vhost has not admitted the client yet. */
  wouldAsk({ edge }: ConnectFacts, { vhost }: StreamTarget): boolean {
    // A trusted edge has its clients asked about, not itself.
    return edge?.isTrusted !== true && !this.#admitted.some(({ target }) => target.vhost.name === vhost.name);
  }

  /**
   * Request `on_connect` of the target's vhost, unless that vhost has admitted the client already.
   *
   * @returns `undefined` when the client is admitted, else why not.
   */
  async admit(
    facts: ConnectFacts,
    target: StreamTarget,
    signal: AbortSignal,
  ): Promise<Exclude<Verdict, { kind: "allow" }> | undefined> {
    if (!this.wouldAsk(facts, target)) return undefined;
    const client = this.#client;
    const request = hookRequest("on_connect", client, facts, target);
    const verdict = await this.#context.hooks.request(request, hookRequestContext(client, signal));
    if (verdict.kind !== "allow") return verdict;
    // By `concat`, because a spread leaves room for 16 more.
    this.#admitted = this.#admitted.concat({ lease: verdict.lease, facts, target });
    this.#context.reports.connected(client, facts, target);
    return signal.aborted ? { kind: "aborted" } : undefined;
  }

  /** The client is gone: end its session in every vhost that admitted it. */
  async end(ending: Ending): Promise<void> {
    const all = this.#admitted;
    if (all.length === 0) return;
    this.#admitted = NOWHERE;
    for (const { facts, target } of all) {
      this.#context.reports.closed(this.#client, facts, target, ending);
    }
    const [first] = all;
    // Mostly the only one: a list of promises costs more than all else here.
    if (all.length > 1) await Promise.all(all.map(({ lease }) => lease.end(ending)));
    else await first?.lease.end(ending);
  }
}
