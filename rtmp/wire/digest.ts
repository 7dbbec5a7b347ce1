/**
 * The digest form of the handshake: 32 bytes of HMAC-SHA256 somewhere in C1 and S1, by keys that everybody knows.
 * Not in RTMP 1.0; Flash Player 9 began it, and H.264 players still insist on it. Pure.
 *
 * @module
 */
import type { WireEnvironment } from "./environment.ts";
import { PACKET_BYTES } from "./handshake.ts";

/** Bytes of a digest. */
export const DIGEST_BYTES = 32;

/**
 * Where the digest is: in the second (0) or the first (1) of the two blocks of 764 bytes after the time and
 * version. The other block held a public key for encryption, which nobody reads here.
 */
export type DigestSchema = 0 | 1;

/** Both schemas, in the order in which they are tried: clients of today use 1. */
export const DIGEST_SCHEMAS: readonly DigestSchema[] = [1, 0];

const BLOCK_BYTES = 764;
const FIRST_BLOCK = 8;
/** The block's first four bytes, added up, say where in the rest the digest begins. */
const OFFSET_BYTES = 4;

const SHARED_KEY_END = Uint8Array.of(
  ...[0xf0, 0xee, 0xc2, 0x4a, 0x80, 0x68, 0xbe, 0xe8, 0x2e, 0x00, 0xd0, 0xd1, 0x02, 0x9e, 0x7e, 0x57],
  ...[0x6e, 0xec, 0x5d, 0x2d, 0x29, 0x80, 0x6f, 0xab, 0x93, 0xb8, 0xe6, 0x36, 0xcf, 0xeb, 0x31, 0xae],
);

/** Signs C1. */
export const CLIENT_KEY: Uint8Array = new TextEncoder().encode("Genuine Adobe Flash Player 001");
/** Signs S1. */
export const SERVER_KEY: Uint8Array = new TextEncoder().encode(
  "Genuine Adobe Flash Media Server 001",
);
/** Signs C2. */
export const CLIENT_KEY_LONG: Uint8Array<ArrayBuffer> = Uint8Array.of(...CLIENT_KEY, ...SHARED_KEY_END);
/** Signs S2. */
export const SERVER_KEY_LONG: Uint8Array<ArrayBuffer> = Uint8Array.of(...SERVER_KEY, ...SHARED_KEY_END);

/** Where the digest of a C1 or S1 begins, 12 to 1,503. */
export function digestOffset(packet: Uint8Array, schema: DigestSchema): number {
  const block = FIRST_BLOCK + (schema === 1 ? 0 : BLOCK_BYTES);
  let sum = 0;
  for (const byte of packet.subarray(block, block + OFFSET_BYTES)) sum += byte;
  return block + OFFSET_BYTES + sum % (BLOCK_BYTES - OFFSET_BYTES - DIGEST_BYTES);
}

/** The digest in a C1 or S1 and its schema, or `undefined` when it is not signed with `key`. */
export function findDigest(
  packet: Uint8Array,
  key: Uint8Array,
  environment: WireEnvironment,
): { readonly schema: DigestSchema; readonly digest: Uint8Array } | undefined {
  for (const schema of DIGEST_SCHEMAS) {
    const offset = digestOffset(packet, schema);
    const digest = packet.subarray(offset, offset + DIGEST_BYTES);
    // The keys are public: there is no secret that the time of this could tell.
    if (isEqual(digest, packetDigest(packet, offset, key, environment))) return { schema, digest };
  }
  return undefined;
}

/** Sign a C1 or S1 in place; its digest. */
export function signPacket(
  packet: Uint8Array,
  schema: DigestSchema,
  key: Uint8Array,
  environment: WireEnvironment,
): Uint8Array {
  const offset = digestOffset(packet, schema);
  const digest = packetDigest(packet, offset, key, environment);
  packet.set(digest, offset);
  return digest;
}

/** Sign a C2 or S2 in place: its last 32 bytes answer the digest of the packet that it responds to. */
export function signResponse(
  response: Uint8Array,
  answeredDigest: Uint8Array,
  longKey: Uint8Array,
  environment: WireEnvironment,
): void {
  const end = PACKET_BYTES - DIGEST_BYTES;
  const key = environment.hmacSha256(longKey, answeredDigest);
  response.set(environment.hmacSha256(key, response.subarray(0, end)), end);
}

/** The HMAC of all of a packet but the digest itself. */
function packetDigest(
  packet: Uint8Array,
  offset: number,
  key: Uint8Array,
  environment: WireEnvironment,
): Uint8Array {
  const signed = new Uint8Array(PACKET_BYTES - DIGEST_BYTES);
  signed.set(packet.subarray(0, offset));
  signed.set(packet.subarray(offset + DIGEST_BYTES), offset);
  return environment.hmacSha256(key, signed);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
