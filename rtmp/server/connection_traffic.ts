/**
 * What one connection has carried: its bytes until its end, its rates, and the jumps of its plays.
 *
 * @module
 */
import type { ByteCounters, Clock, EndReason } from "../../core/mod.ts";
import { type Jumps, type MeasuredEnding, SessionAccount, TrafficMeter } from "../../stream/admission/mod.ts";
import type { Usage } from "../../stream/live/mod.ts";

/** Where bytes are counted. */
export interface CountedBytes {
  /** To the client, handshake included. */
  readonly sentBytes: number;
  /** From it. */
  readonly receivedBytes: number;
}

/** Measures one connection. */
export class ConnectionTraffic {
  readonly meter: TrafficMeter;
  readonly #io: CountedBytes;
  readonly #account: SessionAccount;
  #ending: MeasuredEnding | undefined;

  /** @param nowMs When the connection was accepted, by `clock`. */
  constructor(io: CountedBytes, clock: Clock, nowMs: number) {
    this.#io = io;
    this.meter = new TrafficMeter(nowMs);
    this.#account = new SessionAccount(this, clock, nowMs);
  }

  /** The connection has ended. */
  get ended(): boolean {
    return this.#ending !== undefined;
  }

  /** What is logged and reported: the close status, which is sent after the end, does not count. */
  counters(): ByteCounters {
    return this.#ending ?? this.#bytes();
  }

  /** All bytes, and the jumps of all plays. */
  usage(running: Jumps | undefined): Usage {
    const { sentBytes, receivedBytes } = this.#io;
    const { jumps, droppedMs } = this.meter.jumpsWith(running);
    return { sendBytes: sentBytes, recvBytes: receivedBytes, jumps, droppedMs };
  }

  /** Keep a sample for the rates; called about once a second. */
  sample(nowMs: number): void {
    if (this.meter.isSampleDue(nowMs)) this.meter.sample(nowMs, this.#bytes());
  }

  /** The connection ends: its counters stay as they are. The first reason counts. */
  end(reason: EndReason): MeasuredEnding {
    return this.#ending ??= this.#account.ending(reason);
  }

  #bytes(): ByteCounters {
    return { sendBytes: this.#io.sentBytes, recvBytes: this.#io.receivedBytes };
  }
}
