/**
 * Writes to one client: frames of the connection first, then those of its streams, joined into few writes.
 *
 * @module
 */
import type { Clock } from "../../../core/mod.ts";
import type { HttpSocket } from "../ports.ts";
import { type Sending, SendStreams } from "./send_streams.ts";
import type { WriteBuffers } from "./write_buffers.ts";

/** About as much as is written at a time: as far as a frame goes that has begun. */
const MAX_WRITE_BYTES = 48 * 1024;
/** The most frames of the connection that wait: a client makes each of them wait by not reading the others. */
const MAX_CONTROL_BYTES = 64 * 1024;

/** What becomes of it. */
export interface H2OutputEvents {
  /** The connection is broken. */
  failed(error: unknown): void;
  /** More answers wait than a client that reads would leave. */
  flooded(): void;
}

/** One client's output. */
export class H2Output {
  readonly #conn: Pick<HttpSocket, "write">;
  readonly #clock: Pick<Clock, "now">;
  readonly #buffers: WriteBuffers;
  readonly #events: H2OutputEvents;
  readonly #streams = new SendStreams();
  #control: Uint8Array[] = [];
  #controlBytes = 0;
  #pump: Promise<void> | undefined;
  #isClosed = false;
  /** When the write under way began or last made progress, monotonic milliseconds; `undefined`: there is none. */
  #writingMs: number | undefined;

  /** Nothing is written yet. */
  constructor(
    conn: Pick<HttpSocket, "write">,
    { clock, buffers }: { readonly clock: Pick<Clock, "now">; readonly buffers: WriteBuffers },
    events: H2OutputEvents,
  ) {
    this.#conn = conn;
    this.#clock = clock;
    this.#buffers = buffers;
    this.#events = events;
  }

  /** Since when the client's socket takes nothing, monotonic milliseconds; `undefined`: nothing is written. */
  get stuckSinceMs(): number | undefined {
    return this.#writingMs;
  }

  /** What the streams may send. Call {@link H2Output.wake} after a window has grown. */
  get streams(): SendStreams {
    return this.#streams;
  }

  /** Write a frame of the connection. */
  control(frame: Uint8Array): void {
    if (this.#isClosed) return;
    this.#control.push(frame);
    this.#controlBytes += frame.length;
    if (this.#controlBytes > MAX_CONTROL_BYTES) this.#events.flooded();
    else this.wake();
  }

  /** Write for a stream; resolves and rejects as {@link SendStreams.send}. */
  send(streamId: number, sending: Sending): Promise<number> {
    const sent = this.#streams.send(streamId, sending);
    this.wake();
    return sent;
  }

  /** Write what can be written. */
  wake(): void {
    if (this.#isClosed) return;
    this.#pump ??= this.#run();
  }

  /** Settles when nothing is being written. */
  async idle(): Promise<void> {
    await this.#pump;
  }

  /** Write nothing more; what waits fails. */
  close(): void {
    this.#isClosed = true;
    this.#control = [];
    this.#streams.closeAll();
  }

  async #run(): Promise<void> {
    try {
      // What is called for in one turn leaves in one write.
      await null;
      for (let bytes = this.#take(); bytes !== undefined; bytes = this.#take()) {
        await this.#write(bytes);
        this.#streams.written();
        // A handler that sends a large body hands on the next part of it now.
        await null;
      }
    } catch (error) {
      this.#events.failed(error);
    } finally {
      this.#pump = undefined;
      this.#writingMs = undefined;
    }
  }

  #take(): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.#isClosed
      ? undefined
      : this.#streams.take(this.#control, MAX_WRITE_BYTES, this.#buffers);
    this.#control = [];
    this.#controlBytes = 0;
    return bytes;
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      for (let written = 0; written < bytes.length && !this.#isClosed;) {
        this.#writingMs = this.#clock.now();
        written += await this.#conn.write(written === 0 ? bytes : bytes.subarray(written));
      }
    } catch (error) {
      this.#buffers.forget(bytes);
      throw error;
    }
    this.#buffers.give(bytes);
    this.#writingMs = undefined;
  }
}
