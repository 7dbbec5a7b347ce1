/**
 * Which files there are, in a file of its own: a line before one is made, another after it is removed. So the next start
 * knows what a crash has left.
 *
 * @module
 */
import { isNotFound } from "./disk_error.ts";

/** Lines for each file that is there, beyond which the journal is written again, and lines that are always allowed. */
const MAX_LINES_PER_FILE = 4;
const SPARE_LINES = 1000;
/** Only the user of this process may read it. */
const PRIVATE = 0o600;

/** A file, and the playlist whose stream it is of. */
export interface JournalEntry {
  readonly path: string;
  readonly playlist: string;
}

/** The journal of one directory. */
export class FileJournal {
  readonly #path: string;
  /** Playlist of each file that is there. */
  readonly #files: Map<string, string>;
  #file: Deno.FsFile | undefined;
  #lines: number;
  #last: Promise<void> = Promise.resolve();

  private constructor(path: string, files: Map<string, string>, lines: number) {
    this.#path = path;
    this.#files = files;
    this.#lines = lines;
  }

  /**
   * Read it; where there is none, there are no files.
   *
   * @throws What reading a file throws.
   */
  static open(path: string): FileJournal {
    const files = new Map<string, string>();
    let lines = 0;
    for (const line of readLines(path)) {
      lines++;
      const entry = parseLine(line);
      if (entry === undefined) continue;
      if (entry.playlist === undefined) files.delete(entry.path);
      else files.set(entry.path, entry.playlist);
    }
    return new FileJournal(path, files, lines);
  }

  /** The files that are there. */
  get entries(): readonly JournalEntry[] {
    return Array.from(this.#files, ([path, playlist]) => ({ path, playlist }));
  }

  /** A file is about to be made. @throws What writing a file throws; it must not be made then. */
  async add({ path, playlist }: JournalEntry): Promise<void> {
    if (this.#files.get(path) === playlist) return;
    this.#files.set(path, playlist);
    try {
      await this.#append([path, playlist]);
    } catch (error) {
      this.#files.delete(path);
      throw error;
    }
  }

  /** A file is removed. A line that cannot be written now is of no harm: the next start finds no such file. */
  async remove(path: string): Promise<void> {
    if (!this.#files.delete(path)) return;
    await this.#append([path]).catch(() => {});
  }

  /** Write nothing more. */
  async close(): Promise<void> {
    await this.#last;
    this.#file?.close();
    this.#file = undefined;
  }

  #append(line: readonly string[]): Promise<void> {
    const written = this.#last.then(() => this.#write(line));
    this.#last = written.catch(() => {});
    return written;
  }

  async #write(line: readonly string[]): Promise<void> {
    if (this.#lines > MAX_LINES_PER_FILE * this.#files.size + SPARE_LINES) await this.#rewrite();
    this.#file ??= await Deno.open(this.#path, { append: true, create: true, mode: PRIVATE });
    this.#lines++;
    // A line that was cut by a full disk ends with the next one's beginning.
    await writeAll(this.#file, new TextEncoder().encode(`\n${JSON.stringify(line)}`));
  }

  async #rewrite(): Promise<void> {
    const next = `${this.#path}.tmp`;
    const lines = Array.from(this.#files, (entry) => `\n${JSON.stringify(entry)}`);
    await Deno.writeTextFile(next, lines.join(""), { mode: PRIVATE });
    await Deno.rename(next, this.#path);
    this.#file?.close();
    this.#file = undefined;
    this.#lines = lines.length;
  }
}

/** Write all of it. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array<ArrayBufferLike>): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

function readLines(path: string): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "");
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

function parseLine(
  line: string,
): { readonly path: string; readonly playlist: string | undefined } | undefined {
  try {
    const values: unknown = JSON.parse(line);
    if (!Array.isArray(values) || typeof values[0] !== "string") return undefined;
    return { path: values[0], playlist: typeof values[1] === "string" ? values[1] : undefined };
  } catch {
    // Cut by a crash or a full disk: its file was not made.
    return undefined;
  }
}
