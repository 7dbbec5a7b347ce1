/**
 * `on_connect` and `on_close`: once per connection and vhost, so that no vhost's hook can be walked around.
 *
 * @module
 */
import { describeClient, type Peer } from "./peer.ts";
import type { Ending, Lease, Verdict } from "../../core/mod.ts";
import type { ConnectFacts, StreamTarget } from "../../stream/admission/mod.ts";

/** The vhosts that a connection was admitted to. */
export class Admission {
  readonly #peer: Peer;
  readonly #leases = new Map<string, Lease>();

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /**
   * Ask `on_connect` of the target's vhost, unless it was asked already.
   *
   * @returns `undefined` when the client is admitted, else why not.
   */
  async admit(
    facts: ConnectFacts,
    target: StreamTarget,
    signal: AbortSignal,
  ): Promise<Exclude<Verdict, { kind: "allow" }> | undefined> {
    const vhost = target.vhost.name;
    if (this.#leases.has(vhost)) return undefined;
    const peer = this.#peer;
    const verdict = await peer.house.hooks.ask(
      { event: "on_connect", client: describeClient(peer, facts, target) },
      {
        signal,
        counters: () => peer.counters(),
        revoke: ({ reason, description }) => peer.end(reason, description),
      },
    );
    if (verdict.kind !== "allow") return verdict;
    this.#leases.set(vhost, verdict.lease);
    return signal.aborted ? { kind: "aborted" } : undefined;
  }

  /** The connection ended: tell every vhost that admitted it. */
  async end(ending: Ending): Promise<void> {
    const leases = [...this.#leases.values()];
    this.#leases.clear();
    await Promise.all(leases.map((lease) => lease.end(ending)));
  }
}
