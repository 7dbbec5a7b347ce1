/**
 * A real client program at work: what it prints, line by line, and its end.
 *
 * @module
 */

/** How long a program may run when nothing else is said, milliseconds. */
const DEFAULT_TIMEOUT_MS = 60_000;

/** How a program is started. */
export interface ClientProcessOptions {
  /** Environment on top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Killed after so long, milliseconds; 60,000 by default. */
  readonly timeoutMs?: number;
}

/** How a program ended. */
export interface ClientExit {
  readonly code: number;
  readonly signal: Deno.Signal | null;
}

/** A program that runs until it ends, is stopped, or is out of time. */
export class ClientProcess implements AsyncDisposable {
  readonly #program: string;
  readonly #child: Deno.ChildProcess;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #lines: string[] = [];
  readonly #waiters = new Set<() => void>();
  readonly #finished: Promise<ClientExit>;
  #ended = false;

  private constructor(program: string, child: Deno.ChildProcess, timeoutMs: number) {
    this.#program = program;
    this.#child = child;
    this.#timer = setTimeout(() => this.#kill("SIGKILL"), timeoutMs);
    this.#finished = this.#follow();
  }

  /** Start `program`, a path or a name on the path. */
  static start(
    program: string,
    args: readonly string[],
    options: ClientProcessOptions = {},
  ): ClientProcess {
    const command = new Deno.Command(program, {
      args: [...args],
      env: { ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    return new ClientProcess(program, command.spawn(), options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  }

  /** Everything printed so far on both outputs. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** All lines as one text. */
  get text(): string {
    return this.#lines.join("\n");
  }

  /** Settled when it has ended and all it printed was read. */
  get finished(): Promise<ClientExit> {
    return this.#finished;
  }

  /**
   * The first line, printed already or still to come, that matches.
   *
   * @param options `from`: index in `lines` where the search starts.
   * @throws When the program ends without such a line, or its time is up.
   */
  async waitForLine(pattern: RegExp, options: { readonly from?: number } = {}): Promise<string> {
    for (let next = options.from ?? 0;; next += 1) {
      while (next >= this.#lines.length && !this.#ended) await this.#nextChange();
      const line = this.#lines[next];
      if (line === undefined) break;
      if (pattern.test(line)) return line;
    }
    throw new Error(`${this.#program} ended without a line like ${pattern}; it printed:\n${this.text}`);
  }

  /** Ask it to end with `signal`, as ctrl-C by default, and wait until it has. */
  async stop(signal: Deno.Signal = "SIGINT"): Promise<ClientExit> {
    this.#kill(signal);
    return await this.#finished;
  }

  /** For `await using`: ends it without a goodbye. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }

  #kill(signal: Deno.Signal): void {
    if (this.#ended) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It ended by itself in between, which is what was wanted.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async #follow(): Promise<ClientExit> {
    const [status] = await Promise.all([
      this.#child.status,
      this.#read(this.#child.stdout),
      this.#read(this.#child.stderr),
    ]);
    clearTimeout(this.#timer);
    this.#ended = true;
    this.#changed();
    return { code: status.code, signal: status.signal };
  }

  async #read(output: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of output) {
      // Progress is written over itself with carriage returns.
      const parts = (rest + decoder.decode(bytes, { stream: true })).split(/[\r\n]+/);
      rest = parts.pop() ?? "";
      this.#lines.push(...parts);
      if (parts.length > 0) this.#changed();
    }
    if (rest !== "") this.#lines.push(rest);
  }

  #changed(): void {
    for (const waiter of this.#waiters) waiter();
    this.#waiters.clear();
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => this.#waiters.add(resolve));
  }
}
