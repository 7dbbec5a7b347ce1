/**
 * Identifiers that are never used twice: of processes, sessions and events.
 *
 * @module
 */
import { base36, type HookEventName } from "../../core/mod.ts";

/** Fills an array with random bytes and returns it, as `crypto.getRandomValues` does. */
export type RandomBytes = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;

/** Crockford's base 32: texts sort as their numbers do, and no letter looks like a digit. */
const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SERVICE_ID_LENGTH = 8;
const ULID_LENGTH = 26;
const TIME_CHARS = 10;
const RANDOM_BYTES = 10;
const POSITION = /-on_[a-z_]+-(\d{1,9})(?:-\d+)?$/;
/** Random bytes are fetched in blocks: a call for each id would cost more than the id. */
const BLOCK_BYTES = 4096;

/** 8 random characters: a process, new at each start. */
export function newServiceId(random: RandomBytes): string {
  return base36(random(new Uint8Array(SERVICE_ID_LENGTH)));
}

/**
 * The id of one event at one address: the same on every attempt, replay and after a restart.
 *
 * @param index Position of the address among the event's addresses.
 * @param serial Distinguishes several events of that name in one session.
 */
export function webhookId(sessionId: string, event: HookEventName, index: number, serial?: number): string {
  const id = `${sessionId}-${event}-${index}`;
  return serial === undefined ? id : `${id}-${serial}`;
}

/** The position of the event's address in the configuration, as {@link webhookId} received it; 0 where the id has none. */
export function positionOf(id: string): number {
  return Number(POSITION.exec(id)?.[1] ?? 0);
}

/** Makes session ids (ULIDs: 48 bits of time, 80 random bits) and trace contexts. */
export class IdSource {
  readonly #random: RandomBytes;
  readonly #block = new Uint8Array(BLOCK_BYTES);
  #used = BLOCK_BYTES;

  /** @param random Cryptographically secure source. */
  constructor(random: RandomBytes) {
    this.#random = random;
  }

  /** A new session id; ids sort by their milliseconds. */
  sessionId(nowMs: number): string {
    let time = "";
    for (let rest = nowMs, i = 0; i < TIME_CHARS; i++, rest = Math.floor(rest / 32)) {
      time = BASE32.charAt(rest % 32) + time;
    }
    let tail = "";
    const at = this.#take(RANDOM_BYTES);
    // 5 bytes are 8 characters.
    for (let i = at; i < at + RANDOM_BYTES; i += 5) {
      const high = this.#byte(i) * 0x100 + this.#byte(i + 1);
      const low = this.#byte(i + 2) * 0x10000 + this.#byte(i + 3) * 0x100 + this.#byte(i + 4);
      // 40 bits as two numbers of 20, each exact in 32-bit arithmetic.
      tail += base32((high << 4) | (low >>> 20)) + base32(low & 0xfffff);
    }
    return time + tail;
  }

  /**
   * A `traceparent` whose trace id is the session's own 128 bits, so that all calls of a session are one trace.
   *
   * @param sessionId Made by {@link IdSource.sessionId}.
   */
  traceparent(sessionId: string): string {
    const at = this.#take(8);
    return `00-${traceId(sessionId)}-${this.#hex(at, 4)}${this.#hex(at + 4, 4)}-01`;
  }

  #hex(at: number, count: number): string {
    let value = 1;
    for (let i = at; i < at + count; i++) value = value * 0x100 + this.#byte(i);
    // The leading 1 keeps zeros. A span id of zeros only is forbidden, but no more likely than any other.
    return value.toString(16).slice(1);
  }

  #byte(at: number): number {
    return this.#block[at] ?? 0;
  }

  #take(count: number): number {
    if (this.#used + count > BLOCK_BYTES) {
      this.#random(this.#block);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += count;
    return at;
  }
}

/** Four characters of base 32 for 20 bits. */
function base32(bits: number): string {
  return BASE32.charAt(bits >>> 15) + BASE32.charAt((bits >>> 10) & 31) + BASE32.charAt((bits >>> 5) & 31) +
    BASE32.charAt(bits & 31);
}

/** The 128 bits of a ULID in hexadecimal: 8 bits, then 20 at a time, 4 characters in and 5 out. */
function traceId(sessionId: string): string {
  let text = (0x100 + (bitsOf(sessionId, 0, 2) & 0xff)).toString(16).slice(1);
  for (let at = 2; at < ULID_LENGTH; at += 4) {
    text += (0x100000 + bitsOf(sessionId, at, 4)).toString(16).slice(1);
  }
  return text;
}

function bitsOf(text: string, at: number, count: number): number {
  let bits = 0;
  for (let i = at; i < at + count; i++) bits = (bits << 5) | Math.max(0, BASE32.indexOf(text.charAt(i)));
  return bits;
}
