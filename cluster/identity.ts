/**
 * What hosts of a cluster say of themselves in `connect`: the second object, as SRS sends it, with the servers that
 * the stream has passed, and for origins a proof of the cluster's secret.
 *
 * @module
 */
import { type EdgeFacts, type Hmac, proveEdge } from "../stream/admission/mod.ts";
import type { PlaceTrust } from "./link/dial.ts";

/** More servers than this in a row are a mistake. */
const MAX_PATH = 4;

/** Who this server is. */
export interface IdentityFacts {
  /** As it names itself. */
  readonly serverId: string;
  /** Of this program. */
  readonly version: string;
  /** Of the cluster, `""`: none. */
  readonly secret: string;
}

/** Makes identities. */
export class HostIdentity {
  readonly #server: IdentityFacts;
  readonly #hmac: Hmac;
  readonly #unixMs: () => number;

  /** @param unixMs Wall time: other hosts compare it with theirs. */
  constructor(server: IdentityFacts, hmac: Hmac, unixMs: () => number) {
    this.#server = server;
    this.#hmac = hmac;
    this.#unixMs = unixMs;
  }

  /** How this server names itself. */
  get serverId(): string {
    return this.#server.serverId;
  }

  /**
   * Why a stream must not be taken from, or brought to, another server for this client: it has been here already, or
   * at too many servers.
   *
   * @param edge The client, where it is a server itself.
   */
  loopOf(edge: EdgeFacts | undefined): string | undefined {
    const path = edge?.path ?? [];
    const isLoop = path.includes(this.serverId);
    if (!isLoop && path.length < MAX_PATH) return undefined;
    return `${isLoop ? "loop" : `more than ${MAX_PATH} servers`}: ${[...path, this.serverId].join(", ")}`;
  }

  /** Of this program. */
  get version(): string {
    return this.#server.version;
  }

  /**
   * The second object of a `connect` on behalf of this client.
   *
   * @param place A server of the cluster gets the proof, which lets its owner in wherever the secret is known: another
   * one, such as a platform, must not have it.
   */
  members(
    { tcUrl, trust }: { readonly tcUrl: string; readonly trust: PlaceTrust },
    edge: EdgeFacts | undefined,
  ): Readonly<Record<string, string | number>> {
    const { serverId, version, secret } = this.#server;
    const path = [...edge?.path ?? [], serverId].join(",");
    const base = {
      srs_sig: "SRS",
      srs_server: `SRS/${version}`,
      srs_version: version,
      srs_pid: Deno.pid,
      srs_id: serverId,
      srs_path: path,
    };
    if (secret === "" || trust !== "cluster") return base;
    const time = Math.floor(this.#unixMs() / 1000);
    return { ...base, srs_time: time, srs_proof: proveEdge(secret, { time, serverId, tcUrl }, this.#hmac) };
  }
}
