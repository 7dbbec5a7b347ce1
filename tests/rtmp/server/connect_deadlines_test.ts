/**
 * Tests of the pure watchers of a connection: `rtmp/deadlines.ts`, `rtmp/liveness.ts`, `rtmp/token_bucket.ts` and
 * `rtmp/message_rate.ts`.
 *
 * @module
 */
import { loadConfig } from "../../../config/build/load_config.ts";
import { Deadlines } from "../../../rtmp/server/connect_deadlines.ts";
import { Liveness } from "../../../rtmp/server/liveness.ts";
import { MessageRate } from "../../../rtmp/server/command_rate.ts";
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

Deno.test("Deadlines.look() holds the handshake, then connect, then the first stream to their times", () => {
  const deadlines = new Deadlines(LIMITS, 0);
  assertEquals(deadlines.look(100, IDLE), undefined);
  assertEquals(deadlines.look(101, IDLE)?.limit, "handshake_timeout");
  deadlines.shaken(90);
  assertEquals(deadlines.look(290, IDLE), undefined);
  assertEquals(deadlines.look(291, IDLE)?.limit, "connect_timeout");
  deadlines.asked();
  assertEquals(deadlines.look(10_000, IDLE), undefined);
  deadlines.idle(10_000);
  assertEquals(deadlines.look(10_300, IDLE), undefined);
  assertEquals(deadlines.look(10_301, { busy: true }), undefined);
  assertEquals(deadlines.look(10_301, IDLE), {
    limit: "idle_timeout",
    reason: "idle",
    description: "Neither publish nor play within 300 ms",
  });
});

Deno.test("Deadlines.shaken() counts from the first time", () => {
  const deadlines = new Deadlines(LIMITS, 0);
  for (const at of [50, 150, 250]) deadlines.shaken(at);
  assertEquals(deadlines.look(251, IDLE)?.limit, "connect_timeout");
});

Deno.test("Liveness.look() pings the silent, and ends who gives no sign of life", () => {
  const liveness = new Liveness(1000, 500);
  assertEquals(liveness.look(999, 0), "wait");
  assertEquals(liveness.look(1000, 0), "ping");
  assertEquals(liveness.look(1499, 0), "wait");
  assertEquals(liveness.look(1500, 0), "end");
});

Deno.test("Liveness.look() takes any sign of life for an answer", () => {
  const liveness = new Liveness(1000, 500);
  assertEquals(liveness.look(1000, 0), "ping");
  assertEquals(liveness.look(1600, 1100), "wait");
  assertEquals(liveness.look(2099, 1100), "wait");
  assertEquals(liveness.look(2100, 1100), "ping");
});

Deno.test("Liveness.look() never pings who is heard, nor anybody where it is off", () => {
  const liveness = new Liveness(1000, 500);
  for (let at = 0; at < 10_000; at += 100) assertEquals(liveness.look(at, at - 50), "wait");
  const off = new Liveness(0, 500);
  assertEquals(off.look(1_000_000, 0), "wait");
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

Deno.test("MessageRate.take() counts commands and pings, not media nor acknowledgements", () => {
  const rate = new MessageRate(10, 0);
  const free = [
    message(MessageType.Video, 9),
    message(MessageType.Audio, 9),
    message(MessageType.Acknowledgement, 4),
  ];
  for (let i = 0; i < 1000; i++) assert(rate.take(free, 0));
  const commands = Array.from({ length: 20 }, () => message(MessageType.CommandAmf0, 9));
  assert(rate.take(commands, 0));
  assert(!rate.take([message(MessageType.UserControl, 6)], 0));
  assert(rate.take([message(MessageType.UserControl, 6)], 100));
});

Deno.test("MessageRate.take() counts ten empty media messages as one", () => {
  const rate = new MessageRate(10, 0);
  const empty = Array.from({ length: 190 }, () => message(MessageType.Audio, 0));
  assert(rate.take(empty, 0));
  assert(!rate.take(empty, 0));
});

Deno.test("MessageRate.take() takes everything where it is off", () => {
  const rate = new MessageRate(0, 0);
  assert(rate.take(Array.from({ length: 100_000 }, () => message(MessageType.CommandAmf0, 9)), 0));
});
