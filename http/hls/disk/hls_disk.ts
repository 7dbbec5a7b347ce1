/**
 * HLS on disk, and the report of each finished segment: for all threads of a server, on the main one.
 *
 * @module
 */
import {
  type Clock,
  errorMessage,
  type Log,
  type Publication,
  type Publications,
  type Timer,
} from "../../../core/mod.ts";
import { deadline } from "../../../system/mod.ts";
import type { HlsOptions, VhostSet } from "../../../stream/admission/mod.ts";
import type { StreamName } from "../hls_threads.ts";
import { segmentName } from "../media_names.ts";
import type { SegmentSink, SinkMessage, SinkSegment } from "../segment_sink.ts";
import { DiskAlarm } from "./disk_alarm.ts";
import { DiskBusyError } from "./disk_error.ts";
import { DiskDirectory } from "./disk_directory.ts";
import { DiskStream } from "./disk_stream.ts";
import { pathUrl } from "./file_pattern.ts";
import { WriteQueue } from "./write_queue.ts";

/** A disk that hangs does not hold the end of the server for longer, milliseconds. */
const MAX_CLOSE_MS = 1000;
/** How often a directory is tried that another process writes, milliseconds. */
const RETRY_MS = 1000;

/** Which streams are written and reported. */
export interface HlsDiskOptions extends VhostSet {
  /** Vhosts whose segments are reported. */
  readonly reported: ReadonlySet<string>;
}

/** What it works with. */
export interface HlsDiskDeps extends HlsDiskOptions {
  /** Takes the alarm of a disk that fails. */
  readonly log: Log;
  /** Of what is removed later. */
  readonly clock: Clock;
  /** Where segments are reported. */
  readonly publications: Publications;
  /** The directory that the server works in. */
  readonly cwd: string;
}

/** A directory that is configured. */
interface Place {
  readonly alarm: DiskAlarm;
  directory: DiskDirectory | undefined;
}

/** A stream that is muxed. */
interface Followed {
  publication: Publication | undefined;
  disk: DiskStream | undefined;
}

/** Writes and reports what muxers finish. */
export class HlsDisk implements SegmentSink, AsyncDisposable {
  readonly #deps: HlsDiskDeps;
  readonly #queue = new WriteQueue();
  readonly #places = new Map<string, Place>();
  readonly #streams = new Map<string, Followed>();
  readonly #timers: Timer[] = [];
  #options: HlsDiskOptions;
  #isStopping = false;

  /** Open the directories, and remove what a crash has left, at once or when nobody has used it for `hls_dispose`. */
  constructor(deps: HlsDiskDeps) {
    this.#deps = deps;
    this.#options = deps;
    this.#openPlaces();
  }

  /** Streams that are muxed from here on are written and reported by these; those that are muxed now stay as they are. */
  replaceOptions(options: HlsDiskOptions): void {
    this.#options = options;
    this.#openPlaces();
  }

  /** Whether segments of a vhost are written or reported. */
  wants(vhost: string): boolean {
    return this.#options.reported.has(vhost) || (this.#hlsOf(vhost)?.path ?? "") !== "";
  }

