/**
 * The recording of one publish: a tap of its source that writes files, one after another. The stream never waits for it, and
 * never ends because of it.
 *
 * @module
 */
import { type DiskFault, FileAppender } from "./file_appender.ts";
import { FlvPackager } from "./flv_packager.ts";
import { Mp4Packager } from "./mp4_packager.ts";
import type { FinishedFile, Packager, PackagerHost } from "./packager.ts";
import type { RecorderDeps, RecorderOptions } from "./recorder_deps.ts";
import { type ClosedRecording, type OpenedRecording, unfinishedRecording } from "./recording_facts.ts";
import {
  createRecordingFile,
  finishRecordingFile,
  type OpenedFile,
  RecordOpenError,
} from "./recording_file.ts";
import { RecordPathError } from "./record_folder.ts";
import { repairRecording } from "./repair.ts";
import { RetryPace } from "./retry_pace.ts";
import { ShortFiles } from "./short_files.ts";
import { errorMessage, type RecordingReason } from "../../core/mod.ts";
import type { Source, Tap } from "../live/mod.ts";
import { type MediaTag, readTag, type StreamMessage } from "../media/mod.ts";

/** Of a frame that a file begins with, milliseconds: it may have been held back, or be the first of a GOP that is kept. */
const MAX_BEHIND_MS = 60_000;

/** A file that is being written. */
interface RunningFile {
  readonly facts: Omit<OpenedRecording, "file" | "root">;
  readonly appender: FileAppender;
  readonly opened: Promise<OpenedFile>;
  /** When it was begun, milliseconds since 1970. */
  readonly openedMs: number;
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
  readonly #retry = new RetryPace();
  /** Stream time of the newest message, milliseconds. */
  #newestMs = 0;
  /** Files whose disk stands still. */
  #stalled = 0;
  #files = 0;
  /** Of a file that could not be made: the next one has it. */
  #spareId: string | undefined;
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
      this.#retry.atOnce();
      deps.log("warn", "Recording waits for room on its disk", { error: shortage });
    }
  }

  /** The id of the file that is being written, or that could not be made and will be; `undefined` between two of them. */
  get fileId(): string | undefined {
    return this.#file?.facts.id ?? this.#spareId;
  }

  /** Nothing is recorded any more: it was stopped, or its path cannot be used. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** @inheritdoc */
  began(): void {}

  /** @inheritdoc */
  take(message: StreamMessage, tag: MediaTag): void {
    this.#newestMs = message.time;
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
      this.#retry.works(nowMs);
      return this.#checkRoom();
    }
    if (!this.#retry.isDue(nowMs) || this.#stalled > 0) return;
    if (this.#deps.shortage("beginning") !== undefined) return;
    this.#retry.tried(nowMs);
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
    this.#retry.atOnce();
  }

  /** The headers in force, and the newest GOP where there is one. */
  #join(): void {
    const packager = this.#packager = this.#createPackager();
    const { headers, gop } = this.#source.running;
    this.#newestMs = gop?.messages.at(-1)?.time ?? 0;
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
      open: (firstMs) => this.#open(firstMs),
      write: (bytes) => this.#file?.appender.append(bytes),
      close: (file, because) => this.#close(file, because === "end" ? this.#reason : because),
      refused: (reason) => this.#deps.log("warn", "Track not recorded", { error: reason }),
    };
    return format === "mp4" ? new Mp4Packager(host, options) : new FlvPackager(host, options);
  }

  #open(firstMs: number): void {
    const where = this.#deps.path();
    const opened = this.#opened.then(() => {
      if ("problem" in where) throw new RecordPathError(`The path ${where.problem}`);
      return createRecordingFile(where.path, where.root);
    });
    const appender: FileAppender = new FileAppender(
      opened.then(({ file }) => file),
      (fault) => this.#failed(appender, fault),
      (bytes) => this.#deps.buffers.give(bytes),
    );
    const openedMs = this.#deps.wallNow();
    const id = this.#spareId ?? this.#deps.newId();
    this.#spareId = undefined;
    const facts = { id, number: this.#files++, startMs: openedMs - this.#behindMs(firstMs) };
    this.#file = { facts, appender, opened, openedMs };
    this.#opened = opened.then(
      ({ path, root }) => this.#deps.started({ ...facts, file: path, root }),
      // Why is reported by the appender.
      () => void (this.#spareId = id),
    );
  }

  /** How long ago a frame came. */
  #behindMs(streamMs: number): number {
    const behindMs = this.#newestMs - streamMs;
    // Streams may jump in time.
    return behindMs > 0 && behindMs < MAX_BEHIND_MS ? behindMs : 0;
  }

  #close(file: FinishedFile, reason: RecordingReason): void {
    const running = this.#file;
    if (running === undefined) return;
    this.#file = undefined;
    const openMs = this.#deps.wallNow() - running.openedMs;
    if (reason === "segment") this.#shortFiles.ended(file.durationMs, openMs, this.#options.maxFileMs);
    if (running.appender.stalled) this.#reportStalled(running, file.durationMs);
    this.#closed = this.#closed.then(() => this.#finish(running, file, reason));
  }

  #reportStalled({ appender, opened, facts }: RunningFile, durationMs: number): void {
    this.#countStalled(1);
    const written = { durationMs, bytes: appender.writtenBytes };
    const stalled = this.#deps.stalled;
    // Why a file could not be opened has been reported.
    opened.then((file) => stalled(unfinishedRecording(facts, file, written)), () => {});
  }

  #countStalled(files: 1 | -1): void {
    this.#stalled += files;
    this.#deps.standing(files);
  }

  async #finish(
    { appender, opened, facts }: RunningFile,
    { durationMs, patches }: FinishedFile,
    reason: RecordingReason,
  ): Promise<void> {
    const { bytes, stalled } = appender;
    const isWhole = await appender.close(patches(bytes));
    if (stalled) this.#countStalled(-1);
    const place = await opened.catch(() => undefined);
    if (place === undefined) return;
    let closed: ClosedRecording | undefined;
    try {
      // After a failure of the disk it has less than was appended.
      const kept = isWhole ? { durationMs, bytes } : await repairRecording(place);
      if (kept !== undefined) {
        const file = await finishRecordingFile(place, kept.durationMs);
        closed = { ...facts, ...kept, file, root: place.root, reason: isWhole ? reason : "disk" };
      }
    } catch (error) {
      this.#deps.log("warn", "Recording not finished", { error: errorMessage(error) });
      const written = { durationMs, bytes: appender.writtenBytes };
      if (!stalled) this.#deps.stalled(unfinishedRecording(facts, place, written));
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
