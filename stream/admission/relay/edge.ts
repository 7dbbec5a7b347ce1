/**
 * Clients that are servers themselves: edges of a cluster, and what they prove.
 *
 * @module
 */
import { AddressRanges } from "../../../core/mod.ts";
import type { HostClusterOptions } from "../options.ts";
import type { Refusal } from "../refusal.ts";

/** A proof is good for this long, either way: clocks of hosts differ. Seconds. */
const PROOF_LIFE_S = 300;
/** What is kept of a path. */
const MAX_PATH_TEXT = 256;

/** What a server says of itself in `connect`. */
export interface EdgeClaim {
  /** As it names itself; `""` when it does not. */
  readonly serverId: string;
  /** Servers that the stream has passed, separated by commas. */
  readonly path: string;
  /** When the proof was made, Unix seconds; 0 without one. */
  readonly time: number;
  /** That it knows the secret, `""` without one. */
  readonly proof: string;
}

/** A client that is a server itself. */
export interface EdgeFacts {
  /** As it names itself; `""` when it does not. */
  readonly serverId: string;
  /** Servers that the stream has passed, newest last. */
  readonly path: readonly string[];
  /** Its address is trusted, or it knows the secret. */
  readonly isTrusted: boolean;
}

/** What a proof is about. */
export interface EdgeProof {
  /** Unix seconds. */
  readonly time: number;
  /** Of the edge. */
  readonly serverId: string;
  /** Where it connects to. */
  readonly tcUrl: string;
}

/** HMAC-SHA256 of the data. */
export type Hmac = (key: Uint8Array, data: Uint8Array) => Uint8Array;

/** Why a stream must not come here from another server: it has been here before. */
export function loopOf(edge: EdgeFacts | undefined, serverId: string): Refusal | undefined {
  if (edge === undefined || serverId === "" || !edge.path.includes(serverId)) return undefined;
  return { rule: "origin", reason: `loop: ${[...edge.path, serverId].join(", ")}` };
}

/** The proof in hexadecimal digits. */
export function proveEdge(secret: string, { time, serverId, tcUrl }: EdgeProof, hmac: Hmac): string {
  const encoder = new TextEncoder();
  const bytes = hmac(encoder.encode(secret), encoder.encode(`srs-edge\n${time}\n${serverId}\n${tcUrl}`));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Where an edge connects from and to. */
export interface EdgePlace {
  /** Canonical address. */
  readonly ip: string;
  /** As it sent it. */
  readonly tcUrl: string;
}

/**
 * Judge what a server says of itself.
 *
 * @param unixMs Wall time.
 */
export function judgeEdge(
  claim: EdgeClaim,
  place: EdgePlace,
  options: HostClusterOptions,
  { unixMs, hmac }: { readonly unixMs: number; readonly hmac: Hmac },
): EdgeFacts {
  const path = claim.path === "" ? [] : claim.path.slice(0, MAX_PATH_TEXT).split(",");
  const isTrusted = new AddressRanges(options.trusted).has(place.ip) ||
    knowsSecret(claim, place, options, unixMs, hmac);
  return { serverId: claim.serverId, path, isTrusted };
}

/**
 * Why the proof of an edge that is not trusted is not one here, for the operator; `undefined` where it has sent none.
 *
 * @param unixMs Wall time.
 */
export function edgeProofFault(
  { time, proof }: EdgeClaim,
  { secret }: HostClusterOptions,
  unixMs: number,
): string | undefined {
  if (proof === "") return undefined;
  if (secret === "") return "it proves a secret, and cluster.secret is not set here";
  const aheadS = Math.round(time - unixMs / 1000);
  return isFresh(time, unixMs)
    ? "its secret is not that of cluster.secret here, or a proxy changed the address that it asked for"
    : `its clock is ${Math.abs(aheadS)} s ${aheadS > 0 ? "ahead of" : "behind"} this one: at most ` +
      `${PROOF_LIFE_S} s are allowed, have both hosts follow a time server`;
}

function isFresh(time: number, unixMs: number): boolean {
  return Math.abs(unixMs / 1000 - time) <= PROOF_LIFE_S;
}

function knowsSecret(
  { serverId, time, proof }: EdgeClaim,
  { tcUrl }: EdgePlace,
  { secret }: HostClusterOptions,
  unixMs: number,
  hmac: Hmac,
): boolean {
  if (secret === "" || proof === "" || !isFresh(time, unixMs)) return false;
  const expected = proveEdge(secret, { time, serverId, tcUrl }, hmac);
  if (expected.length !== proof.length) return false;
  let differences = 0;
  for (let i = 0; i < proof.length; i++) differences |= expected.charCodeAt(i) ^ proof.charCodeAt(i);
  return differences === 0;
}
