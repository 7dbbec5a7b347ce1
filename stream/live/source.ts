/**
 * A source: one vhost/app/stream, its publisher or none, its time line, and its outputs. It has no format of its own.
 *
 * It outlives its publishers: players wait on it before the first and between two.
 *
 * @module
 */
import { readDataMessage, readMetadataFacts } from "../media/data_message.ts";
import { KnownTracks } from "../media/known_tracks.ts";
import { MediaKind, type MediaMessage, type StreamMessage } from "../media/media_message.ts";
import { type MediaTag, readAudioTag, readTag, readVideoTag } from "../media/media_tag.ts";
import { TimeCorrector } from "../media/time_corrector.ts";
import { GopCache } from "./gop_cache.ts";
import { NO_FACTS, type PublishFacts } from "./publish_facts.ts";
import type { PublisherHandle } from "./publisher_handle.ts";
import type { RunningPublish } from "./running_publish.ts";
import type { SourceOptions, SourceTools } from "./source_options.ts";
import { METADATA_TIME, StreamHeaders } from "./stream_headers.ts";
import { type OutputKind, StreamOutput } from "./stream_output.ts";
import { StreamOutputs } from "./stream_outputs.ts";
import type { Tap } from "./tap.ts";

/** Enhanced RTMP v2 has one byte for a track's id. */
const TRACKS = 256;

/** A stream of one name. */
export class Source {
  /** `vhost/app/stream`. */
  readonly key: string;
  /** `vid-` and 7 characters. */
  readonly streamId: string;
  /** The stream in each format that is played. */
  readonly outputs: StreamOutputs;
  /**
   * Get each message, in order; its payload is never written again. One that is added during a publish begins with
   * {@link Source.running}.
   */
  readonly taps: Set<Tap> = new Set();
  /** Publishers and players, present and about to be: `Sources` keeps the source while there are any. */
  refCount = 1;
  #receivedBytes = 0;
  readonly #options: SourceOptions;
  readonly #corrector: TimeCorrector;
  readonly #gopCache: GopCache;
  readonly #knownTracks = new KnownTracks();
  #holder: PublisherHandle | undefined;
  /** Who publishes: a client of this thread, or of another one. */
  #live: "here" | "elsewhere" | undefined;
  #headers = StreamHeaders.NONE;
  #facts = NO_FACTS;

