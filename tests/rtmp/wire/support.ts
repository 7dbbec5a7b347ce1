/**
 * Messages and pieces for tests of chunks.
 *
 * @module
 */
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assertEquals } from "../../support/assert.ts";
import { bytes, pattern } from "../../support/bytes.ts";

export const VIDEO = 9;

export const AUDIO = 8;

export const STREAM_1 = [1, 0, 0, 0]; // little-endian

export const SIZE_1 = [0, 0, 1];

export const BIG = pattern(300);

export const BIG_SIZE = [0, 0x01, 0x2c];

export function videoMessage(timestamp: number, payload: Iterable<number>, chunkStreamId = 6): RtmpMessage {
  return { typeId: VIDEO, timestamp, streamId: 1, chunkStreamId, payload: bytes(payload) };
}

export function decodePieces(pieces: Iterable<Uint8Array>): RtmpMessage[] {
  const decoder = new ChunkDecoder();
  const messages: RtmpMessage[] = [];
  for (const piece of pieces) decoder.decode(piece, messages);
  assertEquals(decoder.partialBytes, 0);
  return messages;
}
