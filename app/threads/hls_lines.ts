/**
 * What media threads say to each other about HLS, on the ports that streams use too.
 *
 * @module
 */
import type { HlsThreadMessage, HlsThreads } from "../../http/mod.ts";
import type { BetweenThreads } from "./thread_messages.ts";

/** The other media threads of one of them. */
export class HlsLines implements HlsThreads {
  readonly own: number;
  readonly count: number;
  readonly #ports: readonly MessagePort[];
  #take: (thread: number, message: HlsThreadMessage) => void = () => {};

  /**
   * Lines of one thread.
   *
   * @param own Its number.
   * @param ports To all others, in the order of their numbers.
   */
  constructor(own: number, ports: readonly MessagePort[]) {
    this.own = own;
    this.count = ports.length + 1;
    this.#ports = ports;
  }

  /** @inheritdoc */
  send(thread: number, message: HlsThreadMessage): void {
    const envelope: BetweenThreads = { kind: "hls", message };
    this.#ports[thread < this.own ? thread : thread - 1]?.postMessage(envelope);
  }

  /** @inheritdoc */
  receive(take: (thread: number, message: HlsThreadMessage) => void): void {
    this.#take = take;
  }

  /** A message came by the port of this place. */
  deliver(place: number, message: HlsThreadMessage): void {
    this.#take(place < this.own ? place : place + 1, message);
  }
}
