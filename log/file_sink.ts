/**
 * A log file that can be moved away under a running server: `reopen` goes on in a new one of the same name.
 *
 * @module
 */
import { writeAll } from "./console_sink.ts";

const LINE_END = Uint8Array.of(0x0a);

/** Appends to one file. */
export class FileSink {
  readonly #path: string;
  #file: Deno.FsFile | undefined;
  /** A write failed, perhaps in the middle of a line. */
  #isTorn = false;

  /** @param path Opened by `reopen`; its directory is made when missing. */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Open the file, or close it and open its path anew. What a failed write left of a line ends there.
   *
   * @throws What the system says, the path added.
   */
  async reopen(): Promise<void> {
    const old = this.#file;
    this.#file = undefined;
    old?.close();
    try {
      const directory = this.#path.replace(/[^/\\]*$/, "");
      if (directory !== "") await Deno.mkdir(directory, { recursive: true });
      this.#file = await Deno.open(this.#path, { append: true, create: true });
      if (this.#isTorn && (await this.#file.stat()).size > 0) await writeAll(this.#file, LINE_END);
    } catch (error) {
      throw new Error(`Cannot open the log file ${this.#path}`, { cause: error });
    }
    this.#isTorn = false;
  }

  /**
   * Append `bytes`.
   *
   * @throws When the file is not open or the system refuses.
   */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#file === undefined) throw new Error(`Cannot write the log file ${this.#path}: it is not open`);
    try {
      await writeAll(this.#file, bytes);
    } catch (error) {
      this.#isTorn = true;
      throw new Error(`Cannot write the log file ${this.#path}`, { cause: error });
    }
  }

  /** Close the file; a later write throws. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}
