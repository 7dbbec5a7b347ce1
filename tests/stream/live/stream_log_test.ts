/**
 * The stream log's promises: positions, segments, what it keeps and what it gives back.
 *
 * @module
 */
import fc from "fast-check";
import { RtmpFormat } from "../../../rtmp/server/rtmp_format.ts";
import type { StreamMessage } from "../../../stream/media/media_message.ts";
import { SegmentPool } from "../../../stream/live/segment_pool.ts";
import { StreamLog, type StreamLogOptions } from "../../../stream/live/stream_log.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import {
  assert,
  assertEquals,
  assertExists,
  assertNotEquals,
  assertStrictEquals,
} from "../../support/assert.ts";

const KIB = 1024;
const FORMAT = new RtmpFormat(65_536);
/** Bytes of a message's chunk header, chunk stream ids below 64. */
const HEADER_BYTES = 12;

function newLog(options: Partial<StreamLogOptions> = {}): StreamLog {
  return new StreamLog({
    format: FORMAT,
    queueLengthMs: 30_000,
    maxLagBytes: 1e9,
    oldestNeeded: () => 0,
    ...options,
  });
}

/** A message that takes exactly `bytes` of the log. */
function messageOf(bytes: number, time: number, fill = 1): StreamMessage {
  const payload = new Uint8Array(bytes - HEADER_BYTES).fill(fill);
  return { typeId: MessageType.Video, time, payload };
}

/** Fill segments of the smallest size, one after another: two messages each, so slow that none is followed by a larger. */
function fillSegments(log: StreamLog, count: number, fill = 1): void {
  for (let i = 0; i < count * 2; i++) log.append(messageOf(32 * KIB, log.newestTime + 5000, fill));
}

Deno.test("StreamLog positions count bytes from 0 and append() gives where the message begins", () => {
  const log = newLog();
  assertEquals([log.head, log.flushed, log.tail, log.permitted, log.heldBytes], [0, 0, 0, 0, 0]);
  assertEquals(log.append(messageOf(100, 0)), 0);
  assertEquals(log.append(messageOf(50, 40)), 100);
  assertEquals([log.head, log.flushed, log.newestTime], [150, 0, 40]);
  log.flush();
  assertEquals(log.flushed, 150);
});

Deno.test("StreamLog.slice() gives everything up to the head, encoded as the format encodes it", () => {
  const log = newLog();
  const messages = [messageOf(100, 0, 1), messageOf(70, 40, 2)];
  for (const message of messages) log.append(message);
  const expected = new Uint8Array(170);
  FORMAT.write(expected, FORMAT.write(expected, 0, messageOf(100, 0, 1)), messageOf(70, 40, 2));

  const slice = log.slice(0);
  assertExists(slice);
  assertEquals(new Uint8Array(slice.bytes), expected);
  assertEquals([slice.from, slice.to], [0, 170]);
  assertEquals(new Uint8Array(log.slice(100)?.bytes ?? []), expected.subarray(100));
});

Deno.test("StreamLog.slice() gives nothing at the head, behind it, and before the tail", () => {
  const log = newLog({ oldestNeeded: () => Infinity });
  assertEquals(log.slice(0), undefined);
  fillSegments(log, 3);
  assertEquals(log.slice(log.head), undefined);
  assertEquals(log.slice(log.head + 1), undefined);
  assertEquals(log.tail, 64 * KIB);
  assertEquals(log.slice(0), undefined);
});

Deno.test("StreamLog.slice() is one object for all consumers at one position, until the log grows", () => {
  const log = newLog();
  log.append(messageOf(100, 0));
  const first = log.slice(0);
  assertStrictEquals(log.slice(0), first);
  log.append(messageOf(100, 1));
  assertNotEquals(log.slice(0), first);
  assertEquals(first?.bytes.length, 100);
});

