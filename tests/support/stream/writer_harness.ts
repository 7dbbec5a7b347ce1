/**
 * A connection's writer on a socket that takes as much as a test permits.
 *
 * @module
 */
import { Consumer } from "../../../stream/live/consumer.ts";
import type { Source } from "../../../stream/live/source.ts";
import { type ByteSink, ConnectionWriter } from "../../../stream/live/connection_writer.ts";
import { assertExists } from "../assert.ts";
import { outputOf, sound } from "./live_stream.ts";

const MAX_REPLY_BYTES = 256 * 1024;

/** A socket: a write waits until the test takes bytes or breaks it. */
export class TestSocket implements ByteSink {
  readonly writes: Uint8Array[] = [];
  readonly #pending: PromiseWithResolvers<number>[] = [];

  write(bytes: Uint8Array): Promise<number> {
    this.writes.push(bytes);
    const pending = Promise.withResolvers<number>();
    this.#pending.push(pending);
    return pending.promise;
  }

  /** Writes that wait: 0 or 1 where the writer keeps its promise. */
  get underWay(): number {
    return this.#pending.length;
  }

  /** Take all of the oldest write, or so many bytes of it. */
  async take(length?: number): Promise<void> {
    const pending = this.#pending.shift();
    const bytes = this.writes[this.writes.length - this.#pending.length - 1];
    assertExists(bytes);
    pending?.resolve(length ?? bytes.length);
    await promiseReactions();
  }

  async break(error: Error): Promise<void> {
    this.#pending.shift()?.reject(error);
    await promiseReactions();
  }
}

/** Promise reactions have run. */
async function promiseReactions(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

/** A writer, its socket and what it wrote. */
export class WriterHarness {
  readonly socket = new TestSocket();
  readonly failures: unknown[] = [];
  nowMs = 0;
  readonly writer = new ConnectionWriter(
    this.socket,
    () => this.nowMs,
    (error) => this.failures.push(error),
    MAX_REPLY_BYTES,
  );

  /** First bytes of each write so far. */
  get heads(): number[] {
    return this.socket.writes.map((bytes) => bytes[0] ?? -1);
  }

  play(source: Source): Consumer {
    const consumer = new Consumer(outputOf(source), this.writer);
    this.writer.consumer = consumer;
    return consumer;
  }
}

export function block(length: number, fill: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(fill);
}

export function receive(source: Source, ...labels: string[]): void {
  for (const label of labels) source.receive(sound(label, 0), 0);
  source.flush();
}
