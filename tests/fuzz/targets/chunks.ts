/**
 * Basic headers and chunks. RTMP 1.0 §5.3.
 *
 * @module
 */
import {
  basicHeaderSize,
  basicHeaderSizeOf,
  MAX_CHUNK_STREAM_ID,
  readChunkStreamId,
  writeBasicHeader,
} from "../../../rtmp/wire/basic_header.ts";
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { ChunkEncoder } from "../../../rtmp/wire/chunk_encoder.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "../../../rtmp/wire/limits.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { ProtocolError } from "../../../rtmp/wire/protocol_error.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { type Corpus, cutCase } from "../mutator.ts";
import { asChunks, type Recordings } from "../recordings.ts";
import type { FuzzTarget } from "../target.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Small enough for mutations to reach them. */
const TIGHT: WireLimits = {
  ...DEFAULT_WIRE_LIMITS,
  maxMediaMessageBytes: 8192,
  maxCommandMessageBytes: 2048,
  maxChunkStreams: 6,
  maxPartialBytes: 10_000,
};

/** Messages until the first fault, and its number. */
interface Decoded {
  readonly messages: readonly RtmpMessage[];
  readonly refused: number | undefined;
}

function decode(pieces: readonly Bytes[], limits: WireLimits): Decoded {
  const decoder = new ChunkDecoder(limits);
  const messages: RtmpMessage[] = [];
  try {
    for (const piece of pieces) {
      decoder.decode(piece, messages);
      const { partialBytes } = decoder;
      assert(partialBytes <= limits.maxPartialBytes, `${partialBytes} bytes of unfinished messages`);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { messages, refused: error.code };
  }
  return { messages, refused: undefined };
}

function checkMessage(message: RtmpMessage, limits: WireLimits): void {
  const { typeId, timestamp, streamId, chunkStreamId, payload } = message;
  assert(payload.length <= limits.maxMediaMessageBytes, `a message of ${payload.length} bytes`);
  assert(payload.buffer.byteLength === payload.length, "the payload keeps bytes that are not its own");
  assert(typeId <= 0xff && timestamp <= 0xffff_ffff && streamId <= 0xffff_ffff, "a number is too large");
  assert(timestamp >= 0 && streamId >= 0, "a number is negative");
  assert(chunkStreamId >= 2 && chunkStreamId <= MAX_CHUNK_STREAM_ID, `chunk stream ${chunkStreamId}`);
  assert(
    typeId !== MessageType.SetChunkSize && typeId !== MessageType.Abort,
    "a message of the decoder's own",
  );
}

const basicHeader = (corpus: Corpus): FuzzTarget => ({
  name: "basic-header",
  corpus,
  testCases: 2000,
  run(input) {
    for (let at = 0; at < input.length && at < 64; at++) {
      const size = basicHeaderSize(input[at] ?? 0);
      if (at + size > input.length) continue;
      const id = readChunkStreamId(new DataView(input.buffer, input.byteOffset, input.byteLength), at);
      assert(id >= 2 && id <= MAX_CHUNK_STREAM_ID, `chunk stream ${id}`);
      // The shortest form of the same id means the same.
      const written = new Uint8Array(3);
      const end = writeBasicHeader(written, 0, (input[at] ?? 0) >> 6, id);
      assertEquals(end, basicHeaderSizeOf(id));
      assert(end <= size, "the shortest form is longer");
      assertEquals(readChunkStreamId(new DataView(written.buffer), 0), id);
    }
  },
});

const chunks = (corpus: Corpus): FuzzTarget => ({
  name: "chunks",
  corpus,
  testCases: 600,
  run(input, random) {
    const limits = random.oneIn(2) ? TIGHT : DEFAULT_WIRE_LIMITS;
    const whole = decode([input], limits);
    assertEquals(decode(cutCase(input, random), limits), whole, "the cuts decide what comes out");
    for (const message of whole.messages) checkMessage(message, limits);

    const encoder = new ChunkEncoder();
    for (const message of whole.messages) encoder.write(message);
    const again = decode([encoder.takeOutput() ?? new Uint8Array(0)], {
      ...DEFAULT_WIRE_LIMITS,
      maxChunkStreams: MAX_CHUNK_STREAM_ID,
    });
    assertEquals(again, { messages: whole.messages, refused: undefined }, "encoding them again changed them");
  },
});

/** Both. */
export function chunkTargets({ chunks: recorded, messages }: Recordings): FuzzTarget[] {
  const rewritten = asChunks(messages.slice(0, 40));
  return [basicHeader(recorded), chunks([...recorded, rewritten])];
}
