/**
 * Live streams without sockets: messages that carry a label, and a player that reads a source and tells the labels.
 *
 * ```ts
 * const source = liveSource();
 * source.receive(videoHeader("h1"), 0);
 * source.receive(keyFrame("k1", 40), 40);
 * source.flush();
 * assertEquals(new TestPlayer(source).read(), ["h1@0", "k1@10"]);
 * ```
 *
 * @module
 */
import { Consumer } from "../../../stream/live/consumer.ts";
import type { PublisherHandle } from "../../../stream/live/publisher_handle.ts";
import { NOTHING_READ } from "../../../stream/live/read_mark.ts";
import type { Wakeable } from "../../../stream/live/reader.ts";
import { Source } from "../../../stream/live/source.ts";
import type { SourceOptions, SourceTools } from "../../../stream/live/source_options.ts";
import type { MediaMessage } from "../../../stream/media/media_message.ts";
import type { PlayedTracks } from "../../../stream/live/played_tracks.ts";
import type { OutputKind, StreamOutput } from "../../../stream/live/stream_output.ts";
import { RtmpFormat } from "../../../rtmp/server/rtmp_format.ts";
import { assert } from "../assert.ts";
import { Amf0Object } from "../../../rtmp/wire/amf0.ts";
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { decodeData, encodeData } from "../../../rtmp/wire/command.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { encodeControl } from "../../../rtmp/wire/control.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";

const VIDEO_LABEL = 5;
const AUDIO_LABEL = 2;

/** What a source takes, and the chunk size of its RTMP output. */
export interface TestSourceOptions extends SourceOptions {
  readonly chunkSize: number;
}

/** What a test's source is made with when it says nothing else. Timestamps pass as they are. */
export const SOURCE_OPTIONS: TestSourceOptions = {
  chunkSize: 60_000,
  gopCache: true,
  gopCacheMaxFrames: 0,
  queueLengthMs: 30_000,
  maxLagBytes: 32 * 1024 * 1024,
  timeJitter: "off",
  reduceSequenceHeader: false,
};

/** A source of `__defaultVhost__/live/livestream` without outputs. */
export function bareSource(options: Partial<TestSourceOptions> = {}, tools?: SourceTools): Source {
  return new Source(
    "__defaultVhost__/live/livestream",
    "vid-0000000",
    { ...SOURCE_OPTIONS, ...options },
    tools,
  );
}

/** A source that has an RTMP output from its beginning. */
export function newSource(options: Partial<TestSourceOptions> = {}, tools?: SourceTools): Source {
  const source = bareSource(options, tools);
  source.outputs.acquire(rtmpOutput(options.chunkSize));
  return source;
}

/** RTMP chunks of that size. */
export function rtmpOutput(chunkSize = SOURCE_OPTIONS.chunkSize, tracks: PlayedTracks = "all"): OutputKind {
  return { format: new RtmpFormat(chunkSize), tracks };
}

/** The first output of a source. */
export function outputOf(source: Source): StreamOutput {
  const [output] = source.outputs.list;
  assert(output !== undefined, "the source has no output");
  return output;
}

/** A source whose publish has begun. */
export function liveSource(options: Partial<TestSourceOptions> = {}, tools?: SourceTools): Source {
  const source = newSource(options, tools);
  source.begin();
  return source;
}

/** Publish messages, each at its own time, and flush. */
export function receiveAll(source: Source, ...messages: MediaMessage[]): void {
  for (const message of messages) source.receive(message, message.timestamp);
  source.flush();
}

/** Somebody who holds a name: alive, unless the test says otherwise. */
export function holder(facts: Partial<PublisherHandle> = {}): PublisherHandle {
  return {
    ip: "127.0.0.1",
    live: true,
    leaving: false,
    id: 1,
    reads: NOTHING_READ,
    ended: Promise.resolve(),
    replace: () => {},
    ...facts,
  };
}

/** An H.264 key frame of at least `size` bytes. */
export function keyFrame(label: string, timestamp: number, size = 0): RtmpMessage {
  return message(MessageType.Video, timestamp, [0x17, 1, 0, 0, 0], label, size);
}

/** An H.264 frame that needs those before it. */
export function interFrame(label: string, timestamp: number, size = 0): RtmpMessage {
  return message(MessageType.Video, timestamp, [0x27, 1, 0, 0, 0], label, size);
}

