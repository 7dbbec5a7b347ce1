/**
 * The recordings of a media thread: which publishes are recorded, and their files.
 *
 * @module
 */
import { recordPath } from "./path_template.ts";
import { Recorder } from "./recorder.ts";
import {
  base36,
  type Clock,
  type EndReason,
  type Log,
  type RecordingLog,
  type StartedRecording,
  type Timer,
} from "../../core/mod.ts";
import type { DvrOptions, LivePublish, PublishWatcher } from "../admission/mod.ts";
import type { Source } from "../live/mod.ts";

/** How often files are written and their disks looked at, milliseconds. */
const SWEEP_MS = 1000;
/** So long the ending of a publish waits for its files, milliseconds. */
const CLOSE_MS = 1000;
const ID_LETTERS = 12;

/** Whose stream is recorded. */
type RecordedName = Pick<StartedRecording, "clientId" | "vhost" | "app" | "stream">;

/** What recordings are made with. */
export interface PublishRecorderDeps {
  /** Of the names of files, and of what is written when. */
  readonly clock: Clock;
  /** Where recordings are logged. */
  readonly log: Log;
  /** Keeps account of them. */
  readonly account: RecordingLog;
  /** `length` random bytes. */
  random(length: number): Uint8Array<ArrayBuffer>;
}

/** Records publishes. */
export class PublishRecorder implements PublishWatcher {
  readonly #deps: PublishRecorderDeps;
  readonly #recorders = new Map<Source, Recorder>();
  #sweeper: Timer | undefined;

  /** Nothing recorded yet. */
  constructor(deps: PublishRecorderDeps) {
    this.#deps = deps;
  }

  /** A publish begins: it is recorded if its vhost says so. */
  began(publish: LivePublish): void {
    const { clientId, app, stream, source, vhost: { name: vhost, dvr } } = publish;
    if (!dvr.enabled || !(dvr.apply.includes("all") || dvr.apply.includes(`${app}/${stream}`))) return;
    this.#recorders.set(source, this.#record({ clientId, vhost, app, stream }, source, dvr));
    this.#sweeper ??= this.#deps.clock.setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** It is over: resolves when its files are whole, or their disk takes too long. */
  async ended({ source }: LivePublish, reason: EndReason): Promise<void> {
    const recorder = this.#recorders.get(source);
    if (recorder === undefined) return;
    this.#recorders.delete(source);
    if (this.#recorders.size === 0) {
      this.#sweeper?.clear();
      this.#sweeper = undefined;
    }
    // A disk that stands still must not keep the name from its next publisher.
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#deps.clock.setTimeout(resolve, CLOSE_MS);
    await Promise.race([recorder.stop(reason), promise]);
    timer.clear();
  }

  #record(name: RecordedName, source: Source, dvr: DvrOptions): Recorder {
    const { clock, log, account, random } = this.#deps;
    const { clientId } = name;
    const options = {
      template: dvr.path,
      maxFileMs: dvr.plan === "segment" ? dvr.durationMs : Infinity,
      waitKeyFrame: dvr.waitKeyFrame,
    };
    return new Recorder(source, options, {
      wallNow: () => clock.wallNow(),
      newId: () => `rec-${base36(random(ID_LETTERS))}`,
      path: () => recordPath(dvr.path, { ...name, wallMs: clock.wallNow() }),
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
      dropped: (id) => account.changed({ kind: "dropped", id }),
      trouble: (message, error) =>
        log.write("warn", clientId, message, { url: `/${name.app}/${name.stream}`, error }),
    });
  }

  #sweep(): void {
    const nowMs = this.#deps.clock.now();
    for (const recorder of this.#recorders.values()) recorder.sweep(nowMs);
  }
}
