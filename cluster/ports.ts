/**
 * What the cluster works with.
 *
 * @module
 */
import type { WireEnvironment } from "../rtmp/client/mod.ts";
import type { MediaContext } from "../stream/admission/mod.ts";
import type { HostIdentity } from "./identity.ts";
import type { AddressGuard } from "./link/address_guard.ts";
import type { Dial } from "./link/dial.ts";

/** Shared by all that connects to other servers. */
export interface ClusterDeps {
  /** Streams, clients and limits of this thread. */
  readonly media: MediaContext;
  /** For the client sessions. */
  readonly environment: WireEnvironment;
  /** What this server says of itself. */
  readonly identity: HostIdentity;
  /** Opens sockets. */
  readonly dial: Dial;
  /** Judges addresses that the operator has not written himself. */
  readonly guard: AddressGuard;
}
