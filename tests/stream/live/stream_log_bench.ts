/**
 * What a message costs on its way into the log, and a flush on its way out: `deno bench tests/stream/live/`.
 *
 * @module
 */
import { Consumer } from "../../../stream/live/consumer.ts";
import { RtmpFormat } from "../../../rtmp/server/rtmp_format.ts";
import type { StreamMessage } from "../../../stream/media/media_message.ts";
import { allocateShared } from "../../../stream/live/segment_memory.ts";
import { SegmentPool } from "../../../stream/live/segment_pool.ts";
import type { Source } from "../../../stream/live/source.ts";
import { StreamLog } from "../../../stream/live/stream_log.ts";
import {
  interFrame,
  keyFrame,
  liveSource,
  newSource,
  outputOf,
  sound,
  TestPlayer,
} from "../../support/stream/live_stream.ts";
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { pattern } from "../../support/bytes.ts";

const FRAME_MS = 20;

/** 100 messages as 1 Mbit/s has them: pictures of 4,000 bytes, sound of 200. */
const MESSAGES: readonly StreamMessage[] = Array.from({ length: 100 }, (_, i) => ({
  typeId: i % 2 === 0 ? 9 : 8,
  time: i * FRAME_MS,
  payload: pattern(i % 2 === 0 ? 4000 : 200, i),
}));

for (const chunkSize of [128, 4096, 60_000]) {
  for (const memory of ["own", "shared"] as const) {
    const log: StreamLog = new StreamLog({
      format: new RtmpFormat(chunkSize),
      queueLengthMs: 30_000,
      maxLagBytes: 64 * 1024 * 1024,
      oldestNeeded: () => log.head,
      pool: memory === "own" ? new SegmentPool() : new SegmentPool(allocateShared),
    });
    let time = 0;
    Deno.bench(
      `StreamLog.append(): 100 messages in chunks of ${chunkSize}, ${memory} memory`,
      { group: "append" },
      () => {
        for (const message of MESSAGES) log.append({ ...message, time: time += FRAME_MS });
        log.flush();
      },
    );
  }
}

/** 100 messages as they come from a publisher, a second and a half of them a GOP. */
const RECEIVED: readonly RtmpMessage[] = Array.from({ length: 100 }, (_, i) => {
  const timestamp = i * FRAME_MS;
  if (i % 2 === 1) return sound("", timestamp, 200);
  return i === 0 ? keyFrame("", timestamp, 20_000) : interFrame("", timestamp, 4000);
});

{
  const source = liveSource({ timeJitter: "full" });
  let nowMs = 0;
  Deno.bench("Source.receive(): 100 messages of a publisher", { group: "receive" }, () => {
    for (const message of RECEIVED) source.receive(message, nowMs += FRAME_MS);
    source.flush();
  });
}

for (const players of [100, 1000, 2000]) {
  const source = liveSource({ timeJitter: "full" });
  const readers = joinPlayers(source, players);
  let nowMs = 0;
  Deno.bench(`Source.flush(): one message to ${players} players, all of them write it`, {
    group: "flush",
  }, () => {
    source.receive(interFrame("", nowMs += FRAME_MS, 4000), nowMs);
    source.flush();
    for (const { consumer } of readers) {
      consumer.take();
      consumer.written();
    }
  });
}

{
  const source = newSource();
  source.begin();
  source.receive(keyFrame("", 0, 20_000), 0);
  source.flush();
  Deno.bench("Consumer: join at the GOP, take it, leave", () => {
    const consumer = new Consumer(outputOf(source), { wake: () => {} });
    consumer.take();
    consumer.written();
    consumer.leave();
  });
}

function joinPlayers(source: Source, count: number): TestPlayer[] {
  source.receive(keyFrame("", 0, 20_000), 0);
  return Array.from({ length: count }, () => new TestPlayer(source));
}