  /** Something happened to a stream, in its order. Never throws. */
  take(message: SinkMessage): void {
    const { name } = message;
    const key = `${name.vhost}/${name.app}/${name.stream}`;
    const hls = this.#hlsOf(name.vhost);
    // A stream whose vhost is gone is muxed for a moment still.
    if (hls === undefined && !this.#streams.has(key)) return;
    const followed = this.#streams.get(key) ?? { publication: undefined, disk: undefined };
    switch (message.kind) {
      case "began":
        followed.publication = this.#deps.publications.find(name.vhost, name.app, name.stream);
        break;
      case "segment":
        if (hls !== undefined) this.#add(name, hls, followed, message.segment);
        break;
      case "closed":
        return this.#close(key, followed);
      default:
        message satisfies never;
    }
    this.#streams.set(key, followed);
  }

  /** The server ends: what is muxed no longer from here on stays for the next start. */
  stop(): void {
    this.#isStopping = true;
    for (const timer of this.#timers) timer.clear();
  }

  /** Settles when all that waits is written and reported. */
  async settled(): Promise<void> {
    await Promise.all(Array.from(this.#streams.values(), ({ disk }) => disk?.settled()));
  }

  /** Write no more: the files stay for the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    const closed = Promise.all(Array.from(this.#places.values(), ({ directory }) => directory?.close()));
    await deadline(this.#deps.clock, closed, { maxMs: MAX_CLOSE_MS });
  }

  /** A stream that comes back meanwhile is written after what is removed now. */
  #close(key: string, followed: Followed): void {
    const { disk } = followed;
    followed.publication = undefined;
    // The next start goes on with what is there.
    if (disk === undefined || this.#isStopping) return void this.#streams.delete(key);
    disk.close();
    void disk.settled().then(() => {
      if (!disk.isOver) return;
      // The next publish may have begun meanwhile: its segments are still to come.
      if (followed.publication === undefined) this.#streams.delete(key);
      else followed.disk = undefined;
    });
  }

  #hlsOf(vhost: string): HlsOptions | undefined {
    return this.#options.vhosts.get(vhost)?.hls;
  }

  #openPlaces(): void {
    for (const { enabled, hls } of this.#options.vhosts.values()) {
      if (enabled && hls.enabled && hls.path !== "" && !this.#places.has(hls.path)) this.#open(hls);
    }
  }

  #open({ path, disposeMs }: HlsOptions): void {
    const { log } = this.#deps;
    const place: Place = { alarm: new DiskAlarm(log, path), directory: undefined };
    this.#places.set(path, place);
    try {
      place.directory = DiskDirectory.open(path, place.alarm);
    } catch (error) {
      this.#openLater(place, path, disposeMs, error);
    }
    this.#useLeftovers(place, path, disposeMs);
  }

  /** A process that is taken over writes until its streams have gone: what begins here meanwhile is written after that. */
  #openLater(place: Place, path: string, disposeMs: number, cause: unknown): void {
    const { log, clock } = this.#deps;
    const fields = { hls_path: path, cause: errorMessage(cause) };
    if (!(cause instanceof DiskBusyError)) {
      return log.write("error", undefined, "HLS is not written to disk until the next start", fields);
    }
    log.write("warn", undefined, "HLS is not written to disk while another process does", fields);
    const timer = clock.setInterval(() => {
      try {
        place.directory = DiskDirectory.open(path, place.alarm);
      } catch {
        // Until it works.
        return;
      }
      timer.clear();
      log.write("trace", undefined, "HLS is written to disk from here on", { hls_path: path });
      this.#useLeftovers(place, path, disposeMs);
    }, RETRY_MS);
    this.#timers.push(timer);
  }

  #useLeftovers({ directory }: Place, path: string, disposeMs: number): void {
    const { log, clock } = this.#deps;
    if (directory === undefined || directory.leftCount === 0) return;
    log.write("trace", undefined, "HLS files of an earlier process are there", {
      hls_path: path,
      files: directory.leftCount,
      ...(disposeMs === 0 ? {} : { removed_in_ms: disposeMs }),
    });
    void directory.removeUnfinished();
    if (disposeMs === 0) return;
    this.#timers.push(clock.setTimeout(() => void directory.removeLeftovers(), disposeMs));
  }

  #add(name: StreamName, hls: HlsOptions, followed: Followed, segment: SinkSegment): void {
    const { publication } = followed;
    if (hls.path === "" && followed.disk === undefined) {
      publication?.segmentFinished(describeInMemory(name, hls, segment));
      return;
    }
    followed.disk ??= this.#createStream(name, hls);
    followed.disk?.add(segment, publication);
  }

  #createStream(name: StreamName, hls: HlsOptions): DiskStream | undefined {
    const place = this.#places.get(hls.path);
    const { cwd } = this.#deps;
    if (place?.directory === undefined) return undefined;
    const { directory, alarm } = place;
    return new DiskStream(name, hls, { directory, alarm, queue: this.#queue, cwd });
  }
}

/** Where it is fetched from this server: with `hls_ctx` each viewer has paths of its own. */
function describeInMemory({ app, stream }: StreamName, { ctx }: HlsOptions, segment: SinkSegment) {
  const { sequence, durationMs, body, dateMs, extension } = segment;
  const base = pathUrl(`${app}/${stream}`);
  return {
    ...{ sequence, durationMs, bytes: body.length, startMs: dateMs },
    url: ctx ? "" : `${base}/${segmentName(sequence, extension)}`,
    playlistUrl: `${base}.m3u8`,
  };
}
