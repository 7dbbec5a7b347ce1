/**
 * Slows down clients that guess at keys: the answer to each wrong key of an address waits twice as long as the one
 * before, and past a budget the keys of the address are ignored until time has passed. A right key changes
 * nothing, or one known key would pay for guesses at another.
 *
 * All clients of one address share its budget: as it is configured and logged. Budgets are in a
 * fixed piece of memory, which threads can share. Pure.
 *
 * @module
 */
import { clientNetwork } from "./client_network.ts";
import type { KeyAttemptLimits } from "./options.ts";

/** Addresses that are remembered, 8 bytes each; beyond them those that are closest to forgiven are forgotten. */
export const KEY_ATTEMPT_CELLS = 65_536;

/** Cells that an address may have. */
const SET_CELLS = 4;
/** A cell holds when its address is forgiven, monotonic milliseconds, and above that the address's tag. */
const TIME_BITS = 44n;
const TIME_MASK = (1n << TIME_BITS) - 1n;
const TAG_SHIFT = 12;

/** Where budgets are kept. */
export interface KeyAttemptMemory {
  /** At least eight bytes that outsiders cannot foresee. */
  hash(name: string): Uint8Array;
  /** Threads that share them, and the key of their hash, count together. Absent: the guard's own. */
  readonly cells?: BigUint64Array<ArrayBufferLike>;
}

/** Where an address may be, and how it is distinguished from others there. */
interface Place {
  readonly first: number;
  readonly tag: bigint;
}

/** Counts the wrong keys of each address. */
export class KeyAttemptLimiter {
  /** What addresses are judged by. */
  limits: KeyAttemptLimits;
  readonly #hash: KeyAttemptMemory["hash"];
  readonly #cells: BigUint64Array<ArrayBufferLike>;

  /** Nobody has guessed yet, unless another thread says so. */
  constructor(
    limits: KeyAttemptLimits,
    { hash, cells = new BigUint64Array(KEY_ATTEMPT_CELLS) }: KeyAttemptMemory,
  ) {
    this.limits = limits;
    this.#hash = hash;
    this.#cells = cells;
  }

  /**
   * Whether the address has used up its budget: then no key of it is looked at.
   *
   * @param nowMs Monotonic, 0 or more.
   */
  isExhausted(ip: string, nowMs: number): boolean {
    const { maxWrongKeys } = this.limits;
    if (maxWrongKeys === 0) return false;
    const place = this.#placeOf(ip);
    const cell = Atomics.load(this.#cells, this.#cellOf(place, nowMs));
    return isOf(cell, place) && this.#level(cell, nowMs) > maxWrongKeys - 1;
  }

  /**
   * The address showed a wrong key.
   *
   * @param nowMs Monotonic, 0 or more.
   * @returns How long the answer has to wait, milliseconds.
   */
  countWrong(ip: string, nowMs: number): number {
    const { maxWrongKeys, windowMs, delayMs, maxDelayMs } = this.limits;
    if (maxWrongKeys === 0) return 0;
    const place = this.#placeOf(ip);
    for (;;) {
      const index = this.#cellOf(place, nowMs);
      const cell = Atomics.load(this.#cells, index);
      const known = isOf(cell, place) ? this.#level(cell, nowMs) : 0;
      const level = Math.min(known + 1, maxWrongKeys);
      const forgivenMs = Math.floor(nowMs + level * windowMs / maxWrongKeys);
      const next = place.tag << TIME_BITS | BigInt(forgivenMs);
      // Another thread may have counted in the meantime: look again.
      if (Atomics.compareExchange(this.#cells, index, cell, next) !== cell) continue;
      return Math.min(maxDelayMs, delayMs * 2 ** (Math.round(level) - 1));
    }
  }

  /** Wrong keys that are not forgiven yet. */
  #level(cell: bigint, nowMs: number): number {
    const { maxWrongKeys, windowMs } = this.limits;
    const aheadMs = Number(cell & TIME_MASK) - nowMs;
    // More than the window ahead: no wrong key reaches that far, so the cell is not to be trusted.
    return aheadMs <= 0 || aheadMs > windowMs ? 0 : aheadMs * maxWrongKeys / windowMs;
  }

  /** The cell that holds the address, else the one that its next wrong key may have. */
  #cellOf(place: Place, nowMs: number): number {
    let least = place.first;
    let leastLevel = Infinity;
    for (let index = place.first; index < place.first + SET_CELLS; index++) {
      const cell = Atomics.load(this.#cells, index);
      if (isOf(cell, place)) return index;
      const level = this.#level(cell, nowMs);
      if (level < leastLevel) [least, leastLevel] = [index, level];
    }
    return least;
  }

  #placeOf(ip: string): Place {
    const digest = this.#hash(clientNetwork(ip));
    const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
    const sets = this.#cells.length / SET_CELLS;
    return { first: (view.getUint32(0) % sets) * SET_CELLS, tag: BigInt(view.getUint32(4) >>> TAG_SHIFT) };
  }
}

function isOf(cell: bigint, { tag }: Place): boolean {
  return cell >> TIME_BITS === tag;
}
