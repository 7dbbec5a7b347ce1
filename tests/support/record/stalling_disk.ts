/**
 * A disk that stands still when it is asked to: a directory seen through FUSE, whose program is stopped and goes on. Needs
 * root and Debian's `python3-fusepy` and `fuse3`.
 *
 * @module
 */
const PROGRAM = decodeURIComponent(new URL("stalling_disk.py", import.meta.url).pathname);

/** Everybody sees it, until it is unmounted. */
export class StallingDisk implements AsyncDisposable {
  /** Where it is mounted. */
  readonly path: string;
  readonly #below: string;
  readonly #program: Deno.ChildProcess;

  private constructor(path: string, below: string, program: Deno.ChildProcess) {
    this.path = path;
    this.#below = below;
    this.#program = program;
  }

  /**
   * Mount one.
   *
   * @throws Where this machine permits it not, with what it says.
   */
  static async mount(): Promise<StallingDisk> {
    const [path, below] = [
      await Deno.makeTempDir({ prefix: "srs-disk-" }),
      await Deno.makeTempDir({ prefix: "srs-below-" }),
    ];
    const program = new Deno.Command("/usr/bin/python3", {
      args: [PROGRAM, below, path],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const disk = new StallingDisk(path, below, program);
    const reader = program.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    if (value === undefined) {
      const text = await new Response(program.stderr).text();
      await program.stdout.cancel();
      await program.status;
      for (const folder of [path, below]) await Deno.remove(folder, { recursive: true });
      throw new Error(`Cannot mount a disk that stalls: ${text}`);
    }
    return disk;
  }

  /** From here on every use of it waits. */
  stall(): void {
    this.#program.kill("SIGSTOP");
  }

  /** It goes on. */
  goOn(): void {
    this.#program.kill("SIGCONT");
  }

  /** Unmount it. Files that are open on it are cut. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.goOn();
    await new Deno.Command("fusermount3", { args: ["-u", "-z", this.path] }).output();
    await Promise.all([this.#program.status, this.#program.stdout.cancel(), this.#program.stderr.cancel()]);
    for (const folder of [this.path, this.#below]) await Deno.remove(folder, { recursive: true });
  }
}
