/**
 * Tests of the pure watchers of a connection: `rtmp/deadlines.ts`, `rtmp/liveness.ts`, `rtmp/token_bucket.ts` and
 * `rtmp/message_rate.ts`.
 *
 * @module
 */
import { loadConfig } from "../../../config/build/load_config.ts";
import { ConnectDeadlines } from "../../../rtmp/server/connect_deadlines.ts";
import { Liveness } from "../../../rtmp/server/liveness.ts";
import { CommandRate } from "../../../rtmp/server/command_rate.ts";
import { commandCost } from "../../../rtmp/session/command_cost.ts";
import { TokenBucket } from "../../../system/limits/token_bucket.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const LIMITS = {
  ...loadConfig({ env: {}, version: "", serverId: "" }).config.rtmp.limits,
  handshakeTimeoutMs: 100,
  connectTimeoutMs: 200,
  idleTimeoutMs: 300,
};
const IDLE = { busy: false };

Deno.test("ConnectDeadlines.check() holds the handshake, then connect, then the first stream to their times", () => {
  const deadlines = new ConnectDeadlines(LIMITS, 0);
  assertEquals(deadlines.check(100, IDLE), undefined);
  assertEquals(deadlines.check(101, IDLE)?.limit, "handshake_timeout");
  deadlines.onHandshake(90);
  assertEquals(deadlines.check(290, IDLE), undefined);
  assertEquals(deadlines.check(291, IDLE)?.limit, "connect_timeout");
  deadlines.onConnect();
  assertEquals(deadlines.check(10_000, IDLE), undefined);
  deadlines.restartIdle(10_000);
  assertEquals(deadlines.check(10_300, IDLE), undefined);
  assertEquals(deadlines.check(10_301, { busy: true }), undefined);
  assertEquals(deadlines.check(10_301, IDLE), {
    limit: "idle_timeout",
    reason: "idle",
    description: "Neither publish nor play within 300 ms",
  });
});

Deno.test("ConnectDeadlines.onHandshake() counts from the first time", () => {
  const deadlines = new ConnectDeadlines(LIMITS, 0);
  for (const at of [50, 150, 250]) deadlines.onHandshake(at);
  assertEquals(deadlines.check(251, IDLE)?.limit, "connect_timeout");
});

Deno.test("Liveness.check() pings the silent, and ends who gives no sign of life", () => {
  const liveness = new Liveness(1000, 500);
  assertEquals(liveness.check(999, 0), "wait");
  assertEquals(liveness.check(1000, 0), "ping");
  assertEquals(liveness.check(1499, 0), "wait");
  assertEquals(liveness.check(1500, 0), "end");
});

Deno.test("Liveness.check() takes any sign of life for an answer", () => {
  const liveness = new Liveness(1000, 500);
  assertEquals(liveness.check(1000, 0), "ping");
  assertEquals(liveness.check(1600, 1100), "wait");
  assertEquals(liveness.check(2099, 1100), "wait");
  assertEquals(liveness.check(2100, 1100), "ping");
});

Deno.test("Liveness.check() never pings a client that sends, nor any client where it is off", () => {
  const liveness = new Liveness(1000, 500);
  for (let at = 0; at < 10_000; at += 100) assertEquals(liveness.check(at, at - 50), "wait");
  const off = new Liveness(0, 500);
  assertEquals(off.check(1_000_000, 0), "wait");
});

Deno.test("TokenBucket.take() allows its burst, then its rate, and takes nothing when it refuses", () => {
  const bucket = new TokenBucket({ capacity: 10, perMs: 1000 }, 0);
  assert(bucket.take(10, 0));
  assert(!bucket.take(1, 99));
  assert(bucket.take(1, 100));
  assert(!bucket.take(11, 1_000_000));
  assert(bucket.take(10, 1_000_000));
});

function message(typeId: number, length: number): RtmpMessage {
  return { typeId, timestamp: 0, streamId: 1, chunkStreamId: 4, payload: new Uint8Array(length) };
}

function costOf(messages: readonly RtmpMessage[]): number {
  return messages.reduce((sum, one) => sum + commandCost(one), 0);
}

Deno.test("CommandRate.take() counts commands and pings, not media nor acknowledgements", () => {
  const rate = new CommandRate(10, 0);
  const free = [
    message(MessageType.Video, 9),
    message(MessageType.Audio, 9),
    message(MessageType.Acknowledgement, 4),
  ];
  for (let i = 0; i < 1000; i++) assert(rate.take(costOf(free), 0));
  const commands = Array.from({ length: 20 }, () => message(MessageType.CommandAmf0, 9));
  assert(rate.take(costOf(commands), 0));
  assert(!rate.take(costOf([message(MessageType.UserControl, 6)]), 0));
  assert(rate.take(costOf([message(MessageType.UserControl, 6)]), 100));
});

Deno.test("CommandRate.take() counts ten empty media messages as one", () => {
  const rate = new CommandRate(10, 0);
  const empty = Array.from({ length: 190 }, () => message(MessageType.Audio, 0));
  assert(rate.take(costOf(empty), 0));
  assert(!rate.take(costOf(empty), 0));
});

Deno.test("CommandRate.take() takes everything where it is off", () => {
  const rate = new CommandRate(0, 0);
  assert(rate.take(100_000, 0));
});
