/**
 * One output of a source: its messages encoded once in one format, and the players that read them.
 *
 * @module
 */
import { SwapRemoveList } from "../../core/mod.ts";
import type { LogEncoder, LogFormat } from "../media/log_format.ts";
import { KnownTracks, type TracksState } from "../media/known_tracks.ts";
import { MediaKind, type StreamMessage } from "../media/media_message.ts";
import { type MediaTag, readTag } from "../media/media_tag.ts";
import { BatchedWakeup } from "./batched_wakeup.ts";
import { type GopState, GopTracker } from "./gop_tracker.ts";
import { type GopStart, JoinCache } from "./join_cache.ts";
import { hasMedia, type PlayedMedia, type PlayedTracks, selectTracks } from "./played_tracks.ts";
import type { ListedReader, Relay } from "./reader.ts";
import type { RunningPublish } from "./running_publish.ts";
import type { SourceOptions, SourceTools } from "./source_options.ts";
import { type Header, headerMessage, StreamHeaders } from "./stream_headers.ts";
import { type ForeignBytes, StreamLog } from "./stream_log.ts";

/** Without a picture for this long, a stream goes on as audio alone. */
const PICTURES_STOPPED_MS = 5000;

/** What an output has: which tracks, and how they are encoded. */
export interface OutputKind {
  /** How its log encodes. */
  readonly format: LogFormat;
  /** Which tracks it has. */
  readonly tracks: PlayedTracks;
  /** Which media it has; absent: both. */
  readonly media?: PlayedMedia;
}

/** An output's state as one thread sends it to another; plain data. */
export interface OutputState {
  /** Metadata and sequence headers. */
  readonly headers: readonly Header[];
  /** Where to start. */
  readonly gops: GopState;
  /** What is known of the tracks of the publish, whichever of them this output has. */
  readonly tracks: TracksState;
}

/** A source in one format. */
export class StreamOutput implements OutputKind {
  /** How its log encodes. */
  readonly format: LogFormat;
  /** Which tracks it has. */
  readonly tracks: PlayedTracks;
  /** Which media it has. */
  readonly media: PlayedMedia;
  /** Everything published since the output began. */
  readonly log: StreamLog;
  /** What players get first. */
  readonly joinCache: JoinCache;
  /** Where players wait that have their first picture; `undefined`: they do not. */
  readonly joinDelay: SourceTools["joinDelay"];
  /** All that play it here. */
  readonly consumers: SwapRemoveList<ListedReader> = new SwapRemoveList();
  /** Those that send it to other threads. */
  readonly relays: Set<Relay> = new Set();
  /** Players here that get everything at once, of `consumers`. */
  readonly urgentReaders: Set<ListedReader> = new Set();
  /** Some player here wants everything at once. */
  urgent = false;
  /** Players here, present and about to be. */
  refCount = 0;
  /** Number of the period in which this thread has players of it; 0 outside of any. */
  subscription = 0;
  readonly #options: SourceOptions;
  readonly #knownTracks: KnownTracks;
  readonly #wakeup: BatchedWakeup;
  readonly #encoder: LogEncoder | undefined;
  readonly #gops = new GopTracker();
  #live = false;
  #headers = StreamHeaders.NONE;
  #lastHeaderPosition = -1;
  /** Where the stream that is followed begins in this log, and its headers before it, -1 without any. */
  #foreign = { start: 0, lastHeaderPosition: -1 };

