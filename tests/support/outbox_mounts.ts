/**
 * Ways to take the outbox's disk away from a running server.
 *
 * @module
 */
import type { ServerProcess } from "./server_process.ts";

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
  static async fill(server: ServerProcess, directory: string): Promise<Filler> {
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
