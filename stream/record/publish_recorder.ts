/**
 * The recordings of a media thread: which publishes are recorded, and their files.
 *
 * @module
 */
import { DiskRoom } from "./disk_room.ts";
import { chosenPath, formatOf, type RecordPath, recordPath, recordRoot } from "./path_template.ts";
import { tryRecordingFile } from "./recording_file.ts";
import { Recorder } from "./recorder.ts";
import {
  base36,
  type Clock,
  type EndReason,
  errorMessage,
  type Log,
  type RecordedStream,
  type RecordingAnswer,
  type RecordingLog,
  type RecordingOrder,
  type RecordingReason,
  type Timer,
} from "../../core/mod.ts";
import { fileErrorText } from "../../system/mod.ts";
import { FileBuffers } from "./file_buffers.ts";
import type { LivePublish, PublishWatcher } from "../admission/mod.ts";
import type { Source } from "../live/mod.ts";

/** How often files are written and their disks looked at, milliseconds. */
const SWEEP_MS = 1000;
/** So long the ending of a publish waits for its files, milliseconds. */
const CLOSE_MS = 1000;
/** So long an operator waits to know whether a file can be made, milliseconds: a disk that takes longer may still do it. */
const OPEN_MS = 1000;
const ID_LETTERS = 12;

/** What recordings are made with. */
export interface PublishRecorderDeps {
  /** Of the names of files, and of what is written when. */
  readonly clock: Clock;
  /** Where recordings are logged. */
  readonly log: Log;
  /** Keeps account of them. */
  readonly account: RecordingLog;
  /** What the disk of a folder has room for; rejects where nobody knows. */
  freeBytes(folder: string): Promise<number>;
  /** `length` random bytes. */
  random(length: number): Uint8Array<ArrayBuffer>;
}

/** A publish, and what records it. */
interface PublishEntry {
  readonly publish: LivePublish;
  recorder: Recorder | undefined;
  /** Of the next file: by it a recording is stopped that has none at the moment. */
  nextId: string;
}

/** Records publishes. */
export class PublishRecorder implements PublishWatcher {
  readonly #deps: PublishRecorderDeps;
  readonly #publishes = new Map<Source, PublishEntry>();
  readonly #room: DiskRoom;
  /** By folder: files that were given up because their disk stands still, each of which holds a thread of the runtime. */
  readonly #standing = new Map<string, number>();
  readonly #buffers = new FileBuffers();
  #sweeper: Timer | undefined;

