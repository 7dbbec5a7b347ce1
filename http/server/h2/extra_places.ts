/**
 * How many connections one connection of HTTP/2 counts as: each request beyond the first that is served at the same time
 * is one more, as it would be by HTTP/1.1. Without it, a bound on connections would mean nothing.
 *
 * @module
 */
import type { ConnectionGate, NoRoom } from "../ports.ts";

/** What one connection has taken besides itself. */
export class ExtraPlaces {
  readonly #gate: ConnectionGate;
  readonly #ip: string;
  readonly #leaves: (() => void)[] = [];
  #requests = 0;

  /** @param ip Of the connection, canonical. */
  constructor(gate: ConnectionGate, ip: string) {
    this.#gate = gate;
    this.#ip = ip;
  }

  /** A request begins; why there is no room for it, or `undefined`. */
  begin(): NoRoom | undefined {
    if (this.#requests > this.#leaves.length) {
      const leave = this.#gate.admit(this.#ip);
      if (typeof leave !== "function") return leave;
      this.#leaves.push(leave);
    }
    this.#requests++;
    return undefined;
  }

  /** A request that had room is over. */
  end(): void {
    this.#requests--;
    if (this.#leaves.length >= Math.max(1, this.#requests)) this.#leaves.pop()?.();
  }
}
