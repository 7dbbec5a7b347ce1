/** What a message costs in chunks: `deno bench tests/rtmp/wire/`. */
import { ChunkDecoder } from "../../../rtmp/wire/chunk_decoder.ts";
import { ChunkEncoder, encodedLength, writeMessage } from "../../../rtmp/wire/chunk_encoder.ts";
import { encodeControl } from "../../../rtmp/wire/control.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { bytes, pattern } from "../../support/bytes.ts";

/** Half audio of 200 bytes, half video of 4,000, as 1 Mbit/s has them. */
const MESSAGES: readonly RtmpMessage[] = Array.from({ length: 100 }, (_, i) => ({
  typeId: i % 2 === 0 ? 8 : 9,
  timestamp: i * 20,
  streamId: 1,
  chunkStreamId: i % 2 === 0 ? 6 : 7,
  payload: pattern(i % 2 === 0 ? 200 : 4000, i),
}));

for (const chunkSize of [128, 4096, 60_000]) {
  const encoder = new ChunkEncoder();
  const announcement = encodeControl({ kind: "setChunkSize", chunkSize });
  encoder.write(announcement);
  const start = encoder.takeOutput() ?? bytes();
  for (const message of MESSAGES) encoder.write(message);
  const wire = encoder.takeOutput() ?? bytes();
  const decoder = new ChunkDecoder();
  decoder.decode(start);

  Deno.bench(`ChunkDecoder: 100 messages in chunks of ${chunkSize}, one read`, { group: "decode" }, () => {
    decoder.decode(wire);
  });

  const reads: Uint8Array[] = [];
  for (let at = 0; at < wire.length; at += 1400) reads.push(wire.subarray(at, at + 1400));
  Deno.bench(
    `ChunkDecoder: 100 messages in chunks of ${chunkSize}, reads of 1,400`,
    { group: "decode" },
    () => {
      for (const read of reads) decoder.decode(read);
    },
  );

  const total = MESSAGES.reduce(
    (sum, { payload, timestamp, chunkStreamId }) =>
      sum + encodedLength(payload.length, timestamp, chunkStreamId, chunkSize),
    0,
  );
  const target = new Uint8Array(total);
  Deno.bench(`writeMessage(): 100 messages in chunks of ${chunkSize}`, { group: "encode" }, () => {
    let at = 0;
    for (const message of MESSAGES) at = writeMessage(target, at, message, chunkSize);
  });
  const shared = new Uint8Array(new SharedArrayBuffer(total));
  Deno.bench(
    `writeMessage(): 100 messages in chunks of ${chunkSize}, shared memory`,
    { group: "encode" },
    () => {
      let at = 0;
      for (const message of MESSAGES) at = writeMessage(shared, at, message, chunkSize);
    },
  );
}