  /** Nothing recorded yet. */
  constructor(deps: PublishRecorderDeps) {
    this.#deps = deps;
    this.#room = new DiskRoom({
      freeBytes: (folder) => deps.freeBytes(folder),
      unknown: (folder, error) =>
        deps.log.write("warn", undefined, "Room for recordings unknown", {
          folder: folder === "" ? "." : folder,
          error: fileErrorText(error),
          way_out: "recordings go on as if dvr_min_free were 0: watch the disk by other means",
        }),
    });
  }

  /** A publish begins: it is recorded if the service says so, or else its vhost. */
  began(publish: LivePublish): void {
    const recorded: PublishEntry = { publish, recorder: undefined, nextId: this.#newId() };
    this.#publishes.set(publish.source, recorded);
    if (isWanted(publish)) this.#start(recorded);
  }

  /** It is over: resolves when its files are whole, or their disk takes too long. */
  async ended({ source }: LivePublish, reason: EndReason): Promise<void> {
    const recorded = this.#publishes.get(source);
    this.#publishes.delete(source);
    if (recorded !== undefined) await this.#stop(recorded, reason);
  }

  /** Record a publish from now on, or record it no longer. */
  async record(order: RecordingOrder): Promise<RecordingAnswer> {
    if (order.kind === "start") {
      const found = this.#find(({ publish }) => isNamed(publish, order.stream));
      if (found === undefined) return { kind: "none" };
      if (isRecorded(found)) return { kind: "recording", id: idOf(found) };
      return await this.#startByOrder(found);
    }
    const found = this.#find((recorded) => isRecorded(recorded) && idOf(recorded) === order.id);
    if (found === undefined) return { kind: "none" };
    await this.#stop(found, "stopped");
    return { kind: "stopped" };
  }

  /** Where no file can be made, nothing is begun: the operator is there to mend that. */
  async #startByOrder(recorded: PublishEntry): Promise<RecordingAnswer> {
    const error = await this.#within(OPEN_MS, this.#tryPath(recorded.publish));
    if (error !== undefined) return { kind: "failed", error };
    if (this.#publishes.get(recorded.publish.source) !== recorded) return { kind: "none" };
    if (isRecorded(recorded)) return { kind: "recording", id: idOf(recorded) };
    const id = recorded.nextId;
    this.#start(recorded);
    return { kind: "started", id };
  }

  /** Why no file can be made; `undefined` where one can. */
  async #tryPath(publish: LivePublish): Promise<string | undefined> {
    const where = pathOf(publish, this.#deps.clock.wallNow());
    if ("problem" in where) return `The path ${where.problem}`;
    try {
      await tryRecordingFile(where.path, where.root);
      return undefined;
    } catch (error) {
      return errorMessage(error);
    }
  }

  #find(wanted: (recorded: PublishEntry) => boolean): PublishEntry | undefined {
    return this.#publishes.values().find(wanted);
  }

  #start(recorded: PublishEntry): void {
    recorded.recorder = this.#record(recorded);
    void this.#room.look(this.#deps.clock.now());
    this.#sweeper ??= this.#deps.clock.setInterval(() => this.#sweep(), SWEEP_MS);
  }

  async #stop(recorded: PublishEntry, reason: RecordingReason): Promise<void> {
    const { recorder } = recorded;
    if (recorder === undefined) return;
    recorded.recorder = undefined;
    if (this.#find(({ recorder }) => recorder !== undefined) === undefined) {
      this.#sweeper?.clear();
      this.#sweeper = undefined;
      this.#buffers.clear();
    }
    // A disk that stands still must not keep the name from its next publisher.
    await this.#within(CLOSE_MS, recorder.stop(reason));
  }

  /** What comes of work on a disk; `undefined` where that takes too long. */
  async #within<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const timer = this.#deps.clock.setTimeout(() => resolve(undefined), limitMs);
    const result = await Promise.race([work, promise]);
    timer.clear();
    return result;
  }

  #newId(): string {
    return `rec-${base36(this.#deps.random(ID_LETTERS))}`;
  }

  #record(recorded: PublishEntry): Recorder {
    const { clientId, app, stream, source, record, vhost: { name: vhost, dvr } } = recorded.publish;
    const { clock, log, account } = this.#deps;
    const name = { clientId, vhost, app, stream };
    const root = recordRoot(dvr.path);
    const options = {
      format: formatOf(typeof record === "string" ? record : dvr.path),
      maxFileMs: dvr.plan === "segment" ? dvr.durationMs : Infinity,
      waitKeyFrame: dvr.waitKeyFrame,
    };
    return new Recorder(source, options, {
      buffers: this.#buffers,
      wallNow: () => clock.wallNow(),
      newId: () => {
        const id = recorded.nextId;
        recorded.nextId = this.#newId();
        return id;
      },
      path: () => pathOf(recorded.publish, clock.wallNow()),
      started: (file) => account.changed({ kind: "started", recording: { ...name, ...file } }),
      closed: (file) => {
        const { id, bytes, reason } = file;
        log.write("trace", clientId, "Recording finished", {
          file: file.file,
          id,
          duration_ms: Math.round(file.durationMs),
          bytes,
          reason,
        });
        account.changed({ kind: "finished", recording: { ...name, ...file } });
      },
      stalled: (file) => account.changed({ kind: "stalled", recording: { ...name, ...file } }),
      standing: (files) => this.#standing.set(root, (this.#standing.get(root) ?? 0) + files),
      shortage: (of) => {
        const isStill = of === "beginning" && (this.#standing.get(root) ?? 0) > 0;
        return isStill ? "it stands still" : this.#room.shortage(of, root, dvr.minFreeBytes);
      },
      dropped: (id) => account.changed({ kind: "dropped", id }),
      log: (level, message, { error }) =>
        log.write(level, clientId, message, { url: `/${name.app}/${name.stream}`, error }),
    });
  }

  #sweep(): void {
    const nowMs = this.#deps.clock.now();
    void this.#room.look(nowMs);
    for (const { recorder } of this.#publishes.values()) recorder?.sweep(nowMs);
  }
}

/** Whether a publish is recorded from its beginning. */
function isWanted({ app, stream, record, vhost: { dvr } }: LivePublish): boolean {
  if (record !== undefined) return record !== false;
  return dvr.enabled && (dvr.apply.includes("all") || dvr.apply.includes(`${app}/${stream}`));
}

/** Where a file goes that begins now. */
function pathOf(
  { app, stream, record, vhost: { name: vhost, dvr } }: LivePublish,
  wallMs: number,
): RecordPath {
  const facts = { vhost, app, stream, wallMs };
  return typeof record === "string" ? chosenPath(record, dvr.path, facts) : recordPath(dvr.path, facts);
}

/** A recorder whose path could not be used has given up. */
function isRecorded({ recorder }: PublishEntry): boolean {
  return recorder?.isOver === false;
}

/** Of the file that is being written, or of the next one. */
function idOf({ recorder, nextId }: PublishEntry): string {
  return recorder?.fileId ?? nextId;
}

function isNamed({ app, stream, vhost }: LivePublish, wanted: RecordedStream): boolean {
  return app === wanted.app && stream === wanted.stream && vhost.name === wanted.vhost;
}