Deno.test("StreamLog opens a segment when a message does not fit, larger ones when they fill fast", () => {
  const log = newLog();
  log.append(messageOf(40 * KIB, 0));
  assertEquals(log.heldBytes, 64 * KIB);
  log.append(messageOf(40 * KIB, 100));
  assertEquals(log.heldBytes, 64 * KIB + 128 * KIB);
  assertEquals(log.slice(0)?.to, 40 * KIB, "a slice ends with its segment");
  assertEquals(log.slice(40 * KIB)?.to, 80 * KIB);
});

Deno.test("StreamLog keeps the size of segments that last, and stops growing at 1 MiB", () => {
  const slow = newLog();
  fillSegments(slow, 4);
  assertEquals(slow.heldBytes, 4 * 64 * KIB);

  const sizes: number[] = [];
  const fast = newLog({ pool: new SegmentPool((bytes) => (sizes.push(bytes), new Uint8Array(bytes))) });
  for (let i = 0; i < 100; i++) fast.append(messageOf(60 * KIB, i));
  assertEquals(sizes.map((bytes) => bytes / KIB).slice(0, 6), [64, 128, 256, 512, 1024, 1024]);
});

Deno.test("StreamLog takes a message larger than any segment", () => {
  const log = newLog();
  const position = log.append(messageOf(3 * 1024 * KIB, 0, 7));
  const slice = log.slice(position);
  assertEquals(slice?.bytes.length, FORMAT.length(messageOf(3 * 1024 * KIB, 0)));
  assertEquals(slice?.bytes.at(-1), 7);
});

Deno.test("StreamLog.flush() closes a segment that the next flush would not fit into", () => {
  const log = newLog();
  for (let i = 0; i < 3; i++) {
    log.append(messageOf(15 * KIB, i));
    log.flush();
  }
  assertEquals(log.heldBytes, 64 * KIB + 128 * KIB);
  log.append(messageOf(3 * KIB, 5));
  assertEquals(log.slice(0)?.to, 45 * KIB, "the 3 KiB would have fitted");
  assertEquals(log.slice(45 * KIB)?.to, 48 * KIB);
});

Deno.test("StreamLog.flush() leaves a segment with room, and a large flush, alone", () => {
  const roomy = newLog();
  roomy.append(messageOf(10 * KIB, 0));
  roomy.flush();
  roomy.flush();
  assertEquals(roomy.heldBytes, 64 * KIB);

  const large = newLog();
  large.append(messageOf(40 * KIB, 0));
  large.flush();
  assertEquals(large.heldBytes, 64 * KIB);

  const empty = newLog();
  empty.flush();
  assertEquals(empty.heldBytes, 0);
});

Deno.test("StreamLog.permitted follows the newest message at the distance of queueLengthMs", () => {
  const log = newLog({ queueLengthMs: 100 });
  for (let i = 0; i <= 5; i++) log.append(messageOf(100, i * 40));
  // 200 is the newest: 120 may still be read, 80 not.
  assertEquals([log.permitted, log.permittedTime], [300, 120]);
});

Deno.test("StreamLog.permitted follows the time also where the first message is far from 0, be it after a rest", () => {
  const log = newLog({ queueLengthMs: 100 });
  for (let i = 0; i <= 5; i++) log.append(messageOf(100, 3_600_000 + i * 40));
  assertEquals([log.permitted, log.permittedTime], [300, 3_600_120]);
  log.clear();
  for (let i = 0; i <= 2; i++) log.append(messageOf(100, 7_200_000 + i * 40));
  assertEquals([log.permitted, log.permittedTime], [600, 7_200_000]);
});

Deno.test("StreamLog.permitted follows the head at the distance of maxLagBytes", () => {
  const log = newLog({ maxLagBytes: 250 });
  for (let i = 0; i <= 5; i++) log.append(messageOf(100, i));
  assertEquals([log.permitted, log.permittedTime], [400, 4]);
});

Deno.test("StreamLog permits the newest message however long it is", () => {
  const log = newLog({ maxLagBytes: 250 });
  log.append(messageOf(100, 0));
  log.append(messageOf(1000, 1));
  assertEquals(log.permitted, 100);
});

Deno.test("StreamLog.newestTime never goes back", () => {
  const log = newLog();
  log.append(messageOf(100, 80));
  log.append(messageOf(100, 40));
  assertEquals(log.newestTime, 80);
});

