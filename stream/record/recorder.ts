/**
 * The recording of one publish: a tap of its source that writes files, one after another. The stream never waits for it, and
 * never ends because of it.
 *
 * @module
 */
import { type DiskFault, FileAppender } from "./file_appender.ts";
import { FlvPackager } from "./flv_packager.ts";
import { Mp4Packager } from "./mp4_packager.ts";
import type { FinishedFile, Packager, PackagerHost, PackagerOptions } from "./packager.ts";
import type { RecordPath } from "./path_template.ts";
import { type ClosedRecording, type OpenedRecording, unfinishedRecording } from "./recording_facts.ts";
import {
  createRecordingFile,
  finishRecordingFile,
  type OpenedFile,
  RecordOpenError,
  RecordPathError,
} from "./recording_file.ts";
import { repairRecording } from "./repair.ts";
import { ShortFiles } from "./short_files.ts";
import type { FileBuffers } from "./file_buffers.ts";
import { errorMessage, type RecordingReason } from "../../core/mod.ts";
import type { Source, Tap } from "../live/mod.ts";
import { type MediaTag, readTag, type StreamMessage } from "../media/mod.ts";

/** What a recorder is given. */
export interface RecorderDeps {
  /** Memory for what is written. */
  readonly buffers: FileBuffers;
  /** The path of a file that begins now. */
  path(): RecordPath;
  /** Milliseconds since 1970. */
  readonly wallNow: () => number;
  /** An id for a file. */
  newId(): string;
  /** A file is open, under a name for the time being. */
  started(recording: OpenedRecording): void;
  /**
   * A disk stands still, or does not let the file be finished: it is reported as it is, and closed when the disk goes on,
   * or by the next start.
   */
  stalled(recording: ClosedRecording): void;
  /** The disk stands still, with so many files of this recorder more or less than before. */
  standing(files: 1 | -1): void;
  /** What keeps a file from being written, or from being begun; `undefined` where there is room. */
  shortage(of: "writing" | "beginning"): string | undefined;
  /** An open file had no frame, and is gone. */
  dropped(id: string): void;
  /** A file is closed and has its name. */
  closed(recording: ClosedRecording): void;
  /** Recording goes on without what is named, or has to wait. */
  log(level: "warn", message: string, fields: { readonly error: string }): void;
}

/** How a publish is recorded. */
export interface RecorderOptions extends PackagerOptions {
  /** Of its files. */
  readonly format: "flv" | "mp4";
}

/** After a failure of the disk a new file is begun after so long, and after twice as long where that fails too. */
const FIRST_RETRY_MS = 10_000;
/** The longest such pause; a disk that has worked for so long begins with the first one again. */
const MAX_RETRY_MS = 5 * 60_000;

/** A file that is being written. */
interface RunningFile extends Omit<OpenedRecording, "file"> {
  readonly appender: FileAppender;
  readonly opened: Promise<OpenedFile>;
}

/** Records one publish. A recording has time. */
export class Recorder implements Tap {
  readonly urgent = false;
  readonly patient = true;
  /** What is kept of them is a copy already. */
  readonly keepsPayloads = false;
  readonly #source: Pick<Source, "running" | "taps">;
  readonly #options: RecorderOptions;
  readonly #deps: RecorderDeps;
  #packager: Packager | undefined;
  #file: RunningFile | undefined;
  /** Settled when all files so far are open: one after the other, so that numbers in their names are in order. */
  #opened: Promise<void> = Promise.resolve();
  /** Settled when all files so far are closed: one after the other, so that they are reported in order. */
  #closed: Promise<void> = Promise.resolve();
  #reason: RecordingReason = "segment";
  /** When a new file may be begun after a failure, monotonic milliseconds. */
  #retryAtMs: number | undefined;
  #retryMs = FIRST_RETRY_MS;
  /** When the latest try began. */
  #triedMs = -Infinity;
  /** Files whose disk stands still. */
  #stalled = 0;
  #files = 0;
  readonly #shortFiles = new ShortFiles();
  #isOver = false;

