/**
 * Writes answers to a client that takes them at a rate that is worth waiting for, and says until when that has to show.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import type { HttpLimitName } from "./ports.ts";

/** An answer that is taken more slowly is given up: less than any media has, bytes a millisecond. */
const MIN_BYTES_PER_MS = 1;

/** What a connection waits for, and until when. */
export class Deadline {
  /** `undefined` while it waits for nothing. */
  kind: HttpLimitName | undefined;
  /** Monotonic milliseconds. */
  untilMs = 0;

  /** Wait for something. */
  set(kind: HttpLimitName, untilMs: number): void {
    this.kind = kind;
    this.untilMs = untilMs;
  }
}

/** Writes to one client. */
export class AnswerWriter {
  /** All bytes that were written. */
  sentBytes = 0;
  readonly #conn: Pick<Deno.TcpConn, "write">;
  readonly #clock: Pick<Clock, "now">;
  readonly #timeoutMs: number;
  readonly #deadline: Deadline;

  /** @param timeoutMs For as many bytes as that has milliseconds. */
  constructor(
    conn: Pick<Deno.TcpConn, "write">,
    clock: Pick<Clock, "now">,
    timeoutMs: number,
    deadline: Deadline,
  ) {
    this.#conn = conn;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#deadline = deadline;
  }

  /**
   * Write all of `bytes`; the deadline runs until then. Most answers are written at once, and need no `async` function,
   * whose state is as much as all else that a request takes.
   */
  write(bytes: Uint8Array<ArrayBufferLike>): Promise<void> {
    this.#expect();
    return this.#conn.write(bytes).then((length) => {
      this.sentBytes += length;
      if (length < bytes.length) return this.#writeRest(bytes, length);
      this.#deadline.kind = undefined;
    });
  }

  async #writeRest(bytes: Uint8Array<ArrayBufferLike>, from: number): Promise<void> {
    let due = this.#timeoutMs * MIN_BYTES_PER_MS;
    for (let written = from; written < bytes.length;) {
      if (written >= due) {
        this.#expect();
        due = written + this.#timeoutMs * MIN_BYTES_PER_MS;
      }
      const length = await this.#conn.write(bytes.subarray(written));
      written += length;
      this.sentBytes += length;
    }
    this.#deadline.kind = undefined;
  }

  #expect(): void {
    this.#deadline.set("write_timeout", this.#clock.now() + this.#timeoutMs);
  }
}
