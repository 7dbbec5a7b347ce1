/**
 * The keys of the cluster. Those of a vhost have SRS's names and meanings where SRS has the key.
 *
 * @module
 */

import type {
  ClusterHooks,
  ClusterMode,
  OriginBalance,
  PullOptions,
} from "../../stream/admission/options.ts";
import { NETWORKS } from "../types/access_types.ts";
import { CLUSTER_SECRET, FORWARD_TARGETS, ORIGIN_SERVERS } from "../types/cluster_types.ts";
import { PULLS } from "../types/pull_type.ts";
import { HOOK_URLS } from "../types/url_type.ts";
import { duration } from "../types/duration_type.ts";
import { type KeySpec, rootKey, vhostKey } from "./key_spec.ts";
import { choice, OFF, PATH, SWITCH, TEXT } from "../types/value_type.ts";

const NONE: readonly string[] = Object.freeze([]);
const MODES: readonly ClusterMode[] = ["local", "remote"];
const BALANCES: readonly OriginBalance[] = ["hash", "order"];
const ASKED: readonly ClusterHooks[] = ["edge", "origin", "both"];

/** What the hosts of a cluster know of each other. */
export const HOST_CLUSTER_KEYS = Object.freeze({
  trusted: rootKey(
    "cluster.trusted",
    "next",
    NETWORKS,
    NONE,
    "Addresses and networks of edges that are let in without on_connect and asked about as cluster.hooks says",
    { example: '["10.0.0.0/8", "2001:db8::7"]' },
  ),
  secret: rootKey(
    "cluster.secret",
    "next",
    CLUSTER_SECRET,
    "",
    "The same at all hosts: an edge proves in connect that it knows it, and is trusted from any address",
  ),
  relayAllow: rootKey(
    "cluster.relay_allow",
    "next",
    NETWORKS,
    NONE,
    "Addresses that are not of the Internet, or are this host's, from and to which the service and the API may have streams pulled and forwarded",
    { example: '["10.0.0.0/8"]' },
  ),
});

/** A file with the secret. */
export const CLUSTER_SECRET_FILE: KeySpec<string> = rootKey(
  "cluster.secret_file",
  "next",
  PATH,
  "",
  "File with cluster.secret in its only line",
);

/** Where the streams of a vhost come from and go to. */
export const CLUSTER_KEYS = Object.freeze({
  mode: vhostKey(
    "cluster.mode",
    "next",
    choice(MODES),
    "local",
    "remote: an edge; players get the streams of an origin, and what is published here goes there",
  ),
  origins: vhostKey("cluster.origin", "live", ORIGIN_SERVERS, NONE, "Origins of an edge", {
    example: '["10.0.0.1:1935", "10.0.0.2:1935"]',
  }),
  balance: vhostKey(
    "cluster.balance",
    "next",
    choice(BALANCES),
    "hash",
    "hash: all edges ask the same origin for a stream; order: the first that answers",
  ),
  lingerMs: vhostKey(
    "cluster.linger",
    "next",
    duration("s", { minMs: 0, maxMs: 3_600_000 }),
    10_000,
    "How long a stream is pulled on after its last player",
  ),
  vhost: vhostKey(
    "cluster.vhost",
    "next",
    TEXT,
    "",
    "Name of the vhost at the origin, [vhost] being the one here; empty: the same",
  ),
  hooks: vhostKey(
    "cluster.hooks",
    "next",
    choice(ASKED),
    "edge",
    "Where on_publish and on_play are asked: where clients connect, at the origin about trusted edges, or both",
  ),
  tokenTraverse: vhostKey(
    "cluster.token_traverse",
    "next",
    SWITCH,
    OFF,
    "The origin's on_connect decides about each client of this edge, by its parameters and page",
  ),
});

const NO_PULLS: readonly PullOptions[] = Object.freeze([]);

/** Streams of other servers. */
export const PULL_KEY = vhostKey(
  "pull",
  "live",
  PULLS,
  NO_PULLS,
  "Streams that are taken from other servers, by RTMP or as FLV by HTTP: always, or with on_demand while somebody plays them",
  {
    example:
      '[{ url = "rtmp://10.0.0.7/live/cam", app = "live", stream = "cam" }, { url = "https://tv.example.com/news.flv", app = "live", stream = "news", on_demand = true }]',
  },
);

/** Where else streams go. */
export const FORWARD_KEYS = Object.freeze({
  enabled: vhostKey(
    "forward.enabled",
    "live",
    SWITCH,
    OFF,
    "What is published is forwarded to forward.destination",
  ),
  destinations: vhostKey(
    "forward.destination",
    "live",
    FORWARD_TARGETS,
    NONE,
    "Servers that get each stream under its own name, or whole addresses with [vhost], [app] and [stream]",
    { example: '["10.0.0.9:1935", "rtmps://live.example.com/app/[stream]"]' },
  ),
  backend: vhostKey(
    "forward.backend",
    "next",
    HOOK_URLS,
    NONE,
    "Asked after on_publish where to forward a stream to, in place of forward.destination: event on_forward",
    { example: '"http://127.0.0.1:8085/api/v1/forward"' },
  ),
});