  /** A source without a publisher. */
  constructor(key: string, streamId: string, options: SourceOptions, tools: SourceTools = {}) {
    this.key = key;
    this.streamId = streamId;
    this.#options = options;
    this.#corrector = new TimeCorrector(options.timeJitter);
    this.#gopCache = new GopCache(options);
    this.outputs = new StreamOutputs({
      create: (kind) => this.#createOutput(kind, tools),
      dropped: (output) => {
        this.#gopCache.dropped(output);
        if (this.#live === "elsewhere") this.advance(output.log.newestTime);
      },
      playedChanged: () => tools.playedChanged?.(),
    });
  }

  /** Who has the name, from the reservation on. */
  get holder(): PublisherHandle | undefined {
    return this.#holder;
  }

  /** Bytes of media of all publishes of this thread. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** A publish is under way, here or on another thread whose outputs are followed. */
  get live(): boolean {
    return this.#live !== undefined;
  }

  /** Where the publish is: on this thread, or on another one; `undefined` without any. */
  get liveAt(): "here" | "elsewhere" | undefined {
    return this.#live;
  }

  /** Codecs and metadata of the running publish. */
  get facts(): PublishFacts {
    return this.#facts;
  }

  /** The headers in force, of a publish of this thread. */
  get headers(): StreamHeaders {
    return this.#headers;
  }

  /** What an output or a tap has to know that begins in the middle of a publish of this thread. */
  get running(): RunningPublish {
    const { newest, longestGopMs } = this.#gopCache;
    return { headers: this.#headers, gop: newest, longestGopMs };
  }

  /** Where the stream is, here or elsewhere, milliseconds: what follows is not before it. */
  get time(): number {
    return this.outputs.list.reduce((time, { log }) => Math.max(time, log.newestTime), this.#corrector.time);
  }

  /** Take the name; `false` when it is taken. */
  reserve(holder: PublisherHandle): boolean {
    if (this.#holder !== undefined) return false;
    this.#holder = holder;
    return true;
  }

  /** The holder's publish was accepted: a new publish begins on the same time line. */
  begin(): void {
    this.#begin("here");
    for (const output of this.outputs.list) {
      output.begin();
      this.#gopCache.readFrom(output);
    }
  }

  /** The holder is gone, or never got to publish. Does nothing when `holder` does not have the name. */
  release(holder: PublisherHandle): void {
    if (this.#holder !== holder) return;
    this.#holder = undefined;
    this.#finish();
  }

  /** A publish of another thread is followed from now on; its outputs begin one by one. */
  beginForeign(): void {
    this.#begin("elsewhere");
  }

  /** The publish of another thread is over; one of this thread may follow it on the same time line. */
  endForeign(): void {
    for (const { log } of this.outputs.list) this.advance(log.newestTime);
    this.#finish();
  }

  /** Players of other threads have seen the stream up to `time`: a publish here goes on from there. */
  advance(time: number): void {
    this.#corrector.advance(time);
  }

  /**
   * Take a message of the publish.
   *
   * @param message Not kept: its payload may be in memory that its reader uses again.
   * @param nowMs Monotonic clock.
   */
  receive(message: MediaMessage, nowMs: number): void {
    const { typeId, payload } = message;
    this.#receivedBytes += payload.length;
    if (typeId === MediaKind.Audio) this.#receiveMedia(message, readAudioTag(payload), nowMs);
    else if (typeId === MediaKind.Video) this.#receiveMedia(message, readVideoTag(payload), nowMs);
    else this.#receiveData(message);
  }

  /** All messages that a read brought have been received. */
  readEnded(): void {
    for (const tap of this.taps) tap.readEnded();
  }

  /** Somebody plays it, here or elsewhere. */
  get watched(): boolean {
    return this.outputs.list.some(({ consumers, relays }) => consumers.size + relays.size > 0);
  }

  /** What is received should not wait for the next tick of its publisher's reads. */
  get urgent(): boolean {
    for (const { urgent } of this.taps) if (urgent) return true;
    for (const { relays, urgentReaders } of this.outputs.list) {
      if (urgentReaders.size > 0) return true;
      for (const { urgent } of relays) if (urgent) return true;
    }
    return false;
  }

  /** Everything received so far is due where it is wanted at once: on other threads, and with players here. */
  flushUrgent(): void {
    for (const { relays, urgentReaders } of this.outputs.list) {
      for (const { wakeable } of urgentReaders) wakeable.wake();
      for (const relay of relays) if (relay.urgent) relay.wakeable.wake();
    }
  }

  /** Nobody but its publisher uses it, or has the time to wait: no player, and no publisher that wants its name. */
  get isUnattended(): boolean {
    for (const { patient } of this.taps) if (!patient) return false;
    return this.refCount <= 1 && this.outputs.list.length === 0;
  }

  /** Players here, of all outputs. */
  get playerCount(): number {
    return this.outputs.playerCount;
  }

  /** Other threads that have players of it, of the output that most of them have. */
  get threadCount(): number {
    return this.outputs.list.reduce((most, { relays }) => Math.max(most, relays.size), 0);
  }

  /** Everything received so far is due, here and elsewhere. */
  flush(): void {
    for (const output of this.outputs.list) output.flush();
    for (const output of this.outputs.list) output.flushRelays();
  }

  /** Give back the memory that nobody needs, and the outputs that nobody plays; called about once a second. */
  releaseIdleMemory(): void {
    this.outputs.sweep();
  }

  /** Nobody publishes or plays it any more: give all memory back. */
  clear(): void {
    this.outputs.clear();
    this.#gopCache.restart();
  }

  #createOutput(kind: OutputKind, tools: SourceTools): StreamOutput {
    const output = new StreamOutput(kind, this.#options, tools, this.#knownTracks);
    if (this.#live !== "here") return output;
    output.beginWithin(this.running);
    this.#gopCache.readFrom(output);
    return output;
  }

  #begin(where: "here" | "elsewhere"): void {
    this.#live = where;
    this.#headers = StreamHeaders.NONE;
    this.#facts = NO_FACTS;
    this.#gopCache.restart();
    this.#knownTracks.restart();
    this.#corrector.restart();
    for (const tap of this.taps) tap.began();
  }

  #finish(): void {
    const wasLive = this.#live !== undefined;
    this.#live = undefined;
    this.#headers = StreamHeaders.NONE;
    this.#gopCache.restart();
    for (const output of this.outputs.list) output.end();
    if (wasLive) { for (const tap of this.taps) tap.ended(); }
  }

  #receiveMedia({ typeId, payload, timestamp }: MediaMessage, tag: MediaTag, nowMs: number): void {
    if (payload.length === 0) return;
    this.#noteCodec(typeId, tag);
    // The next publish goes on with the stream, and GStreamer 1.28 stops playing at an end of sequence.
    if (tag.sequenceEnd) return;
    const track = typeId * TRACKS + tag.trackId;
    if (!tag.header) {
      const time = this.#corrector.correct(track, timestamp, nowMs);
      return this.#append({ typeId, time, payload }, tag);
    }
    const time = this.#corrector.headerTime(track, timestamp);
    if (this.#options.reduceSequenceHeader && this.#headers.has(typeId, tag, payload)) return;
    this.#append({ typeId, time, payload }, tag);
  }

  #receiveData(message: MediaMessage): void {
    const payload = readDataMessage(message.payload)?.payload;
    if (payload === undefined) return;
    const tag = readTag(MediaKind.Data, payload);
    if (tag.header) this.#facts = { ...this.#facts, ...readMetadataFacts(payload) };
    const time = tag.header ? METADATA_TIME : this.#corrector.time;
    this.#append({ typeId: MediaKind.Data, time, payload }, tag);
  }

  #noteCodec(typeId: number, { codec, trackId }: MediaTag): void {
    const fact = typeId === MediaKind.Audio ? "audioCodec" : "videoCodec";
    const before = this.#facts[fact];
    const fixed = before !== "" && (typeId !== MediaKind.Audio || trackId !== 0);
    if (codec === before || codec === "" || fixed) return;
    this.#facts = { ...this.#facts, [fact]: codec };
    if (before === "") return;
    // Not every codec of sound has a header that takes the place of the one before: MP3 has none.
    this.#headers = this.#headers.forFrames(typeId, codec);
    for (const output of this.outputs.list) output.changeSound(codec);
  }

  #append(message: StreamMessage, tag: MediaTag): void {
    const { time } = this.#corrector;
    this.#knownTracks.add(message, tag, time);
    this.#gopCache.expect(message);
    for (const output of this.outputs.list) output.append(message, tag, time);
    let kept: StreamMessage | undefined;
    for (const tap of this.taps) {
      const keeps = tag.header || tap.keepsPayloads;
      tap.take(keeps ? kept ??= { ...message, payload: message.payload.slice() } : message, tag);
    }
    this.#gopCache.add(message, tag, this.#headers);
    if (tag.header) this.#headers = this.#headers.with(message.typeId, tag, message.payload);
  }
}
