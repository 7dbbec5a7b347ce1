/**
 * One stream on disk: its segments one after another, each followed by the playlist and the removal of what has left it.
 * The stream itself never waits: what the disk does not take is left out.
 *
 * @module
 */
import type { FinishedSegment, Publication } from "../../../core/mod.ts";
import type { StreamName } from "../hls_threads.ts";
import type { ListLengthOptions } from "../list_length.ts";
import type { SinkSegment } from "../segment_sink.ts";
import type { DiskAlarm } from "./disk_alarm.ts";
import type { DiskDirectory } from "./disk_directory.ts";
import { DiskPathError } from "./disk_error.ts";
import { DiskList, type DiskSegment } from "./disk_list.ts";
import { fileUrl, writeDiskPlaylist } from "./disk_playlist.ts";
import { initPath, playlistPath, segmentPath } from "./file_pattern.ts";
import type { WriteQueue } from "./write_queue.ts";

/** How a vhost's streams are written. */
export interface DiskOptions extends ListLengthOptions {
  /** Directory of all files, as the configuration has it. */
  readonly path: string;
  /** Of playlists, below it. */
  readonly playlistPattern: string;
  /** Of segments, below it. */
  readonly segmentPattern: string;
  /** In front of the names in playlists; `""`: they are relative. */
  readonly entryPrefix: string;
  /** Whether segments are removed that have left their playlist. */
  readonly cleanup: boolean;
}

/** What a stream on disk works with. */
export interface DiskStreamDeps {
  readonly directory: DiskDirectory;
  readonly alarm: DiskAlarm;
  readonly queue: WriteQueue;
  /** The directory that the server works in. */
  readonly cwd: string;
}

/** Segments of one stream that wait; a disk that is slower loses the oldest. */
const MAX_WAITING = 5;

/** A segment that waits. */
interface Waiting {
  readonly segment: SinkSegment;
  readonly publication: Publication | undefined;
}

/** Writes one stream. */
export class DiskStream {
  readonly #name: StreamName;
  readonly #owner: string;
  readonly #options: DiskOptions;
  readonly #deps: DiskStreamDeps;
  readonly #list: DiskList;
  #waiting: Waiting[] = [];
  #isClosed = false;
  #running: Promise<void> | undefined;
  #init: { readonly number: number; readonly path: string } | undefined;
  /** Written, but in no playlist yet. */
  #unreported: { readonly publication: Publication | undefined; readonly segment: FinishedSegment }[] = [];
  /** What an earlier process left: `undefined` before the first playlist of this one. */
  #old: { paths: readonly string[]; ageMs: number } | undefined;

  /** Nothing written yet. */
  constructor(name: StreamName, options: DiskOptions, deps: DiskStreamDeps) {
    this.#name = name;
    this.#owner = `${name.vhost}/${name.app}/${name.stream}`;
    this.#options = options;
    this.#deps = deps;
    this.#list = new DiskList(options);
  }

  /** It is closed, and all is done. */
  get isOver(): boolean {
    return this.#isClosed && this.#running === undefined;
  }

