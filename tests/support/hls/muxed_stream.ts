/**
 * A source with a muxer and what its viewers see, each playlist of which is checked.
 *
 * @module
 */
import { Fmp4Container } from "../../../http/hls/fmp4_container.ts";
import { HlsMuxer, type HlsMuxerOptions } from "../../../http/hls/hls_muxer.ts";
import { ResponseMaker } from "../../../http/hls/hls_responses.ts";
import { HlsStream } from "../../../http/hls/hls_stream.ts";
import type { HlsUpdate } from "../../../http/hls/hls_update.ts";
import { readMediaName } from "../../../http/hls/media_names.ts";
import { writeMediaPlaylist } from "../../../http/hls/media_playlist.ts";
import { FOLLOWED_MEDIA_MS, SourceFollower } from "../../../http/hls/source_follower.ts";
import type { Source } from "../../../stream/live/mod.ts";
import { assert } from "../assert.ts";
import { bareSource, holder } from "../stream/live_stream.ts";
import { completePlaylist, type ReadPlaylist, readPlaylist } from "./playlist_reader.ts";
import { PlaylistValidator } from "./playlist_validator.ts";
import { type SimulatedPublish, SimulatedPublisher, SimulatedTime } from "./simulated_publish.ts";

/** How the stream's times are made of those of its publisher. */
export interface StreamTimes {
  readonly timeJitter?: "full" | "off" | undefined;
}

/** Muxes simulated publishes. */
export class MuxedStream {
  readonly time = new SimulatedTime();
  readonly source: Source;
  readonly validator = new PlaylistValidator();
  readonly responses: ResponseMaker;
  readonly shown: HlsStream;
  /** Of tracks that could not be had. */
  readonly refusals: string[] = [];
  /** Times that there were too many segments. */
  overSegments = 0;
  readonly #options: Partial<HlsMuxerOptions>;
  #playlist: ReadPlaylist | undefined;
  #muxer: SourceFollower | undefined;
  #publisher: { end(): void } | undefined;

  /** No muxer yet. */
  constructor(options: Partial<HlsMuxerOptions> = {}, { timeJitter = "full" }: StreamTimes = {}) {
    this.source = bareSource({ timeJitter });
    this.#options = options;
    this.responses = new ResponseMaker({}, (bytes) => new Uint8Array(bytes), () => this.time.wallNow());
    this.shown = new HlsStream(this.responses, (task) => task(), () => 0);
  }

  /** The newest playlist. */
  get playlist(): ReadPlaylist {
    assert(this.#playlist !== undefined, "there is no playlist");
    return this.#playlist;
  }

  /** Begin a publish. */
  publish(what: SimulatedPublish): SimulatedPublisher {
    const name = holder();
    this.source.reserve(name);
    this.source.begin();
    this.#publisher = { end: () => this.source.release(name) };
    return new SimulatedPublisher(this.source, this.time, what);
  }

  /** End the publish. */
  unpublish(): void {
    this.#publisher?.end();
  }

  /** Begin to mux. */
  mux(): void {
    const originMs = this.time.wallNow() - FOLLOWED_MEDIA_MS;
    const muxer = new HlsMuxer(
      {
        ...{
          fragmentMs: 2000,
          windowMs: 30_000,
          maxBytes: 2 ** 29,
          partMs: 200,
          prefix: "",
          container: new Fmp4Container(),
        },
        now: () => this.time.nowMs,
        prepare: (contentType, bytes) => this.responses.prepareMedia(contentType, bytes),
        first: { sequence: 1000, part: 5000, discontinuity: 77 },
        ...this.#options,
      },
      originMs,
      {
        updated: (update) => this.#updated(update),
        segmentEnded: () => {},
        overBytes: () => {},
        overSegments: () => void this.overSegments++,
        refused: (reason) => void this.refusals.push(reason),
      },
    );
    const wallNow = (): number => this.time.wallNow();
    this.#muxer = new SourceFollower(this.source, muxer, {
      ...{ originMs, wallNow, fragmentMs: 2000 },
      isUrgent: () => true,
      isWanted: true,
      began: () => {},
    });
  }

  /** Mux no longer. */
  stop(): void {
    this.#muxer?.stop();
  }

  /** The body that a name of the playlist stands for. */
  body(uri: string): Uint8Array<ArrayBufferLike> {
    const name = readMediaName(uri);
    assert(name !== undefined, `${uri} is not a name`);
    const found = this.shown.find(name);
    assert(found !== undefined, `${uri} is not there`);
    return found.kind === "range" ? found.body : found.response.bytes.subarray(found.response.bodyAt);
  }

  #updated(update: HlsUpdate): void {
    this.shown.apply(update);
    const { playlist } = update;
    if (playlist === undefined) return;
    const full = readPlaylist(writeMediaPlaylist(playlist, "full"));
    const delta = readPlaylist(writeMediaPlaylist(playlist, "delta"));
    this.validator.add(full);
    const last = this.#playlist;
    if (last !== undefined) {
      const text = JSON.stringify(completePlaylist(delta, last).segments.map(withoutParts));
      const expected = JSON.stringify(full.segments.map(withoutParts));
      if (text !== expected) this.validator.violations.push(`a delta differs: ${text} for ${expected}`);
    }
    for (const { uri } of full.segments) this.body(uri ?? "");
    this.#playlist = full;
  }
}

/** The last playlist may still have listed parts that this one does not. */
function withoutParts({ parts: _parts, ...segment }: ReadPlaylist["segments"][number]): unknown {
  return segment;
}