  /** An output of a source that is not published. */
  constructor(
    { format, tracks, media = "both" }: OutputKind,
    options: SourceOptions,
    tools: SourceTools,
    knownTracks: KnownTracks = new KnownTracks(),
  ) {
    this.format = format;
    this.tracks = tracks;
    this.media = media;
    this.#knownTracks = knownTracks;
    this.#options = options;
    this.#encoder = format.encoder?.({
      hasAudio: media !== "video",
      hasVideo: media !== "audio",
      tracks: () => this.knownTracks,
    });
    this.log = new StreamLog({
      format: this.#encoder ?? format,
      queueLengthMs: options.queueLengthMs,
      maxLagBytes: options.maxLagBytes,
      oldestNeeded: () => this.#oldestNeeded(),
      readers: () => this.relays.size > 0 ? Infinity : this.consumers.size,
      ...(tools.pool === undefined ? {} : { pool: tools.pool }),
    });
    this.joinCache = new JoinCache(this.log, format);
    this.joinDelay = tools.joinDelay;
    this.#wakeup = new BatchedWakeup(this.consumers, tools.nextTurn ?? ((task) => task()));
  }

  /** A publish is under way. */
  get live(): boolean {
    return this.#live;
  }

  /** What is known of the tracks of the running publish, whichever of them this output has. */
  get knownTracks(): TracksState {
    return this.#knownTracks.state;
  }

  /** The headers in force at the head. */
  get headers(): StreamHeaders {
    return this.#headers;
  }

  /** The newest key frame of the running publish from which the log permits to read. */
  get newestGop(): GopStart | undefined {
    const gop = this.#gops.start;
    const { permitted, tail } = this.log;
    return gop !== undefined && gop.position >= permitted && gop.position >= tail ? gop : undefined;
  }

  /** How long a player that jumped waits for a key frame, milliseconds of stream time: twice the longest GOP. */
  get keyFrameWaitMs(): number {
    return this.#gops.keyFrameWaitMs;
  }

  /** Whether pictures are to be expected: a player that goes on somewhere needs a key frame. */
  get hasPictures(): boolean {
    const silentMs = this.log.newestTime - (this.#gops.pictureTime ?? -Infinity);
    return silentMs < Math.max(PICTURES_STOPPED_MS, this.#options.queueLengthMs);
  }

  /**
   * Where a new player starts: the GOP cache. `undefined`: at the head. A GOP that has become longer than the log may
   * lag is given up, so that an encoder without a second key frame cannot fill the memory.
   */
  get cachedGop(): GopStart | undefined {
    const { gopCache, gopCacheMaxFrames } = this.#options;
    const tooLong = gopCacheMaxFrames > 0 && this.#gops.messagesInGop > gopCacheMaxFrames;
    return gopCache && !tooLong ? this.newestGop : undefined;
  }

  /** A publish begins, described by `known`; what is appended belongs to it. */
  begin(known: readonly StreamMessage[] = []): void {
    this.#live = true;
    this.#headers = StreamHeaders.NONE;
    this.#gops.restart();
    this.#encoder?.begin(known);
  }

  /** Begin in the middle of a publish: as if the output had been there since its newest key frame. */
  beginWithin({ headers, gop, longestGopMs }: RunningPublish): void {
    const before = gop?.headers ?? headers;
    const time = gop?.time ?? this.log.newestTime;
    this.begin([...before.list.map((header) => headerMessage(header, time)), ...gop?.messages ?? []]);
    this.#headers = this.#select(before);
    if (gop !== undefined) {
      let streamTime = gop.time;
      for (const message of gop.messages) {
        if (message.typeId !== MediaKind.Data) streamTime = Math.max(streamTime, message.time);
        this.append(message, readTag(message.typeId, message.payload), streamTime);
      }
    }
    this.#gops.seed(longestGopMs);
  }

  /** The publish is over: nobody starts in it any more. */
  end(): void {
    this.#live = false;
    this.#gops.end();
    this.#headers = StreamHeaders.NONE;
  }

  /**
   * Encode a message of the publish, once for all players.
   *
   * @param streamTime Where the stream is at this message, milliseconds.
   */
  append(message: StreamMessage, tag: MediaTag, streamTime: number): void {
    if (!hasMedia(this.media, message.typeId)) return;
    const selected = selectTracks(this.tracks, message);
    if (selected === undefined) return;
    const own = selected === message ? tag : readTag(selected.typeId, selected.payload);
    const { typeId, time, payload } = selected;
    if (own.header) this.#headers = this.#headers.with(typeId, own, payload);
    else if (typeId === MediaKind.Video) {
      if (own.keyFrame) this.#gops.keyFrame(own.trackId, this.#pointAt(time));
      else this.#gops.interFrame(own.trackId, time);
    }
    const position = this.log.append(selected, streamTime);
    this.#gops.count();
    if (own.header) this.#lastHeaderPosition = position;
  }

  /** The first track of sound goes on in another codec: players that join do not get the headers of the one before. */
  changeSound(codec: string): void {
    this.#headers = this.#headers.forFrames(MediaKind.Audio, codec);
  }

  /** What another thread needs besides the log's bytes to play this output; positions are less `origin`. */
  state(origin: number): OutputState {
    const gops = this.#gops.state(this.newestGop, origin);
    return { headers: this.#headers.list, gops, tracks: this.knownTracks };
  }

  /**
   * A publish of another thread began, or was found running: players that wait here get the headers first.
   *
   * @param time Of the first message that follows, milliseconds of stream time.
   */
  beginForeign(headers: readonly Header[], time: number): void {
    this.begin();
    // For a player that joins before the first bytes come.
    this.#headers = StreamHeaders.from(headers);
    let lastHeaderPosition = -1;
    for (const header of headers) lastHeaderPosition = this.log.append(headerMessage(header, time), time);
    this.#foreign = { start: this.log.head, lastHeaderPosition };
  }

  /** Follow a publish of another thread: its newest bytes, and what they mean. */
  follow(pieces: readonly ForeignBytes[], entries: Float64Array, state: OutputState): void {
    this.#knownTracks.follow(state.tracks);
    this.#headers = this.#headers.orFrom(state.headers);
    // Before the log grows, which frees what is not needed: where nobody plays here yet, only the GOP is.
    this.#gops.follow(state.gops, this.log.head, this.#foreign, this.#headers);
    this.log.extend(pieces, entries);
  }

  /**
   * Everything appended so far is due: wake the players here that have nothing under way.
   *
   * @param whenOver Called when all of them were woken.
   */
  flush(whenOver?: () => void): void {
    if (this.log.flushed === this.log.head) return whenOver?.();
    this.log.flush();
    this.#wakeup.start(whenOver);
  }

  /** Wake every `slots`-th of the other threads, from `slot` on. */
  flushRelays(slot = 0, slots = 1): void {
    let number = 0;
    for (const relay of this.relays) if (number++ % slots === slot) relay.wakeable.wake();
  }

  /**
   * Give back the memory that nobody needs. Without a publish that is all that all players have read, for they may
   * wait for long: a log gives memory back by itself only while it grows.
   */
  releaseIdleMemory(): void {
    this.joinCache.clear();
    if (this.#live) return;
    if (this.#oldestNeeded() >= this.log.head) this.log.clear();
    else this.log.trim();
  }

  #select(headers: StreamHeaders): StreamHeaders {
    if (this.tracks === "all" && this.media === "both") return headers;
    let selected = StreamHeaders.NONE;
    for (const header of headers.list) {
      if (!hasMedia(this.media, header.typeId)) continue;
      const message = selectTracks(this.tracks, headerMessage(header, 0));
      if (message === undefined) continue;
      selected = selected.with(message.typeId, readTag(message.typeId, message.payload), message.payload);
    }
    return selected;
  }

  /** What comes next, of this time. */
  #pointAt(time: number): GopStart {
    const { head: position } = this.log;
    return { position, time, headers: this.#headers, lastHeaderPosition: this.#lastHeaderPosition };
  }

  #oldestNeeded(): number {
    let oldest = this.cachedGop?.position ?? this.log.head;
    const { permitted } = this.log;
    for (const readers of [this.consumers, this.relays]) {
      for (const { position } of readers) oldest = Math.min(oldest, Math.max(position, permitted));
    }
    return oldest;
  }
}
