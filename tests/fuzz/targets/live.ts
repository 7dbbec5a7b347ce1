/**
 * A stream and its players: whatever a publisher sends, what a player reads is whole messages in the order and with
 * the payloads in which they came.
 *
 * @module
 */
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { Consumer } from "../../../stream/live/consumer.ts";
import type { PlayedTracks } from "../../../stream/live/played_tracks.ts";
import { toMediaMessage } from "../../../rtmp/server/rtmp_format.ts";
import { firstTrackOf } from "../../../stream/media/first_track.ts";
import type { Source } from "../../../stream/live/source.ts";
import { assert, assertEquals, assertStrictEquals } from "../../support/assert.ts";
import { liveSource, rtmpOutput } from "../../support/stream/live_stream.ts";
import type { Random } from "../random.ts";
import { bodies, type Recordings } from "../recordings.ts";
import type { FuzzTarget } from "../target.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const TYPES = [
  ...[MessageType.Video, MessageType.Video, MessageType.Audio, MessageType.DataAmf0, MessageType.DataAmf3],
] as const;
const CHUNK_SIZE = 60_000;
const MAX_MESSAGES = 40;
const QUEUE_MS = 2000;

/** A player that reads when the test says so, and checks that each read is whole. */
class Reader {
  readonly messages: RtmpMessage[] = [];
  readonly #consumer: Consumer;
  readonly #decoder = new ChunkDecoder();

  constructor(source: Source, tracks: PlayedTracks = "all") {
    // Set Chunk Size 60,000, which the server says before any media.
    this.#decoder.decode(
      Uint8Array.of(2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, CHUNK_SIZE >> 8, CHUNK_SIZE & 255),
    );
    this.#consumer = new Consumer(source.outputs.acquire(rtmpOutput(CHUNK_SIZE, tracks)), {
      wake: () => undefined,
    });
  }

  read(): void {
    for (let bytes; (bytes = this.#consumer.take()) !== undefined;) {
      this.#decoder.decode(bytes, this.messages);
      this.#consumer.written();
      assertEquals(this.#decoder.partialBytes, 0, "a read ends inside of a message");
    }
  }
}

function messageOf(payload: Bytes, timestamp: number, random: Random): RtmpMessage {
  return { typeId: random.pick(TYPES), timestamp, streamId: 1, chunkStreamId: 6, payload };
}

/** Streams. */
export function liveTargets({ messages }: Recordings): FuzzTarget[] {
  const isMedia = (typeId: number): boolean =>
    typeId === MessageType.Video || typeId === MessageType.Audio || typeId === MessageType.DataAmf0;
  const corpus = bodies(messages, ({ typeId, payload }) => isMedia(typeId) && payload.length < 3000);
  return [{
    name: "live-stream",
    corpus,
    testCases: 400,
    run(input, random) {
      const source = liveSource({
        chunkSize: CHUNK_SIZE,
        queueLengthMs: QUEUE_MS,
        maxLagBytes: 40_000,
        gopCache: !random.oneIn(3),
        timeJitter: random.pick(["full", "zero", "off"]),
        reduceSequenceHeader: random.oneIn(2),
      });
      const early = new Reader(source);
      const slow = new Reader(source);
      const first = random.oneIn(2) ? new Reader(source, "first") : undefined;
      const sent: Bytes[] = [];
      let timestamp = random.oneIn(4) ? 0xffffff00 : 0;
      for (let left = 1 + random.below(MAX_MESSAGES); left > 0; left--) {
        const payload = random.oneIn(4) ? input : random.pick(corpus);
        timestamp = random.oneIn(10) ? random.uint32() : (timestamp + random.below(80)) >>> 0;
        source.receive(toMediaMessage(messageOf(payload, timestamp, random)), timestamp);
        if (payload.length > 0) sent.push(payload);
        if (random.oneIn(2)) source.flush();
        early.read();
        first?.read();
        if (random.oneIn(12)) slow.read();
      }
      source.flush();
      early.read();
      slow.read();
      first?.read();
      const late = new Reader(source);
      late.read();
      const known = new Set(sent.map(String));
      for (const { messages: got } of [early, slow, late]) {
        assert(got.length <= 2 * sent.length + 32, `${got.length} messages of ${sent.length}`);
        for (const { typeId, payload, streamId } of got) {
          assertEquals(streamId, 1);
          if (typeId !== MessageType.DataAmf0) {
            assert(known.has(String(payload)), "a payload that nobody sent");
          }
        }
      }
      const media = early.messages.filter(({ typeId }) => typeId !== MessageType.DataAmf0);
      assert(media.length <= sent.length, "more messages came than were sent");
      for (const { typeId, payload } of first?.messages ?? []) {
        if (typeId === MessageType.DataAmf0) continue;
        assertStrictEquals(firstTrackOf(typeId, payload), payload, "a track that is not the first came");
      }
      source.clear();
    },
  }];
}
