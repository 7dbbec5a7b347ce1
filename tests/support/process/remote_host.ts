/**
 * Another host at the end of a cable: a network namespace and a virtual Ethernet pair, which can be cut. Needs to be
 * root on Linux, with `ip` of iproute2.
 *
 * @module
 */

const STARTED = "started";

/** A host on which one client runs. */
export class RemoteHost implements AsyncDisposable {
  /** This machine's address as the far host knows it. */
  readonly address: string;
  readonly #name: string;
  readonly #children: Deno.ChildProcess[] = [];

  private constructor(name: string, address: string) {
    this.#name = name;
    this.address = address;
  }

  /** Whether this machine lets this process make one. */
  static async isPossible(): Promise<boolean> {
    const name = `srsprobe${Deno.pid}`;
    try {
      await ip("netns", "add", name);
      await ip("netns", "delete", name);
      return true;
    } catch (error) {
      if (error instanceof Error) return false;
      throw error;
    }
  }

  /** Lay the cable. */
  static async make(): Promise<RemoteHost> {
    const [a = 0, b = 0, c = 0] = crypto.getRandomValues(new Uint8Array(3));
    const name = `srs${Deno.pid}x${c}`;
    // 198.18.0.0/15 is for tests of networks; four addresses are enough.
    const base = `198.${18 + (a & 1)}.${b}.${c & 0xfc}`;
    const near = base.replace(/\d+$/, String((c & 0xfc) + 1));
    const far = base.replace(/\d+$/, String((c & 0xfc) + 2));
    const host = new RemoteHost(name, near);
    try {
      await ip("netns", "add", name);
      await ip("link", "add", `${name}a`, "type", "veth", "peer", "name", `${name}b`);
      await ip("link", "set", `${name}b`, "netns", name);
      await ip("address", "add", `${near}/30`, "dev", `${name}a`);
      await ip("link", "set", `${name}a`, "up");
      await ip("-n", name, "address", "add", `${far}/30`, "dev", `${name}b`);
      await ip("-n", name, "link", "set", `${name}b`, "up");
      return host;
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Run a module of this folder there; resolves when it has printed `started`. */
  async run(module: string, ...args: readonly string[]): Promise<void> {
    const file = decodeURIComponent(new URL(module, import.meta.url).pathname);
    const child = new Deno.Command("ip", {
      args: ["netns", "exec", this.#name, Deno.execPath(), "run", "-A", file, ...args],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#children.push(child);
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (let text = ""; !text.includes(STARTED);) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`${module} ended before it had started: ${text}`);
        text += value;
      }
    } finally {
      await reader.cancel();
    }
  }

  /** Cut the cable: no FIN, no RST, nothing. */
  async cut(): Promise<void> {
    await ip("-n", this.#name, "link", "set", `${this.#name}b`, "down");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      child.kill("SIGKILL");
      await child.status;
    }
    // The pair goes with the namespace that holds one end; what was never made is not there to be deleted.
    for (const args of [["link", "delete", `${this.#name}a`], ["netns", "delete", this.#name]]) {
      await ip(...args).catch((error: unknown) => {
        if (!/Cannot find device|No such file/.test(String(error))) throw error;
      });
    }
  }
}

/** Report to {@link RemoteHost.run}, which started this module, that it is under way. */
export function tellStarted(): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${STARTED}\n`));
}

async function ip(...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args: [...args], stdin: "null" }).output();
  if (!success) throw new Error(`ip ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
