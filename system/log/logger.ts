/**
 * The log: one line an event, to the console or a file, as text or JSON. Nothing that a client names can
 * break a line or show a secret, and no caller ever waits.
 *
 * @module
 */
import { type ByteWriter, writeAll } from "./console_sink.ts";
import { FileSink } from "./file_sink.ts";
import { jsonLine, type LineFields, type LineParts, textLine } from "./line.ts";
import { LineWriter } from "./line_writer.ts";
import type { Clock, LogLevel } from "../../core/mod.ts";
import { LogThreshold } from "./log_threshold.ts";
import { deadline } from "../timers.ts";
import type { LogOptions } from "./options.ts";
import { Timestamp } from "./timestamp.ts";

/** How long the last lines may take, where nothing else is said. */
const CLOSE_MS = 2000;

/** What a logger needs of the machine. */
export interface LoggerDeps {
  /** Its wall time is in every line. */
  readonly clock: Clock;
  /** Where the console tank writes; absent: the standard output. */
  readonly stdout?: ByteWriter;
}

/** Writes log lines. */
export class Logger {
  /** Which lines are written. */
  readonly threshold: LogThreshold;
  #options: LogOptions;
  readonly #clock: Clock;
  #timestamp: Timestamp;
  readonly #stdout: ByteWriter;
  #file: FileSink | undefined;
  readonly #writer: LineWriter;
  #fileBroken = false;
  #ended = false;
  #reopening: Promise<void> = Promise.resolve();
  #lostBytes = 0;
  #errorLines = 0;

  private constructor(options: LogOptions, deps: LoggerDeps) {
    this.threshold = LogThreshold.at(options.level);
    this.#options = options;
    this.#clock = deps.clock;
    this.#timestamp = new Timestamp({ utc: options.utcTime });
    this.#stdout = deps.stdout ?? Deno.stdout;
    this.#file = fileOf(options, deps.clock);
    this.#writer = new LineWriter({
      clock: deps.clock,
      sink: (bytes) => this.#sink(bytes),
      lossLine: (lines) =>
        this.#line({ level: "warn", clientId: undefined, message: "Log lines lost", fields: { lines } }),
      onFailure: (error, unwritten) => this.#failed(error, unwritten),
    });
  }

  /**
   * Open the log.
   *
   * A file that cannot be opened does not stop the server: the console takes the lines, the first of them
   * an error that says so.
   */
  static async open(options: LogOptions, deps: LoggerDeps): Promise<Logger> {
    const logger = new Logger(options, deps);
    await logger.reopen();
    return logger;
  }

  /** Bytes of lines that neither the file nor the console took. */
  get lostBytes(): number {
    return this.#lostBytes;
  }

  /** Lines of level `error` so far. */
  get errorLines(): number {
    return this.#errorLines;
  }

  /** Whether lines of this level are written: to skip work on the way to one that is not. */
  isEnabled(level: LogLevel): boolean {
    return this.threshold.passes(level);
  }

  /**
   * Queue one line; it leaves at once, or with those of the next milliseconds.
   *
   * @param clientId The connection's number, `undefined` for what belongs to none.
   * @param message Sentence case, no full stop; may contain text of a client.
   * @param fields Printed after the message in their order; `undefined` values are left out.
   */
  write(level: LogLevel, clientId: number | undefined, message: string, fields?: LineFields): void {
    if (level === "error") this.#errorLines += 1;
    if (!this.isEnabled(level) || this.#ended) return;
    this.#writer.write(this.#line({ level, clientId, message, fields }));
  }

  /**
   * Queue a line as it is: one of a format that other programs read.
   *
   * @param line Without its end, and already without secrets and control characters.
   */
  writePlain(line: string): void {
    if (!this.#ended) this.#writer.write(line);
  }

  /** Queue the last line: what is logged after it is dropped. */
  writeLast(level: LogLevel, message: string, fields?: LineFields): void {
    this.write(level, undefined, message, fields);
    this.#ended = true;
  }

  /** Go on in a new file of the same name, after the old one was moved away. Nothing to do on the console. */
  reopen(): Promise<void> {
    return this.#reopening = this.#reopening.then(() => this.#reopen());
  }

  /**
   * Write by other options from here on; lines keep their order. The level changes where the configured one does: what
   * the API has set stays otherwise. A file that cannot be opened hands over to the console, as at the start.
   */
  reconfigure(options: LogOptions): Promise<void> {
    return this.#reopening = this.#reopening.then(() => this.#reconfigure(options));
  }

  /** Resolves when all lines so far are written or given up. */
  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /**
   * Flush and close the file; later lines go to the console.
   *
   * @param options `withinMs`: how long lines may take to be written. A pipe that nobody reads, or a disk that hangs,
   * takes them never; what is left then is lost.
   */
  async close(options: { readonly withinMs: number } = { withinMs: CLOSE_MS }): Promise<void> {
    const written = this.#reopening.then(() => this.#writer.flush());
    await deadline(this.#clock, written, { maxMs: options.withinMs });
    this.#fileBroken = true;
    this.#file?.close();
  }

  async #reconfigure(options: LogOptions): Promise<void> {
    const before = this.#options;
    this.#options = options;
    if (options.level !== before.level) this.threshold.set(options.level);
    if (options.utcTime !== before.utcTime) this.#timestamp = new Timestamp({ utc: options.utcTime });
    if (options.tank === before.tank && options.file === before.file) return;
    await this.#writer.flush();
    const old = this.#file;
    const file = fileOf(options, this.#clock);
    let failure: unknown;
    try {
      await file?.reopen();
    } catch (error) {
      failure = error;
    }
    this.#file = file;
    this.#fileBroken = failure !== undefined;
    if (failure !== undefined) this.#reportFile(failure);
    await this.#writer.flush();
    old?.close();
  }

  async #reopen(): Promise<void> {
    if (this.#file === undefined) return;
    await this.#writer.flush();
    try {
      await this.#file.reopen();
      this.#fileBroken = false;
    } catch (error) {
      this.#fileBroken = true;
      this.#reportFile(error);
    }
  }

  #line(parts: LineParts): string {
    const now = this.#clock.wallNow();
    if (this.#options.format === "json") return jsonLine(new Date(now).toISOString(), parts);
    return textLine(this.#timestamp.format(now), parts);
  }

  async #sink(bytes: Uint8Array): Promise<void> {
    if (this.#file !== undefined && !this.#fileBroken) await this.#file.write(bytes);
    else await writeAll(this.#stdout, bytes, this.#clock);
  }

  /** A broken file hands over to the console until `reopen`; if the console fails too, lines are dropped and counted. */
  #failed(error: unknown, unwritten: Uint8Array): void {
    if (this.#file !== undefined && !this.#fileBroken) {
      this.#fileBroken = true;
      this.#reportFile(error);
      this.#writer.write(new TextDecoder().decode(unwritten).replace(/\n$/, ""));
      return;
    }
    this.#lostBytes += unwritten.length;
  }

  #reportFile(error: unknown): void {
    this.write("error", undefined, `Log lines go to the console until SIGUSR1: ${messages(error)}`);
  }
}

function fileOf({ tank, file }: LogOptions, clock: Clock): FileSink | undefined {
  return tank === "file" ? new FileSink(file, clock) : undefined;
}

/** An error's message and those of its causes. */
function messages(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messages(error.cause)}`;
}
