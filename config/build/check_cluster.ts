/**
 * What the cluster of a vhost needs beyond single values.
 *
 * @module
 */

import type { ClusterOptions } from "../../stream/admission/options.ts";
import { CLUSTER_KEYS } from "../schema/schema_cluster.ts";
import type { VhostDiagnostics } from "./vhost_diagnostics.ts";

/** Check one vhost's cluster. */
export function checkCluster({ mode, origins }: ClusterOptions, found: VhostDiagnostics): void {
  if (mode === "remote" && origins.length === 0) {
    found.problem(CLUSTER_KEYS.mode, "An edge has no origin", 'set cluster.origin = "host:port"');
  }
  if (mode === "local" && origins.length > 0) {
    found.warning(
      CLUSTER_KEYS.origins,
      'Has no effect: cluster.mode is "local"',
      'set cluster.mode = "remote"',
    );
  }
}
