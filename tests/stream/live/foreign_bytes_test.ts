/**
 * A stream log that is filled from the memory of another thread.
 *
 * @module
 */
import { RtmpFormat } from "../../../rtmp/server/rtmp_format.ts";
import { StreamLog } from "../../../stream/live/stream_log.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("StreamLog.extend() goes on in the memory that it already has, and takes other memory in besides", () => {
  const format = new RtmpFormat(65_536);
  const log = new StreamLog({ format, queueLengthMs: 30_000, maxLagBytes: 1e9, oldestNeeded: () => 0 });
  const memory = new Uint8Array(100).map((_, at) => at);
  log.extend([{ bytes: memory, from: 0, to: 30 }], Float64Array.of(0, 0));
  log.extend([{ bytes: memory, from: 30, to: 60 }], Float64Array.of(0, 40));
  assertEquals([log.head, log.heldBytes, log.newestTime], [60, 100, 40]);
  // Not where the last piece ended, and from elsewhere.
  log.extend(
    [{ bytes: memory, from: 70, to: 80 }, { bytes: memory.slice(), from: 0, to: 5 }],
    new Float64Array(),
  );
  assertEquals([log.head, log.heldBytes], [75, 100 + 30 + 100]);
});
