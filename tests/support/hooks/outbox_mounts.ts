/**
 * Ways to take the outbox's disk away from a running server.
 *
 * @module
 */
const CHUNK = new Uint8Array(4096).fill(0x55);

/**
 * What starts a server for which file modes count. Root passes over them otherwise; everybody else obeys them anyway.
 */
export function obeysFileModes(): readonly string[] {
  return Deno.uid() === 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : [];
}

/**
 * What starts a server for which `directory` is a file system of its own, in memory and of a few kilobytes. Nobody
 * else sees it, and it is gone with the server; user namespaces make it possible without being root.
 */
export function smallDisk(directory: string, kilobytes: number): readonly string[] {
  const script = `mount -t tmpfs -o size=${kilobytes}k none "$0" && exec "$@"`;
  return ["unshare", "--map-root-user", "--mount", "sh", "-c", script, directory];
}

/** Fill a directory as the server sees it, to the last byte. Removing the file gives the space back. */
export class Filler implements AsyncDisposable {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Fill it. */
  static async fill(server: { readonly pid: number }, directory: string): Promise<Filler> {
    const path = `/proc/${server.pid}/root${directory}/filler`;
    using file = await Deno.open(path, { create: true, append: true });
    for (;;) {
      try {
        await file.write(CHUNK);
      } catch (error) {
        // "No space left on device" has no class of its own.
        if (error instanceof Error && /os error 28/.test(error.message)) return new Filler(path);
        throw error;
      }
    }
  }

  /** Give the space back. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#path);
  }
}

/** A file system of a few kilobytes that outlives the servers on it. */
export class SmallDisk implements AsyncDisposable {
  /** Where servers see it; to everybody else an empty directory. */
  readonly directory: string;
  readonly #holder: Deno.ChildProcess;

  private constructor(directory: string, holder: Deno.ChildProcess) {
    this.directory = directory;
    this.#holder = holder;
  }

  /**
   * Mount it, in a namespace that a process of its own holds.
   *
   * @throws Where this machine permits no mount, with what it says.
   */
  static async mount(kilobytes: number): Promise<SmallDisk> {
    const directory = await Deno.makeTempDir({ prefix: "srs-disk-" });
    const [program = "", ...args] = [
      ...smallDisk(directory, kilobytes),
      "sh",
      "-c",
      "echo mounted; exec cat",
    ];
    const holder = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" })
      .spawn();
    const reader = holder.stdout.getReader();
    const { value } = await reader.read();
    if (value === undefined) {
      const stderr = await new Response(holder.stderr).text();
      await Deno.remove(directory);
      throw new Error(
        `Cannot test a full disk: this machine permits no mount, be root or permit user namespaces: ${stderr}`,
      );
    }
    reader.releaseLock();
    return new SmallDisk(directory, holder);
  }

  /**
   * What starts a server that sees it.
   *
   * @param workingDirectory The server's: entering a namespace would change it.
   */
  wrapper(workingDirectory: string): readonly string[] {
    const target = ["--target", String(this.#holder.pid), "--user", "--mount", "--preserve-credentials"];
    return ["nsenter", ...target, `--wd=${workingDirectory}`];
  }

  /** Fill it to the last byte. Removing the file gives the space back. */
  fill(): Promise<Filler> {
    return Filler.fill(this.#holder, this.directory);
  }

  /** Unmount it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder.stdin.close();
    await Promise.all([this.#holder.status, this.#holder.stdout.cancel(), this.#holder.stderr.cancel()]);
    await Deno.remove(this.directory, { recursive: true });
  }
}
