/**
 * When pictures of a stream are no longer to be expected.
 *
 * @module
 */
import { assertEquals } from "../../support/assert.ts";
import { keyFrame, liveSource, outputOf, receiveAll, sound } from "../../support/stream/live_stream.ts";

for (
  const { queueLengthMs, waitedMs } of [{ queueLengthMs: 1000, waitedMs: 5000 }, {
    queueLengthMs: 9000,
    waitedMs: 9000,
  }]
) {
  Deno.test(`StreamOutput expects pictures for ${waitedMs} ms of sound alone where players may lag by ${queueLengthMs} ms`, () => {
    const source = liveSource({ queueLengthMs });
    const output = outputOf(source);
    const seen = [output.hasPictures];
    for (const message of [sound("a", waitedMs - 1), sound("a", waitedMs), keyFrame("k2", waitedMs + 1)]) {
      if (seen.length === 1) receiveAll(source, keyFrame("k1", 0));
      receiveAll(source, message);
      seen.push(output.hasPictures);
    }
    assertEquals(seen, [false, true, false, true]);
  });
}