Deno.test("StreamLog.trim() frees segments before what is needed, never the newest", () => {
  let needed = 0;
  const log = newLog({ oldestNeeded: () => needed });
  fillSegments(log, 3);
  log.trim();
  assertEquals(log.tail, 0);
  needed = 64 * KIB - 1;
  log.trim();
  assertEquals(log.tail, 0, "its last byte is needed");
  needed = 64 * KIB;
  log.trim();
  assertEquals([log.tail, log.permitted], [64 * KIB, 64 * KIB], "what is gone is not indexed either");
  needed = Infinity;
  log.trim();
  assertEquals([log.tail, log.heldBytes], [128 * KIB, 64 * KIB]);
});

Deno.test("StreamLog uses a freed segment again, but not one that a write reads from", () => {
  const log = newLog({ oldestNeeded: () => Infinity });
  fillSegments(log, 1, 1);
  const read = log.slice(0);
  assertExists(read);
  read.segment.writers++;
  fillSegments(log, 1, 2);
  const unread = log.slice(64 * KIB);
  assertExists(unread);
  fillSegments(log, 2, 3);
  assertEquals(log.tail, 128 * KIB);
  assertEquals(read.bytes.at(-1), 1, "bytes of a write under way do not change");
  assertEquals(unread.bytes.at(-1), 3, "nobody wrote from it");
});

Deno.test("StreamLog.clear() gives all memory back and the log goes on from its head", () => {
  const log = newLog();
  log.append(messageOf(60 * KIB, 0));
  log.append(messageOf(60 * KIB, 1));
  log.slice(0);
  log.clear();
  assertEquals([log.heldBytes, log.tail, log.permitted], [0, log.head, log.head]);
  assertEquals(log.permittedTime, 1);
  assertEquals(log.slice(0), undefined);
  const position = log.append(messageOf(100, 2));
  assertEquals(position, 120 * KIB);
  assertEquals(log.slice(position)?.bytes.length, 100);
});

Deno.test("StreamLog can live on shared memory", () => {
  const pool = new SegmentPool((bytes) => new Uint8Array(new SharedArrayBuffer(bytes)));
  const log = newLog({ pool });
  log.append(messageOf(100, 0, 9));
  const bytes = log.slice(0)?.bytes;
  assert(bytes?.buffer instanceof SharedArrayBuffer);
  assertEquals(bytes.at(-1), 9);
});

Deno.test("StreamLog gives back what was put in, however it is cut into messages, flushes and slices", () => {
  const step = fc.record({ bytes: fc.integer({ min: 13, max: 90_000 }), flush: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const log = newLog();
      const parts: Uint8Array[] = [];
      const ends = new Set<number>([0]);
      steps.forEach(({ bytes, flush }, i) => {
        const message = messageOf(bytes, i, i);
        const part = new Uint8Array(FORMAT.length(message));
        FORMAT.write(part, 0, message);
        parts.push(part);
        log.append(message);
        ends.add(log.head);
        if (flush) log.flush();
      });
      let position = 0;
      let from = 0;
      while (position < log.head) {
        const slice = log.slice(position);
        assertExists(slice);
        assert(ends.has(slice.to), "a slice ends inside of a message");
        while (from < parts.length && position < slice.to) {
          const part = parts[from++];
          assertExists(part);
          const at = position - slice.from;
          assert(sameBytes(slice.bytes.subarray(at, at + part.length), part));
          position += part.length;
        }
      }
      assertEquals(from, parts.length);
    }),
    { numRuns: 40 },
  );
});

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

Deno.test("StreamLog indexes so many messages at the most, however small they are and whatever time says", () => {
  const log = newLog();
  const tiny = messageOf(HEADER_BYTES + 1, 0);
  const most = 131_072;
  for (let i = 0; i < most; i++) log.append(tiny);
  assertEquals(log.permitted, 0);
  for (let i = 0; i < 1000; i++) log.append(tiny);
  assertEquals(log.permitted, 1000 * (HEADER_BYTES + 1));
});
