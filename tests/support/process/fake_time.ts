/**
 * A process whose wall clock a test sets, by Debian's `faketime`: the machine's own clock stays as it is.
 *
 * @module
 */

/** Where Debian puts the library, by the names of its architectures. */
const LIBRARIES = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map((name) =>
  `/usr/lib/${name}/faketime/libfaketimeMT.so.1`
);

/** The wall clock of the processes that are started under {@link FakeTime.wrapper}. */
export class FakeTime implements AsyncDisposable {
  readonly #file: string;
  readonly #library: string;

  private constructor(library: string, file: string) {
    this.#library = library;
    this.#file = file;
  }

  /**
   * A clock that is right at first.
   *
   * @throws When the library is not there, with the Debian package that brings it.
   */
  static async open(): Promise<FakeTime> {
    const library = LIBRARIES.find(isFile);
    if (library === undefined) throw new Error("Cannot find libfaketimeMT.so.1: apt-get install faketime");
    const clock = new FakeTime(library, await Deno.makeTempFile({ prefix: "srs-clock-" }));
    await clock.set("+0");
    return clock;
  }

  /** Program and arguments before those of a process; it becomes that process. The monotonic clock stays real. */
  get wrapper(): readonly string[] {
    return [
      "env",
      `LD_PRELOAD=${this.#library}`,
      `FAKETIME_TIMESTAMP_FILE=${this.#file}`,
      "FAKETIME_NO_CACHE=1",
      "FAKETIME_DONT_FAKE_MONOTONIC=1",
      "DONT_FAKE_MONOTONIC=1",
    ];
  }

  /** @param offset From the real time: `-1h`, `+2d`. */
  async set(offset: string): Promise<void> {
    // In one step: the process reads the file at each look at the clock.
    await Deno.writeTextFile(`${this.#file}.new`, `${offset}\n`);
    await Deno.rename(`${this.#file}.new`, this.#file);
  }

  /** Removes its file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#file);
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