  /** Record from now on: from the newest key frame, where the publish is already under way. */
  constructor(source: Pick<Source, "running" | "taps">, options: RecorderOptions, deps: RecorderDeps) {
    this.#source = source;
    this.#options = options;
    this.#deps = deps;
    source.taps.add(this);
    const shortage = deps.shortage("beginning");
    if (shortage === undefined) {
      this.#join();
    } else {
      this.#retryAtMs = -Infinity;
      deps.log("warn", "Recording waits for room on its disk", { error: shortage });
    }
  }

  /** The id of the file that is being written; `undefined` between two of them. */
  get fileId(): string | undefined {
    return this.#file?.id;
  }

  /** @inheritdoc */
  began(): void {}

  /** @inheritdoc */
  take(message: StreamMessage, tag: MediaTag): void {
    this.#packager?.take(message, tag);
    if (this.#shortFiles.excess !== undefined) this.#pause(this.#shortFiles.excess);
  }

  /** @inheritdoc */
  readEnded(): void {
    this.#packager?.readEnded();
  }

  /** @inheritdoc */
  ended(): void {
    void this.stop("client");
  }

  /** Write what is held back, and begin again where the disk may have room; called about once a second. */
  sweep(nowMs: number): void {
    this.#packager?.sweep();
    this.#file?.appender.sweep(nowMs);
    if (this.#isOver) return;
    if (this.#packager !== undefined) {
      this.#shortFiles.sweep(nowMs);
      if (nowMs - this.#triedMs > MAX_RETRY_MS) this.#retryMs = FIRST_RETRY_MS;
      return this.#checkRoom();
    }
    this.#retryAtMs ??= nowMs + this.#retryMs;
    if (nowMs < this.#retryAtMs || this.#stalled > 0) return;
    if (this.#deps.shortage("beginning") !== undefined) return;
    this.#retryAtMs = undefined;
    this.#retryMs = Math.min(2 * this.#retryMs, MAX_RETRY_MS);
    this.#triedMs = nowMs;
    this.#shortFiles.reset();
    this.#join();
  }

  /** The publish is over, or is no longer recorded. Resolves when all files are closed; may be called again. */
  async stop(reason: RecordingReason): Promise<void> {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#source.taps.delete(this);
      this.#reason = reason;
      this.#packager?.finish();
      this.#packager = undefined;
    }
    await this.#closed;
  }

  #checkRoom(): void {
    const shortage = this.#deps.shortage("writing");
    if (shortage === undefined) return;
    this.#deps.log("warn", "Recording ended by its disk", { error: shortage });
    this.#endForDisk();
    // When there is room again, nothing else is to be waited for.
    this.#retryAtMs = -Infinity;
  }

  /** The headers in force, and the newest GOP where there is one. */
  #join(): void {
    const packager = this.#packager = this.#createPackager();
    const { headers, gop } = this.#source.running;
    for (const { typeId, payload } of (gop?.headers ?? headers).list) {
      packager.take({ typeId, payload, time: gop?.time ?? 0 }, readTag(typeId, payload));
    }
    for (const message of gop?.messages ?? []) {
      packager.take(message, readTag(message.typeId, message.payload));
    }
  }

  #createPackager(): Packager {
    const { format, ...options } = this.#options;
    const host: PackagerHost = {
      buffers: this.#deps.buffers,
      open: () => this.#open(),
      write: (bytes) => this.#file?.appender.append(bytes),
      close: (file, because) => this.#close(file, because === "end" ? this.#reason : because),
      refused: (reason) => this.#deps.log("warn", "Track not recorded", { error: reason }),
    };
    return format === "mp4" ? new Mp4Packager(host, options) : new FlvPackager(host, options);
  }

  #open(): void {
    const where = this.#deps.path();
    const opened = this.#opened.then(() => {
      if ("problem" in where) throw new RecordPathError(`The path ${where.problem}`);
      return createRecordingFile(where.path, where.root);
    });
    this.#opened = opened.then(() => {}, () => {});
    const appender: FileAppender = new FileAppender(
      opened.then(({ file }) => file),
      (fault) => this.#failed(appender, fault),
      (bytes) => this.#deps.buffers.give(bytes),
    );
    const facts = { id: this.#deps.newId(), number: this.#files++, startMs: this.#deps.wallNow() };
    this.#file = { ...facts, appender, opened };
    // A failure is reported by the appender.
    opened.then(({ path }) => this.#deps.started({ ...facts, file: path }), () => {});
  }

  #close(file: FinishedFile, reason: RecordingReason): void {
    const running = this.#file;
    if (running === undefined) return;
    this.#file = undefined;
    const openMs = this.#deps.wallNow() - running.startMs;
    if (reason === "segment") this.#shortFiles.ended(file.durationMs, openMs, this.#options.maxFileMs);
    if (running.appender.stalled) this.#reportStalled(running, file.durationMs);
    this.#closed = this.#closed.then(() => this.#finish(running, file, reason));
  }

  #reportStalled({ appender, opened, ...facts }: RunningFile, durationMs: number): void {
    this.#countStalled(1);
    const bytes = appender.writtenBytes;
    const stalled = this.#deps.stalled;
    // Why a file could not be opened has been reported.
    opened.then(({ path }) => stalled(unfinishedRecording(facts, { path, durationMs, bytes })), () => {});
  }

  #countStalled(files: 1 | -1): void {
    this.#stalled += files;
    this.#deps.standing(files);
  }

  async #finish(
    { appender, opened, ...facts }: RunningFile,
    { durationMs, patches }: FinishedFile,
    reason: RecordingReason,
  ): Promise<void> {
    const { bytes, stalled } = appender;
    const isWhole = await appender.close(patches(bytes));
    if (stalled) this.#countStalled(-1);
    const path = await opened.then((file) => file.path, () => undefined);
    if (path === undefined) return;
    let closed: ClosedRecording | undefined;
    try {
      // After a failure of the disk it has less than was appended.
      const kept = isWhole ? { durationMs, bytes } : await repairRecording(path);
      if (kept !== undefined) {
        const file = await finishRecordingFile(path, kept.durationMs);
        closed = { ...facts, ...kept, file, reason: isWhole ? reason : "disk" };
      }
    } catch (error) {
      this.#deps.log("warn", "Recording not finished", { error: errorMessage(error) });
      const written = { path, durationMs, bytes: appender.writtenBytes };
      if (!stalled) this.#deps.stalled(unfinishedRecording(facts, written));
      return;
    }
    if (closed === undefined) this.#deps.dropped(facts.id);
    else this.#deps.closed(closed);
  }

  #pause(error: string): void {
    if (this.#packager === undefined) return;
    this.#packager.finish();
    this.#packager = undefined;
    this.#deps.log("warn", "Recording pauses", { error });
  }

  #endForDisk(): void {
    this.#reason = "disk";
    this.#packager?.finish();
    this.#packager = undefined;
    this.#reason = "segment";
  }

  /** The file ends here; a new one begins at a key frame when there may be room. */
  #failed(appender: FileAppender, fault: DiskFault): void {
    const isPath = fault !== "slow" && fault.error instanceof RecordPathError;
    const error = fault === "slow" ? "the disk is too slow" : errorMessage(fault.error);
    const isOpen = fault !== "slow" && fault.error instanceof RecordOpenError;
    if (isPath) this.#deps.log("warn", "Stream not recorded", { error });
    else this.#deps.log("warn", isOpen ? "Recording cannot begin" : "Recording ended by its disk", { error });
    if (this.#file?.appender !== appender) return;
    this.#endForDisk();
    // The name will not become better.
    if (isPath) void this.stop("segment");
  }
}
