/**
 * Ids of viewers, as their paths have them: made here alone, and known again by another process that has the same key.
 *
 * An id is the number of the thread that made it, 16 random bytes, its expiry, what the viewer's first request had behind `?`, and half an HMAC-SHA256 of these
 * and the stream. Pure.
 *
 * @module
 */
import { isEqual } from "../../core/mod.ts";

/** Chance and HMAC. */
export interface IdEnvironment {
  /** `length` random bytes. */
  random(length: number): Uint8Array;
  /** HMAC-SHA256 of `data`. */
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array;
}

/** What an id says. */
export interface ViewerClaim {
  /** What the first request had, with its `?`; `""` where that was nothing, or too long. */
  readonly param: string;
  /** Seconds since 1970. */
  readonly expiresS: number;
  /** Number of the thread that made it. */
  readonly thread: number;
}

const THREAD_BYTES = 1;
const RANDOM_BYTES = 16;
const EXPIRY_BYTES = 4;
const MAC_BYTES = 16;
/** A longer query is not kept: a path has to stay short. */
const MAX_PARAM_BYTES = 512;
const EXPIRY_AT = THREAD_BYTES + RANDOM_BYTES;
const PARAM_AT = EXPIRY_AT + EXPIRY_BYTES;
const MIN_BYTES = PARAM_AT + MAC_BYTES;
/** Base64url of the least bytes: no id is shorter. */
export const MIN_ID_LENGTH = 50;
/** Base64url of the least to the most bytes. */
const FORM = new RegExp(`^[\\w-]{${MIN_ID_LENGTH},740}$`);
/** An id is of use for a day. */
const LIFETIME_S = 86_400;

/** Whether a part of a path may be an id. */
export function looksLikeViewerId(text: string): boolean {
  return FORM.test(text);
}

/** Makes and checks ids. */
export class ViewerIds {
  readonly #key: Uint8Array;
  readonly #environment: IdEnvironment;
  readonly #thread: number;

  /**
   * Ids of one thread.
   *
   * @param key Secret: with it ids can be made.
   */
  constructor(key: Uint8Array, thread: number, environment: IdEnvironment) {
    this.#key = key;
    this.#thread = thread;
    this.#environment = environment;
  }

  /**
   * A new id for a viewer of the stream of this key.
   *
   * @param param Of its request, with the `?`.
   * @param nowS Seconds since 1970.
   */
  create(streamKey: string, param: string, nowS: number): string {
    const text = new TextEncoder().encode(param);
    const kept = text.length > MAX_PARAM_BYTES ? new Uint8Array() : text;
    const bytes = new Uint8Array(MIN_BYTES + kept.length);
    bytes[0] = this.#thread;
    bytes.set(this.#environment.random(RANDOM_BYTES), THREAD_BYTES);
    new DataView(bytes.buffer).setUint32(EXPIRY_AT, Math.floor(nowS) + LIFETIME_S);
    bytes.set(kept, PARAM_AT);
    const signed = bytes.subarray(0, bytes.length - MAC_BYTES);
    bytes.set(this.#mac(streamKey, signed), signed.length);
    return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  }

  /** What an id says; `undefined` where it was not made here for this stream, or is too old. */
  verify(streamKey: string, id: string, nowS: number): ViewerClaim | undefined {
    const bytes = decode(id);
    if (bytes === undefined || bytes.length < MIN_BYTES) return undefined;
    const signed = bytes.subarray(0, bytes.length - MAC_BYTES);
    if (!isEqual(this.#mac(streamKey, signed), bytes.subarray(signed.length))) return undefined;
    const expiresS = new DataView(bytes.buffer).getUint32(EXPIRY_AT);
    if (expiresS < nowS) return undefined;
    const param = new TextDecoder().decode(signed.subarray(PARAM_AT));
    return { param, expiresS, thread: bytes[0] ?? 0 };
  }

  #mac(streamKey: string, signed: Uint8Array): Uint8Array {
    const key = new TextEncoder().encode(streamKey);
    const data = new Uint8Array(signed.length + key.length);
    data.set(signed);
    data.set(key, signed.length);
    // Hashed under the key, so that comparing it tells a guesser nothing.
    return this.#environment.hmacSha256(this.#key, data).subarray(0, MAC_BYTES);
  }
}

function decode(id: string): Uint8Array<ArrayBuffer> | undefined {
  if (!looksLikeViewerId(id)) return undefined;
  try {
    return Uint8Array.fromBase64(id, { alphabet: "base64url" });
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
