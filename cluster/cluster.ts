/**
 * A thread's part in the cluster: what it takes from other servers, and brings to them.
 *
 * @module
 */
import type { WireEnvironment } from "../rtmp/client/mod.ts";
import type { MediaContext } from "../stream/admission/mod.ts";
import { HostIdentity } from "./identity.ts";
import { type Dial, systemDial } from "./link/dial.ts";
import { EdgePublishes } from "./push/edge_publishes.ts";
import { Forwards } from "./push/forwards.ts";
import { Pulls } from "./pull/pulls.ts";

/** What a cluster is made with. */
export interface ClusterParts {
  /** Streams, clients and limits of this thread. */
  readonly media: MediaContext;
  /** Clock, chance and crypto. */
  readonly environment: WireEnvironment;
  /** Opens sockets; the system's when absent. */
  readonly dial?: Dial;
}

/** The relays of a thread. */
export class Cluster {
  /** What goes to further servers. */
  readonly forwards: Forwards;
  readonly #pulls: Pulls;
  readonly #publishes: EdgePublishes;

  /** Relays what is played from here on. */
  constructor({ media, environment, dial = systemDial(media.clock) }: ClusterParts) {
    const { serverId, version, cluster: { secret } } = media.options;
    const host = { serverId, version, secret };
    const hmac = (key: Uint8Array, data: Uint8Array) => environment.hmacSha256(key, data);
    const identity = new HostIdentity(host, hmac, () => media.clock.wallNow());
    const deps = { media, environment, identity, dial };
    const pulls = this.#pulls = new Pulls(deps);
    const publishes = this.#publishes = new EdgePublishes(deps);
    this.forwards = new Forwards(deps);
    media.relays.add({
      fetch: (wanted) => pulls.fetch(wanted),
      offer: (offered) => publishes.offer(offered),
    });
    media.publishes.add(this.forwards);
  }

  /** End all of it. Resolves when other servers have the last bytes of what was brought to them. */
  async stop(): Promise<void> {
    this.#pulls.stop();
    await Promise.all([this.#publishes.stop(), this.forwards.stop()]);
  }
}
