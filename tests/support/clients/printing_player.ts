/**
 * A player that prints a line for each picture that it decodes.
 *
 * @module
 */
import type { ClientProcess } from "./client_process.ts";
import { type Program, startProgram } from "./programs.ts";
import { type Playback, WATCHING, type WatchingPlayer } from "./republish.ts";

/** What a line says of a picture. */
export interface PrintedFrame {
  readonly timeMs: number;
  readonly width: number;
}

/** Reads a line; `undefined` where it is not of a picture. */
export type LineReader = (line: string) => PrintedFrame | undefined;

/** A running player. */
export class PrintingPlayer implements WatchingPlayer {
  readonly #process: ClientProcess;
  readonly #read: LineReader;
  #next = 0;
  #ended = false;
  #playback: Playback = { frames: 0, timeMs: 0, width: 0 };

  private constructor(process: ClientProcess, read: LineReader) {
    this.#process = process;
    this.#read = read;
    void process.finished.then(() => this.#ended = true);
  }

  /** Start it. */
  static start(
    program: Program,
    args: readonly string[],
    read: LineReader,
    env: Readonly<Record<string, string>> = {},
  ): PrintingPlayer {
    return new PrintingPlayer(startProgram(program, args, { env, ...WATCHING }), read);
  }

  /**
   * @inheritdoc
   * @throws When the time line goes back, or the player has ended by itself.
   */
  playback(): Playback {
    for (; this.#next < this.#process.lines.length; this.#next++) {
      const frame = this.#read(this.#process.lines[this.#next] ?? "");
      if (frame === undefined) continue;
      const { frames, timeMs } = this.#playback;
      if (frame.timeMs < timeMs) throw new Error(`The time line went from ${timeMs} to ${frame.timeMs} ms`);
      this.#playback = { frames: frames + 1, ...frame };
    }
    if (this.#ended) throw new Error(`The player ended after ${this.#next} lines:\n${this.#newestLines()}`);
    return this.#playback;
  }

  /** @inheritdoc */
  stop(): Promise<unknown> {
    return this.#process.stop();
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }

  #newestLines(): string {
    return this.#process.lines.slice(-20).join("\n");
  }
}
