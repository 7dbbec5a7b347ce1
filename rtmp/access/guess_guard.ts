/**
 * Slows down whoever guesses at keys: the answer to each wrong key of an address waits twice as long as the one
 * before, and past a budget the address is not listened to any more until time has passed. A right key changes
 * nothing, or one known key would pay for guesses at another.
 *
 * Everybody behind one address shares its budget: that is why it can be set, and is told in the log. Pure.
 *
 * @module
 */
import { readAddress } from "./address_rules.ts";
import type { GuessingLimits } from "./options.ts";

/** Addresses that are remembered; beyond them the ones that were quiet longest are forgotten. */
const MAX_ADDRESSES = 10_000;
/** An IPv6 client has a whole /64 to itself. */
const IPV6_NETWORK_PARTS = 4;

interface Guesses {
  /** Wrong keys, falling with time. */
  level: number;
  atMs: number;
}

/** Counts the wrong keys of each address. */
export class GuessGuard {
  readonly #limits: GuessingLimits;
  /** Least recently wrong first. */
  readonly #guesses = new Map<string, Guesses>();

  /** Nobody has guessed yet. */
  constructor(limits: GuessingLimits) {
    this.#limits = limits;
  }

  /** Addresses that are remembered now. */
  get size(): number {
    return this.#guesses.size;
  }

  /**
   * Whether the address has used up its budget: then no key of it is looked at.
   *
   * @param nowMs Any clock that does not go back.
   */
  isExhausted(ip: string, nowMs: number): boolean {
    const { maxWrongKeys } = this.#limits;
    if (maxWrongKeys === 0) return false;
    const known = this.#guesses.get(networkOf(ip));
    return known !== undefined && this.#levelNow(known, nowMs) > maxWrongKeys - 1;
  }

  /**
   * The address showed a wrong key.
   *
   * @returns How long the answer has to wait, milliseconds.
   */
  countWrong(ip: string, nowMs: number): number {
    const { maxWrongKeys, delayMs, maxDelayMs } = this.#limits;
    if (maxWrongKeys === 0) return 0;
    const network = networkOf(ip);
    const known = this.#guesses.get(network);
    const level = (known === undefined ? 0 : this.#levelNow(known, nowMs)) + 1;
    this.#guesses.delete(network);
    this.#guesses.set(network, { level, atMs: nowMs });
    if (this.#guesses.size > MAX_ADDRESSES) this.#forgetOldest();
    return Math.min(maxDelayMs, delayMs * 2 ** (Math.round(level) - 1));
  }

  #levelNow({ level, atMs }: Guesses, nowMs: number): number {
    const { maxWrongKeys, windowMs } = this.#limits;
    return Math.max(0, level - (nowMs - atMs) * maxWrongKeys / windowMs);
  }

  #forgetOldest(): void {
    const oldest = this.#guesses.keys().next();
    if (oldest.done !== true) this.#guesses.delete(oldest.value);
  }
}

/** What one client can choose its addresses from. */
function networkOf(ip: string): string {
  const address = readAddress(ip);
  if (address === undefined || !("parts" in address)) return address?.toString() ?? ip;
  return address.parts.slice(0, IPV6_NETWORK_PARTS).map((part) => part.toString(16)).join(":");
}
