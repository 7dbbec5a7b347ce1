/**
 * A log file that can be moved away under a running server: `reopen` goes on in a new one of the same name.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { writeAll } from "./console_sink.ts";

const LINE_END = Uint8Array.of(0x0a);

/** Appends to one file. */
export class FileSink {
  readonly #path: string;
  readonly #clock: Clock;
  #file: Deno.FsFile | undefined;
  /** The last write, on its way or over. */
  #writing: Promise<void> = Promise.resolve();
  /** A write failed, perhaps in the middle of a line. */
  #endsMidLine = false;

  /** @param path Opened by `reopen`; its directory is made when missing. */
  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /**
   * Open the file, or reopen its path; lines that come meanwhile go on in the old one. What a failed write left of a
   * line ends there. One call at a time.
   *
   * @throws What the system says, the path added; no file is open then.
   */
  async reopen(): Promise<void> {
    const old = this.#file;
    let file: Deno.FsFile | undefined;
    try {
      const directory = this.#path.replace(/[^/\\]*$/, "");
      if (directory !== "") await Deno.mkdir(directory, { recursive: true });
      file = await Deno.open(this.#path, { append: true, create: true });
      if (this.#endsMidLine && (await file.stat()).size > 0) await writeAll(file, LINE_END, this.#clock);
      this.#endsMidLine = false;
      this.#file = file;
    } catch (error) {
      file?.close();
      this.#file = undefined;
      throw new Error(`Cannot open the log file ${this.#path}`, { cause: error });
    } finally {
      await Promise.allSettled([this.#writing]);
      old?.close();
    }
  }

  /**
   * Append `bytes`.
   *
   * @throws When the file is not open or the system refuses.
   */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#file === undefined) throw new Error(`Cannot write the log file ${this.#path}: it is not open`);
    try {
      await (this.#writing = writeAll(this.#file, bytes, this.#clock));
    } catch (error) {
      this.#endsMidLine = true;
      throw new Error(`Cannot write the log file ${this.#path}`, { cause: error });
    }
  }

  /** Close the file; a later write throws. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}
