/**
 * A bound on the connections of one server.
 *
 * @module
 */
import type { ConnectionGate, NoRoom } from "./ports.ts";
import { textResponse } from "./text_response.ts";

/** When a client that found no room should come back, seconds. */
const RETRY_AFTER = { "Retry-After": "5" } as const;

/** Admits connections up to a number. */
export class ConnectionCap implements ConnectionGate {
  /** At a time; those above it that are there stay. */
  maxConnections: number;
  readonly #onFull: (ip: string) => void;
  #connections = 0;

  /** @param onFull Called for each client that finds no room. */
  constructor(maxConnections: number, onFull: (ip: string) => void) {
    this.maxConnections = maxConnections;
    this.#onFull = onFull;
  }

  /** @inheritdoc */
  admit(ip: string): (() => void) | NoRoom {
    if (this.#connections >= this.maxConnections) {
      this.#onFull(ip);
      return { response: fullResponse() };
    }
    this.#connections++;
    return () => this.#connections--;
  }
}

/** The answer to a client of a server that is full. */
export function fullResponse(): Response {
  return textResponse(503, "The server has as many connections as it may have", RETRY_AFTER);
}
