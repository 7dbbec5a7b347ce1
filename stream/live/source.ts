/**
 * A source: one vhost/app/stream, its publisher or none, its caches and its players.
 *
 * It outlives its publishers: players wait on it before the first and between two.
 *
 * @module
 */
import { MessageType, type RtmpMessage } from "../../rtmp/wire/mod.ts";
import { type MetadataFacts, readDataMessage, readMetadataFacts } from "../media/data_message.ts";
import { type GopState, GopTracker } from "./gop_tracker.ts";
import { FirstTracks, type PlayedTracks } from "./first_tracks.ts";
import type { PublisherHandle } from "./publisher_handle.ts";
import { RtmpFormat, type StreamMessage } from "./log_format.ts";
import { type MediaTag, readAudioTag, readVideoTag } from "../media/media_tag.ts";
import { type GopStart, JoinCache } from "./join_cache.ts";
import type { Player, Reader } from "./reader.ts";
import { SwapRemoveList } from "./swap_remove_list.ts";
import type { SourceOptions, SourceTools } from "./source_options.ts";
import { type Header, headerMessage, METADATA_TIME, StreamHeaders } from "./stream_headers.ts";
import { type ForeignBytes, StreamLog } from "./stream_log.ts";
import { TimeCorrector } from "../media/time_corrector.ts";
import { BatchedWakeup } from "./batched_wakeup.ts";

/** Enhanced RTMP v2 has one byte for a track's id. */
const TRACKS = 256;
/** Without a picture for so long, a stream goes on as sound alone. */
const PICTURES_STOPPED_MS = 5000;

/** What is known of the running publish, for logs and the API. */
export interface PublishFacts extends MetadataFacts {
  /** `""` until a message of that kind arrived. */
  readonly videoCodec: string;
  /** `""` while unknown. */
  readonly audioCodec: string;
}

/** A source's state as one thread tells it to another; plain data. */
export interface SourceState {
  /** Metadata and sequence headers. */
  readonly headers: readonly Header[];
  /** What is known of the publish. */
  readonly facts: PublishFacts;
  /** Where to start. */
  readonly gops: GopState;
}

/** A stream of one name. */
export class Source {
  /** `vhost/app/stream`. */
  readonly key: string;
  /** `vid-` and 7 characters. */
  readonly streamId: string;
  /** Everything published, encoded once. */
  readonly log: StreamLog;
  /** How the log encodes. */
  readonly format: RtmpFormat;
  /** What players get first. */
  readonly joinCache: JoinCache;
  /** Where players wait that have their first picture; `undefined`: they do not. */
  readonly joinDelay: SourceTools["joinDelay"];
  /** Whoever plays it here. */
  readonly consumers: SwapRemoveList<Player> = new SwapRemoveList();
  /** Whoever hands it on to another thread. */
  readonly relays: Set<Reader> = new Set();
  /** Publishers and players, present and about to be: `Sources` keeps the source while there are any. */
  refCount = 1;
  readonly #options: SourceOptions;
  readonly #corrector: TimeCorrector;
  readonly #wakeup: BatchedWakeup;
  #holder: PublisherHandle | undefined;
  #live = false;
  #headers = StreamHeaders.NONE;
  #lastHeaderPosition = -1;
  readonly #gops = new GopTracker();
  readonly #firstTracks: FirstTracks<Source>;
  /** Where the stream that is followed begins in this log, and its headers before it, -1 without any. */
  #foreign = { start: 0, lastHeaderPosition: -1 };
  #facts: PublishFacts = { videoCodec: "", audioCodec: "" };

  /** A source without a publisher. */
  constructor(key: string, streamId: string, options: SourceOptions, tools: SourceTools = {}) {
    this.key = key;
    this.streamId = streamId;
    this.#options = options;
    this.#corrector = new TimeCorrector(options.timeJitter);
    this.format = new RtmpFormat(options.chunkSize);
    this.log = new StreamLog({
      format: this.format,
      queueLengthMs: options.queueLengthMs,
      maxLagBytes: options.maxLagBytes,
      oldestNeeded: () => this.#oldestNeeded(),
      ...(tools.pool === undefined ? {} : { pool: tools.pool }),
    });
    this.joinCache = new JoinCache(this.log, this.format);
    this.joinDelay = tools.joinDelay;
    this.#wakeup = new BatchedWakeup(this.consumers, tools.nextTurn ?? ((task) => task()));
    const plain: SourceOptions = { ...options, timeJitter: "off", reduceSequenceHeader: false };
    const create = (): Source => new Source(key, streamId, plain, tools);
    this.#firstTracks = new FirstTracks(this, options.chunkSize, create);
  }

