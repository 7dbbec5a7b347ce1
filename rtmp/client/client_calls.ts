/**
 * What a client says to a server: connect, createStream, its play or publish, and its leaving. RTMP 1.0 §7.2. Pure.
 *
 * @module
 */
import {
  Amf0Object,
  type Amf0Value,
  type ChunkEncoder,
  ChunkStream,
  encodeCommand,
  encodeControl,
} from "../wire/mod.ts";

/** Transaction ids: each call is made once. */
export const Call = { Connect: 1, CreateStream: 2, ReleaseStream: 3, FcPublish: 4, Stream: 5 } as const;

/** A Flash plugin that servers know as a player, and an encoder that they know as such. */
const FLASH_VERSIONS = { play: "LNX 9,0,124,2", publish: "FMLE/3.0 (compatible; srs)" } as const;

/** What SRS and this server tell of themselves; the fields of Flash Player's `connect`. */
const CONNECT_DEFAULTS = {
  fpad: false,
  capabilities: 239,
  audioCodecs: 3575,
  videoCodecs: 252,
  videoFunction: 1,
} as const;

/** What a client wants. */
export interface ClientRequest {
  /** To take a stream, or to give one. */
  readonly kind: "play" | "publish";
  /** With its instance. */
  readonly app: string;
  /** `rtmp://host[:port]/app`. */
  readonly tcUrl: string;
  /** With its parameters. */
  readonly streamName: string;
}

/** What the calls say. */
export interface CallOptions {
  /** What is wanted. */
  readonly request: ClientRequest;
  /** What this client says of itself, as SRS does: `connect`'s second object. */
  readonly identity?: Readonly<Record<string, Amf0Value>>;
  /** Of what is sent, bytes. */
  readonly chunkSize: number;
  /** The page of the client on whose behalf it connects; absent: none. */
  readonly pageUrl?: string;
}

/** Writes the calls of one connection. */
export class ClientCalls {
  readonly #options: CallOptions;
  readonly #encoder: ChunkEncoder;

  /** Nothing said yet. */
  constructor(options: CallOptions, encoder: ChunkEncoder) {
    this.#options = options;
    this.#encoder = encoder;
  }

  /** `connect`. */
  connect(): void {
    const { chunkSize, identity, pageUrl, request: { app, tcUrl, kind } } = this.#options;
    this.#encoder.write(encodeControl({ kind: "setChunkSize", chunkSize }));
    const members = Amf0Object.of({
      app,
      ...(kind === "publish" ? { type: "nonprivate" } : {}),
      flashVer: FLASH_VERSIONS[kind],
      tcUrl,
      ...(pageUrl === undefined ? {} : { pageUrl }),
      ...CONNECT_DEFAULTS,
    });
    const args: Amf0Value[] = [members];
    if (identity !== undefined) args.push(Amf0Object.of(identity));
    this.#call("connect", Call.Connect, args);
  }

  /** `createStream`, after what encoders say before it. */
  createStream(): void {
    const { kind, streamName } = this.#options.request;
    if (kind === "publish") {
      this.#call("releaseStream", Call.ReleaseStream, [null, streamName]);
      this.#call("FCPublish", Call.FcPublish, [null, streamName]);
    }
    this.#call("createStream", Call.CreateStream, [null]);
  }

  /** `play` or `publish`. */
  request(streamId: number): void {
    const { kind, streamName } = this.#options.request;
    const args = kind === "publish" ? [null, streamName, "live"] : [null, streamName];
    const address = { streamId, chunkStreamId: ChunkStream.Stream };
    this.#encoder.write(encodeCommand({ name: kind, transactionId: Call.Stream, args }, address));
  }

  /** How many play the stream here; servers of other makers pass over it. */
  viewers(count: number): void {
    this.#call("srsViewers", 0, [null, count]);
  }

  /** The stream is over. */
  leave(streamId: number): void {
    const { kind, streamName } = this.#options.request;
    if (kind === "publish") this.#call("FCUnpublish", 0, [null, streamName]);
    this.#call("deleteStream", 0, [null, streamId]);
  }

  #call(name: string, transactionId: number, args: readonly Amf0Value[]): void {
    const address = { streamId: 0, chunkStreamId: ChunkStream.Connection };
    this.#encoder.write(encodeCommand({ name, transactionId, args }, address));
  }
}
