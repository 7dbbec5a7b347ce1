/**
 * How large the segments of a log are.
 *
 * @module
 */
import { SegmentPool } from "../../../stream/live/segment_pool.ts";
import { StreamLog } from "../../../stream/live/stream_log.ts";
import { FLV_FORMAT } from "../../../stream/media/flv_format.ts";
import { assertEquals } from "../../support/assert.ts";

const KIB = 1024;

Deno.test("StreamLog has smaller segments where few read it, and larger ones again where many do", () => {
  const sizes: number[] = [];
  const pool = new SegmentPool((bytes) => (sizes.push(bytes / KIB), new Uint8Array(bytes)));
  let readers = 4;
  const bounds = { queueLengthMs: 30_000, maxLagBytes: 1e9, oldestNeeded: () => 0 };
  const log = new StreamLog({ ...bounds, format: FLV_FORMAT, pool, readers: () => readers });
  // 1 Mbit/s.
  const receive = (seconds: number): number[] => {
    sizes.length = 0;
    for (let i = 0; i < seconds * 25; i++) {
      log.append({ typeId: 9, time: log.newestTime + 40, payload: new Uint8Array(5000) });
    }
    return sizes;
  };
  assertEquals(receive(3).slice(0, 4), [32, 64, 64, 64]);
  readers = 5;
  assertEquals(receive(5).slice(0, 4), [128, 128, 128, 128]);
  readers = 1;
  assertEquals(receive(3).slice(0, 4), [64, 64, 64, 64]);
});
