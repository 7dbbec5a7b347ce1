/**
 * A thread's part in the cluster: what it takes from other servers, and brings to them.
 *
 * @module
 */
import type { RelayInfo } from "../core/mod.ts";
import type { WireEnvironment } from "../rtmp/client/mod.ts";
import type { MediaContext } from "../stream/admission/mod.ts";
import { HostIdentity } from "./identity.ts";
import { AddressGuard, type GuardSystem } from "./link/address_guard.ts";
import { type Dial, systemDial } from "./link/dial.ts";
import { SYSTEM_ADDRESSES } from "./link/guard_system.ts";
import { EdgePublishes } from "./push/edge_publishes.ts";
import { Forwards } from "./push/forwards.ts";
import { NamedPulls, type ThreadShare } from "./pull/named_pulls.ts";

/** What a cluster is made with. */
export interface ClusterParts {
  /** Streams, clients and limits of this thread. */
  readonly media: MediaContext;
  /** Clock, chance and crypto. */
  readonly environment: WireEnvironment;
  /** Opens sockets; the system's when absent. */
  readonly dial?: Dial;
  /** Names and addresses of the host; the system's when absent. */
  readonly addresses?: GuardSystem;
  /** Which thread of how many it is; absent: the only one. */
  readonly share?: ThreadShare;
}

/** The relays of a thread. */
export class Cluster {
  /** What goes to further servers. */
  readonly forwards: Forwards;
  /** What comes from other servers. */
  readonly pulls: NamedPulls;
  readonly #publishes: EdgePublishes;
  readonly #media: MediaContext;
  readonly #guard: AddressGuard;

  /** Relays what is played from here on. */
  constructor(parts: ClusterParts) {
    const { media, environment, addresses = SYSTEM_ADDRESSES, share = { thread: 0, threads: 1 } } = parts;
    const { serverId, version, cluster: { relayAllow } } = media.options;
    const host = {
      ...{ serverId, version },
      get secret() {
        return media.options.cluster.secret;
      },
    };
    const hmac = (key: Uint8Array, data: Uint8Array) => environment.hmacSha256(key, data);
    const identity = new HostIdentity(host, hmac, () => media.clock.wallNow());
    const guard = this.#guard = new AddressGuard(relayAllow, addresses);
    this.#media = media;
    const deps = { media, environment, identity, guard, dial: parts.dial ?? systemDial(media.clock, guard) };
    const named = this.pulls = new NamedPulls(deps, share);
    const publishes = this.#publishes = new EdgePublishes(deps);
    this.forwards = new Forwards(deps);
    media.relays.add({
      fetch: (wanted) => named.fetch(wanted),
      offer: (offered) => publishes.offer(offered),
    });
    media.publishes.add(this.forwards);
    named.configure();
  }

  /** What comes and goes on this thread. */
  get relays(): readonly RelayInfo[] {
    return [...this.pulls.working, ...this.#publishes.list, ...this.forwards.list];
  }

  /** Other options are in force: what is relayed to or from a server that has been left out goes on elsewhere, or ends. */
  reroute(): void {
    this.#guard.allow(this.#media.options.cluster.relayAllow);
    this.pulls.reroute();
    this.forwards.reroute();
  }

  /** Nobody more is accepted: nothing that the operator alone wants may keep the server. */
  leave(): void {
    this.pulls.leave();
  }

  /** End all of it. Resolves when other servers have the last bytes of what was brought to them. */
  async stop(): Promise<void> {
    this.pulls.stop();
    await Promise.all([this.#publishes.stop(), this.forwards.stop()]);
  }
}
