/**
 * The cluster of a vhost that says nothing of it.
 *
 * @module
 */
import type { ClusterOptions } from "../../../stream/admission/options.ts";

/** No edge. */
export const DEFAULT_CLUSTER: ClusterOptions = {
  mode: "local",
  origins: [],
  balance: "hash",
  lingerMs: 10_000,
  vhost: "",
  hooks: "edge",
  tokenTraverse: false,
};
