/**
 * What the attacks have in common: bytes that no encoder writes, and how a connection ended.
 *
 * @module
 */
import type { LimitName } from "../../core/mod.ts";
import { isHangUp, isNetworkError } from "../../system/net/network_error.ts";
import { encodeCommand } from "../../rtmp/wire/command.ts";
import type { Amf0Value } from "../../rtmp/wire/amf0.ts";
import { MessageType } from "../../rtmp/wire/message.ts";
import { assertEquals } from "../support/assert.ts";
import { bytes } from "../support/bytes.ts";
import { PlayingPair } from "../support/rtmp/playing_pair.ts";
import { type HarnessOptions, RtmpHarness } from "../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";

/** The fields of a full chunk header. */
export interface ChunkHeader {
  readonly chunkStreamId: number;
  readonly length: number;
  readonly typeId?: number;
  readonly timestamp?: number;
  readonly streamId?: number;
}

/** A fmt 0 chunk header with a one-byte basic header, whatever it announces. */
export function fullHeader(header: ChunkHeader): Uint8Array<ArrayBuffer> {
  const { chunkStreamId, length, typeId = MessageType.Video, timestamp = 0, streamId = 1 } = header;
  const uint24 = (value: number): number[] => [value >> 16 & 255, value >> 8 & 255, value & 255];
  return bytes(chunkStreamId & 63, uint24(timestamp), uint24(length), typeId, streamId, 0, 0, 0);
}

/** A fmt 3 chunk header with a one-byte basic header. */
export function nextHeader(chunkStreamId: number): number {
  return 0xc0 | chunkStreamId;
}

/** The body of a command. */
export function commandBody(name: string, ...args: readonly Amf0Value[]): Uint8Array<ArrayBuffer> {
  return encodeCommand({ name, transactionId: 9, args }, { streamId: 1, chunkStreamId: 3 }).payload;
}

/** Send a body as a command message, whatever it holds. */
export async function sendCommandBody(
  client: RtmpTestClient,
  payload: Uint8Array<ArrayBuffer>,
): Promise<void> {
  await client.send({
    typeId: MessageType.CommandAmf0,
    timestamp: 0,
    streamId: 1,
    chunkStreamId: 3,
    payload,
  });
}

/** Settles when this was sent, or could not be because the server has hung up, as it may on an attacker. */
export async function unlessEnded(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!isHangUp(error) && !isNetworkError(error)) throw error;
  }
}

/** Send until the server has hung up; what could not be sent any more is the point. */
export async function sendUntilEnded(client: RtmpTestClient, send: () => Promise<unknown>): Promise<void> {
  let ended = false;
  const closed = client.closed.then(() => ended = true);
  const isOver = (): boolean => ended;
  while (!isOver()) {
    const sent = send().catch((error: unknown) => {
      if (!(error instanceof Error)) throw error;
      return closed;
    });
    await sent;
  }
}

/** A server with an honest pair, and an attack at the same time. */
export async function underAttack(
  options: HarnessOptions,
  run: (harness: RtmpHarness) => Promise<void>,
): Promise<void> {
  // The honest publisher rests while the attack goes on.
  const publish = { normalTimeoutMs: 120_000, ...options.publish };
  await using harness = RtmpHarness.start({ ...options, publish });
  const honest = await PlayingPair.start(harness);
  await run(harness);
  await honest.check();
}

/** The connection has ended for this limit, and the log said whose it was. */
export async function endedByLimit(
  harness: RtmpHarness,
  client: RtmpTestClient,
  limit: LimitName,
): Promise<void> {
  await client.closed;
  const { fields, clientId } = await harness.logged("Limit reached");
  assertEquals([fields.limit, typeof clientId, fields.ip], [limit, "number", "127.0.0.1"]);
}

/** The connection has ended by a protocol error with this number. */
export async function endedByProtocol(
  harness: RtmpHarness,
  client: RtmpTestClient,
  code: number,
): Promise<void> {
  await client.closed;
  assertEquals((await harness.logged("Protocol error")).fields.code, code);
}