/** An H.264 sequence header. */
export function videoHeader(label: string, timestamp = 0): RtmpMessage {
  return message(MessageType.Video, timestamp, [0x17, 0, 0, 0, 0], label, 0);
}

/** An AAC frame. */
export function sound(label: string, timestamp: number, size = 0): RtmpMessage {
  return message(MessageType.Audio, timestamp, [0xaf, 1], label, size);
}

/** An AAC sequence header. */
export function soundHeader(label: string, timestamp = 0): RtmpMessage {
  return message(MessageType.Audio, timestamp, [0xaf, 0], label, 0);
}

/** An MP3 frame. */
export function mp3Sound(label: string, timestamp: number): RtmpMessage {
  return message(MessageType.Audio, timestamp, [0x2f, 0xfb], label, 0);
}

/** `@setDataFrame onMetaData`, its encoder named by the label. */
export function metadataMessage(label: string, timestamp = 0): RtmpMessage {
  const values = ["onMetaData", Amf0Object.of({ encoder: label })];
  return encodeData({ name: "@setDataFrame", values }, { streamId: 1, chunkStreamId: 4, timestamp });
}

/** `label@time` of a message as a player gets it. */
export function labelOf({ typeId, timestamp, payload }: RtmpMessage): string {
  return `${readLabel(typeId, payload)}@${timestamp}`;
}

/** Reads one source at a rhythm of the test's choice, and checks that what it reads are whole messages. */
export class TestPlayer implements Wakeable {
  readonly consumer: Consumer;
  /** Times that the source said that something may be due. */
  wakes = 0;
  readonly #decoder = new ChunkDecoder();
  readonly #source: Source;
  readonly #chunks: Uint8Array[] = [];

  constructor(source: Source, chunkSize: number = SOURCE_OPTIONS.chunkSize, tracks: PlayedTracks = "all") {
    const encoder = new ChunkEncoder();
    encoder.write(encodeControl({ kind: "setChunkSize", chunkSize }));
    this.#decoder.decode(encoder.takeOutput() ?? new Uint8Array(0));
    this.#source = source;
    this.consumer = new Consumer(source.outputs.acquire(rtmpOutput(chunkSize, tracks)), this);
  }

  /** @inheritdoc */
  wake(): void {
    this.wakes++;
  }

  /** Leave as a play does at its end. */
  leave(): void {
    this.consumer.leave();
    this.#source.outputs.release(this.consumer.output);
  }

  /** All bytes that were read, in one array. */
  get bytes(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#chunks.reduce((sum, { length }) => sum + length, 0));
    let offset = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, offset);
      offset += chunk.length;
    }
    return all;
  }

  /** One take, written whole; the labels of its messages, `undefined` when there was nothing. */
  readOnce(): string[] | undefined {
    const bytes = this.consumer.take();
    if (bytes === undefined) return undefined;
    this.#chunks.push(bytes.slice());
    const messages = this.#decoder.decode(bytes);
    this.consumer.written();
    if (this.#decoder.partialBytes > 0) throw new Error("A take ended inside of a message");
    return messages.map(labelOf);
  }

  /** Everything that is there. */
  read(): string[] {
    const labels: string[] = [];
    for (;;) {
      const more = this.readOnce();
      if (more === undefined) return labels;
      labels.push(...more);
    }
  }
}

function message(
  typeId: number,
  timestamp: number,
  start: readonly number[],
  label: string,
  size: number,
): RtmpMessage {
  const text = new TextEncoder().encode(label);
  const payload = new Uint8Array(Math.max(size, start.length + text.length));
  payload.set(start);
  payload.set(text, start.length);
  const chunkStreamId = typeId === MessageType.Audio ? 6 : 7;
  return { typeId, timestamp, streamId: 1, chunkStreamId, payload };
}

function readLabel(typeId: number, payload: Uint8Array<ArrayBuffer>): string {
  if (typeId === MessageType.DataAmf0) {
    const data = decodeData({ typeId, timestamp: 0, streamId: 1, chunkStreamId: 4, payload });
    const [values] = data.values;
    return values instanceof Amf0Object ? String(values.get("encoder")) : data.name;
  }
  const text = payload.subarray(typeId === MessageType.Audio ? AUDIO_LABEL : VIDEO_LABEL);
  const end = text.indexOf(0);
  return new TextDecoder().decode(end < 0 ? text : text.subarray(0, end));
}