  /** Who has the name, from the reservation on. */
  get holder(): PublisherHandle | undefined {
    return this.#holder;
  }

  /** A publish is under way. */
  get live(): boolean {
    return this.#live;
  }

  /** Codecs and metadata of the running publish. */
  get facts(): PublishFacts {
    return this.#facts;
  }

  /** Where the stream has come to, here or elsewhere, milliseconds: what follows is not before it. */
  get time(): number {
    return Math.max(this.log.newestTime, this.#corrector.time);
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

  /** Whether pictures are to be expected: who goes on somewhere needs a key frame. */
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

  /** What a player of these tracks reads. It has to join at once: an output without players is dropped. */
  output(tracks: PlayedTracks): Source {
    return tracks === "all" ? this : this.#firstTracks.output;
  }

  /** Take the name; `false` when somebody has it. */
  reserve(holder: PublisherHandle): boolean {
    if (this.#holder !== undefined) return false;
    this.#holder = holder;
    return true;
  }

  /** The holder's publish was accepted: a new publish begins on the same time line. */
  begin(): void {
    this.#live = true;
    this.#headers = StreamHeaders.NONE;
    this.#gops.restart();
    this.#facts = { videoCodec: "", audioCodec: "" };
    this.#corrector.restart();
    this.#firstTracks.begin();
  }

  /** The holder is gone, or never got to publish. Does nothing when `holder` does not have the name. */
  release(holder: PublisherHandle): void {
    if (this.#holder !== holder) return;
    this.#holder = undefined;
    this.#finish();
  }

  /** What another thread needs beside the log's bytes to play this stream; positions are less `origin`. */
  state(origin: number): SourceState {
    return {
      headers: this.#headers.list,
      facts: this.#facts,
      gops: this.#gops.state(this.newestGop, origin),
    };
  }

  /**
   * A publish of another thread began, or was found running: players that wait here get the headers first.
   *
   * @param time Of the first message that follows, milliseconds of stream time.
   */
  beginForeign(headers: readonly Header[], time: number): void {
    this.begin();
    // For who joins before the first bytes come.
    this.#headers = StreamHeaders.from(headers);
    let lastHeaderPosition = -1;
    for (const header of headers) {
      lastHeaderPosition = this.log.append(headerMessage(header, time), time);
    }
    this.#foreign = { start: this.log.head, lastHeaderPosition };
  }

  /** Follow a publish of another thread: its newest bytes, and what they mean. */
  follow(pieces: readonly ForeignBytes[], entries: Float64Array, state: SourceState): void {
    this.#facts = state.facts;
    this.#headers = this.#headers.orFrom(state.headers);
    // Before the log grows, which frees what is not needed: where nobody plays here yet, the GOP alone is.
    this.#gops.follow(state.gops, this.log.head, this.#foreign, this.#headers);
    this.log.extend(pieces, entries);
  }

  /** The publish of another thread is over; one of this thread may follow it on the same time line. */
  endForeign(): void {
    this.advance(this.log.newestTime);
    this.#finish();
  }

  /** Players of other threads have seen the stream up to `time`: a publish here goes on from there. */
  advance(time: number): void {
    this.#corrector.advance(time);
  }

  /**
   * Take a message of the publish.
   *
   * @param nowMs Monotonic clock.
   */
  receive(message: RtmpMessage, nowMs: number): void {
    switch (message.typeId) {
      case MessageType.Audio:
        return this.#receiveAudio(message, nowMs);
      case MessageType.Video:
        return this.#receiveVideo(message, nowMs);
      default:
        return this.#receiveData(message);
    }
  }

  /** Somebody plays it, here or elsewhere. */
  get watched(): boolean {
    return this.consumers.size + this.relays.size > 0;
  }

  /** Players here, of all tracks or of the first ones. */
  get playerCount(): number {
    return this.consumers.size + this.#firstTracks.playerCount;
  }

  /** Other threads that have players of it. */
  get threadCount(): number {
    return this.relays.size - (this.relays.has(this.#firstTracks) ? 1 : 0);
  }

  /** Everything received so far is due, here and elsewhere: wake the players that have nothing under way. */
  flush(): void {
    this.#flushHere();
    this.#flushRelays();
  }

  /**
   * One of the `turns` of a flush. The players here have turn 0, the first other thread comes right behind them:
   * threads that write at once are in each other's way, and one behind another finds the machine awake.
   */
  flushSlot(turn: number, turns: number): void {
    if (turn === 0) this.#flushHere(() => this.#flushRelays(0, turns));
    else this.#flushRelays(turn, turns);
  }

  /**
   * Give back what nobody needs; called about once a second. Where nobody publishes that is all that all players have
   * read, for they may wait for long: a log gives memory back by itself only while it grows.
   */
  releaseIdleMemory(): void {
    this.#firstTracks.releaseIdleMemory();
    this.joinCache.clear();
    if (this.#live || this.log.heldBytes === 0) return;
    if (this.#oldestNeeded() >= this.log.head) this.log.clear();
    else this.log.trim();
  }

  /** Nobody publishes or plays it any more: give all memory back. */
  clear(): void {
    this.#firstTracks.clear();
    this.log.clear();
  }

  #flushHere(whenOver?: () => void): void {
    if (this.log.flushed === this.log.head) return whenOver?.();
    this.log.flush();
    this.#wakeup.start(whenOver);
  }

  #flushRelays(turn = 0, turns = 1): void {
    let number = 0;
    for (const relay of this.relays) if (number++ % turns === turn) relay.sink.flush();
  }

  #finish(): void {
    this.#firstTracks.end();
    this.#live = false;
    this.#gops.end();
    this.#headers = StreamHeaders.NONE;
  }

  #receiveAudio({ payload, timestamp }: RtmpMessage, nowMs: number): void {
    if (payload.length === 0) return;
    const tag = readAudioTag(payload);
    if (tag.codec !== "" && this.#facts.audioCodec === "") {
      this.#facts = { ...this.#facts, audioCodec: tag.codec };
    }
    const time = this.#timeOf(MessageType.Audio, tag, timestamp, nowMs);
    const message = { typeId: MessageType.Audio, time, payload };
    if (tag.header) {
      if (this.#options.reduceSequenceHeader && this.#headers.has(MessageType.Audio, tag, payload)) return;
      this.#headers = this.#headers.withHeader(MessageType.Audio, tag, payload);
    }
    this.#append(message, tag.header);
  }

  #receiveVideo({ payload, timestamp }: RtmpMessage, nowMs: number): void {
    if (payload.length === 0) return;
    const tag = readVideoTag(payload);
    if (tag.codec !== "" && this.#facts.videoCodec === "") {
      this.#facts = { ...this.#facts, videoCodec: tag.codec };
    }
    const time = this.#timeOf(MessageType.Video, tag, timestamp, nowMs);
    const message = { typeId: MessageType.Video, time, payload };
    if (tag.header) {
      if (this.#options.reduceSequenceHeader && this.#headers.has(MessageType.Video, tag, payload)) return;
      this.#headers = this.#headers.withHeader(MessageType.Video, tag, payload);
    } else {
      if (tag.keyFrame) this.#gops.keyFrame(tag.trackId, this.#pointAt(message.time));
      else this.#gops.interFrame(tag.trackId, message.time);
    }
    this.#append(message, tag.header);
  }

  #receiveData(message: RtmpMessage): void {
    const data = readDataMessage(message);
    if (data === undefined) return;
    const isMetadata = data.name === "onMetaData";
    if (isMetadata) {
      this.#headers = this.#headers.withMetadata(data.payload);
      this.#facts = { ...this.#facts, ...readMetadataFacts(data.payload) };
    }
    const time = isMetadata ? METADATA_TIME : this.#corrector.time;
    this.#append({ typeId: MessageType.DataAmf0, time, payload: data.payload }, isMetadata);
  }

  #timeOf(typeId: number, { header, trackId }: MediaTag, timestamp: number, nowMs: number): number {
    const track = typeId * TRACKS + trackId;
    return header
      ? this.#corrector.headerTime(track, timestamp)
      : this.#corrector.correct(track, timestamp, nowMs);
  }

  #append(message: StreamMessage, isHeader: boolean): void {
    const position = this.log.append(message, this.#corrector.time);
    this.#gops.count();
    if (isHeader) this.#lastHeaderPosition = position;
  }

  /** What comes next, of this time. */
  #pointAt(time: number): GopStart {
    const lastHeaderPosition = this.#lastHeaderPosition;
    return { position: this.log.head, time, headers: this.#headers, lastHeaderPosition };
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