  /** Write a segment, as soon as those before it are. */
  add(segment: SinkSegment, publication: Publication | undefined): void {
    this.#isClosed = false;
    const { queue, alarm } = this.#deps;
    this.#waiting.push({ segment, publication });
    queue.waitingBytes += segment.body.length;
    while (this.#waiting.length > MAX_WAITING || (queue.isFull && this.#waiting.length > 1)) {
      this.#takeNext();
      alarm.failed(this.#owner, new Error(`the disk is too slow: ${this.#waiting.length} segments wait`));
    }
    this.#start();
  }

  /** The stream is muxed no longer: remove its playlist, and its segments where they are not to stay. */
  close(): void {
    this.#isClosed = true;
    this.#start();
  }

  /** Settles when nothing waits. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#waiting.length > 0) this.#start();
    });
  }

  async #run(): Promise<void> {
    const { queue } = this.#deps;
    for (let next = this.#takeNext(); next !== undefined; next = this.#takeNext()) {
      const { segment, publication } = next;
      await queue.run(() => this.#write(segment, publication));
    }
    if (this.#isClosed) await queue.run(() => this.#remove());
  }

  #takeNext(): Waiting | undefined {
    const next = this.#waiting.shift();
    if (next !== undefined) this.#deps.queue.waitingBytes -= next.segment.body.length;
    return next;
  }

  async #write(segment: SinkSegment, publication: Publication | undefined): Promise<void> {
    const { alarm } = this.#deps;
    try {
      const playlist = this.#playlistPath();
      const path = this.#segmentPath(segment);
      const written = await this.#writeFiles(segment, path, playlist);
      this.#list.add(written);
      this.#unreported.push({ publication, segment: this.#describe(segment, path, playlist) });
      await this.#writePlaylist(playlist);
      alarm.succeeded(this.#owner);
    } catch (error) {
      alarm.failed(this.#owner, error);
    }
    await this.#forget(segment.durationMs);
  }

  #playlistPath(): string {
    const path = playlistPath(this.#options.playlistPattern, this.#name);
    if (path === undefined) throw new DiskPathError(`hls_m3u8_file gives no path for ${this.#owner}`);
    return path;
  }

  #segmentPath({ sequence, dateMs, durationMs, extension }: SinkSegment): string {
    const moment = { sequence, startMs: dateMs, durationMs };
    const path = segmentPath(this.#options.segmentPattern, this.#name, moment, extension);
    if (path === undefined) throw new DiskPathError(`hls_ts_file gives no path for ${this.#owner}`);
    return path;
  }

  async #writeFiles(segment: SinkSegment, path: string, playlist: string): Promise<DiskSegment> {
    const { directory } = this.#deps;
    const keeps = !this.#options.cleanup;
    const { init, body, sequence, durationMs, dateMs, discontinuity } = segment;
    if (init === undefined) this.#init = undefined;
    else if (init.number !== this.#init?.number) {
      const named = initPath(path);
      await directory.create(named, { playlist, body: init.body, keeps });
      this.#init = { number: init.number, path: named };
    }
    await directory.create(path, { playlist, body, keeps });
    const { discontinuities, targetDurationS } = segment;
    return {
      ...{ sequence, path, durationMs, discontinuity, discontinuities, targetDurationS },
      initPath: this.#init?.path,
      startMs: dateMs,
    };
  }

  async #writePlaylist(path: string): Promise<void> {
    const { directory } = this.#deps;
    const { entryPrefix } = this.#options;
    const text = writeDiskPlaylist(this.#list.segments, { path, entryPrefix });
    await directory.replacePlaylist(path, this.#owner, text);
    this.#old ??= { paths: directory.takeLeftovers(path), ageMs: 0 };
    const reports = this.#unreported;
    this.#unreported = [];
    for (const { publication, segment } of reports) publication?.segmentFinished(segment);
  }

  /** Written or not, so much of the stream has passed. */
  async #forget(durationMs: number): Promise<void> {
    const { cleanup } = this.#options;
    const gone = this.#list.pass(durationMs);
    await this.#removeAll(cleanup ? gone : []);
    if (this.#old === undefined) return;
    this.#old.ageMs += durationMs;
    if (this.#old.ageMs <= this.#list.keptMs) return;
    const { paths } = this.#old;
    this.#old.paths = [];
    await this.#removeAll(paths);
  }

  async #remove(): Promise<void> {
    const { directory, alarm } = this.#deps;
    const playlist = playlistPath(this.#options.playlistPattern, this.#name);
    if (playlist !== undefined) await directory.removePlaylist(playlist, this.#owner);
    const all = this.#list.clear();
    await this.#removeAll(this.#options.cleanup ? all : []);
    await this.#removeAll(this.#old?.paths ?? []);
    this.#old = undefined;
    this.#init = undefined;
    alarm.forget(this.#owner);
  }

  async #removeAll(paths: readonly string[]): Promise<void> {
    for (const path of paths) await this.#deps.directory.remove(path);
  }

  #describe(
    { sequence, durationMs, body, dateMs }: SinkSegment,
    path: string,
    playlist: string,
  ): FinishedSegment {
    const { path: base, entryPrefix } = this.#options;
    const prefix = base.replace(/\/+$/, "");
    return {
      ...{ sequence, durationMs, bytes: body.length, startMs: dateMs },
      files: { cwd: this.#deps.cwd, file: `${prefix}/${path}`, m3u8: `${prefix}/${playlist}` },
      url: fileUrl(path, entryPrefix),
      playlistUrl: fileUrl(playlist, entryPrefix),
    };
  }
}
