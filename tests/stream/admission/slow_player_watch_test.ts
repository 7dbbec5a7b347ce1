/**
 * Players that are too slow, without a stream.
 *
 * @module
 */
import type { LogFields } from "../../../core/mod.ts";
import { SlowPlayerWatch, type WatchedConsumer } from "../../../stream/admission/play/slow_player_watch.ts";
import { assertEquals } from "../../support/assert.ts";
import { counters } from "../../support/net/counters.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A player whose reader and writer stand where a test says, and what its watch did. */
class WatchedByHand {
  readonly consumer: Mutable<WatchedConsumer> = {
    ...{ position: 0, overdue: false, jumps: 0, byteJumps: 0, keylessJumps: 0 },
    ...{ awaitsKeyFrame: false, droppedMs: 0 },
  };
  readonly writer = { stuckMs: 0 };
  readonly lines: LogFields[] = [];
  readonly ends: string[] = [];
  readonly limits = counters().limits;
  readonly watch: SlowPlayerWatch;

  constructor(sendTimeoutMs: number) {
    const client = {
      ip: "192.0.2.7",
      log: (_level: string, _message: string, fields: LogFields = {}) => void this.lines.push(fields),
      endForLimit: (_limit: string, reason: string, text: string) =>
        void this.ends.push(`${reason}: ${text}`),
    };
    const { writer } = this;
    this.watch = new SlowPlayerWatch(
      { client, writer, url: "/live/cam", sendTimeoutMs },
      this.limits,
    );
  }

  sweep(nowMs: number): void {
    this.watch.sweep(nowMs, this.consumer);
  }

  counts(): (number | undefined)[] {
    const counts = this.limits.counts();
    return [counts["play.queue_length"], counts.max_lag_bytes];
  }
}

Deno.test("SlowPlayerWatch ends a player whose write has been stuck for longer than send_timeout", () => {
  const player = new WatchedByHand(3000);
  player.writer.stuckMs = 3000;
  player.sweep(10_000);
  assertEquals(player.ends, []);
  player.writer.stuckMs = 3001;
  player.sweep(11_000);
  assertEquals(player.ends, ["slow: The client took nothing for 3000 ms"]);
});

Deno.test("SlowPlayerWatch ends a player that stays at bytes that are over, from when it came there", () => {
  const player = new WatchedByHand(3000);
  player.consumer.position = 500;
  player.sweep(10_000);
  player.consumer.overdue = true;
  for (const nowMs of [11_000, 12_000, 13_000]) player.sweep(nowMs);
  assertEquals(player.ends, []);
  // It takes a little: the time counts from there.
  player.consumer.position = 600;
  for (const nowMs of [14_000, 15_000, 16_000, 17_000]) player.sweep(nowMs);
  assertEquals(player.ends, []);
  player.sweep(17_001);
  assertEquals(player.ends, ["slow: The client lagged 3001 ms beyond the buffer"]);
});

Deno.test("SlowPlayerWatch ends nobody while send_timeout is 0", () => {
  const player = new WatchedByHand(0);
  player.consumer.overdue = true;
  player.writer.stuckMs = 1e9;
  for (const nowMs of [1, 1e6, 1e9]) player.sweep(nowMs);
  assertEquals(player.ends, []);
});

Deno.test("SlowPlayerWatch logs each jump once, with the limit that caused it and what became of it", () => {
  const player = new WatchedByHand(0);
  const outcomes = () => player.lines.splice(0).map(({ outcome, limit, jumps }) => [outcome, limit, jumps]);
  player.sweep(0);
  assertEquals(outcomes(), []);
  Object.assign(player.consumer, { jumps: 1, awaitsKeyFrame: true, droppedMs: 1234.5 });
  player.sweep(1000);
  assertEquals(player.lines[0]?.dropped_ms, 1235);
  assertEquals(outcomes(), [["waits for a key frame", "play.queue_length", 1]]);
  player.sweep(2000);
  player.consumer.awaitsKeyFrame = false;
  player.sweep(3000);
  assertEquals(outcomes(), [["continued at a newer key frame", "play.queue_length", 1]]);
  Object.assign(player.consumer, { jumps: 4, byteJumps: 2, keylessJumps: 1 });
  player.sweep(4000);
  const keyless = "continued at the newest data, without a key frame";
  assertEquals(outcomes(), [[keyless, "max_lag_bytes", 4]]);
  assertEquals(player.counts(), [2, 2]);
});
