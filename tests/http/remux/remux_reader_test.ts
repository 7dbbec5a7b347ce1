/**
 * A player of FLV by HTTP whose socket takes what the test permits: it is watched whatever tracks it was moved to.
 *
 * @module
 */
import type { EndReason, LogFields } from "../../../core/mod.ts";
import { FLV } from "../../../http/remux/container.ts";
import { RemuxReader } from "../../../http/remux/remux_reader.ts";
import { ReplyOverflow } from "../../../stream/live/connection_writer.ts";
import type { Source } from "../../../stream/live/source.ts";
import type { OutputKind } from "../../../stream/live/stream_output.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { counters } from "../../support/net/counters.ts";
import { defaultRtmpOptions } from "../../support/rtmp/rtmp_harness.ts";
import { bareSource, receiveAll, sound, soundHeader } from "../../support/stream/live_stream.ts";
import { TestSocket } from "../../support/stream/writer_harness.ts";

const SEND_TIMEOUT_MS = 3000;

/** One play, its socket and what became of it. */
class PlayByHand {
  readonly socket = new TestSocket();
  readonly lines: LogFields[] = [];
  readonly ends: string[] = [];
  readonly failures: unknown[] = [];
  readonly limits = counters().limits;
  readonly reader: RemuxReader;
  nowMs = 1000;

  constructor(source: Source, maxReplyBytes = 1000) {
    const format = FLV.framings.plain.format;
    const kind: OutputKind = { format, tracks: "all" };
    const { vhosts } = defaultRtmpOptions();
    const remux = vhosts.get("__defaultVhost__")?.httpRemux;
    assert(remux !== undefined);
    this.reader = new RemuxReader({
      client: this.#client(),
      output: source.outputs.acquire(kind),
      container: FLV,
      framing: FLV.framings.plain,
      limits: this.limits,
      remux,
      url: "/live/cam",
      sendTimeoutMs: () => SEND_TIMEOUT_MS,
      maxReplyBytes,
      now: () => this.nowMs,
      select: (media) => source.outputs.acquire({ ...kind, media }),
      answer: () => ({ head: new TextEncoder().encode("head"), sink: this.socket }),
      mayCome: () => false,
      failed: (error) => void this.failures.push(error),
    });
  }

  /** A second passes. */
  sweep(): void {
    this.reader.sweep(this.nowMs += 1000);
  }

  /** The socket takes all that is there. */
  async drain(): Promise<void> {
    while (this.socket.underWay > 0) await this.socket.take();
  }

  #client() {
    const end = (reason: EndReason, description: string): void =>
      void this.ends.push(`${reason}: ${description}`);
    return {
      ...{ clientId: 1, ip: "192.0.2.7", protocol: "http-flv", lastReceivedMs: 0 } as const,
      log: (_level: string, _message: string, fields: LogFields = {}): void => void this.lines.push(fields),
      counters: () => ({ sendBytes: 0, recvBytes: 0 }),
      end,
      endForLimit: (_limit: string, reason: EndReason, text: string): void => end(reason, text),
    };
  }
}

/** A second and a half of sound, from this time on. */
function sendSound(source: Source, fromMs: number, size = 0): void {
  for (let time = fromMs; time < fromMs + 1500; time += 20) receiveAll(source, sound(`a${time}`, time, size));
}

for (const joins of ["before any media", "after it"] as const) {
  Deno.test(`RemuxReader that joins a stream of sound ${joins} is watched: its jump is logged and counted`, async () => {
    const source = bareSource({ queueLengthMs: 1000 });
    source.begin();
    const early = joins === "after it" ? undefined : new PlayByHand(source);
    early?.sweep();
    assertEquals(early?.socket.writes.length, early && 1, "the head alone");
    receiveAll(source, soundHeader("s"));
    sendSound(source, 0);
    const play = early ?? new PlayByHand(source);
    await play.drain();
    play.sweep();
    assertEquals(play.lines, []);

    receiveAll(source, sound("slow", 1500));
    for (const time of [1500, 3000, 4500]) sendSound(source, time);
    await play.drain();
    play.sweep();
    assertEquals(play.reader.jumps, 1);
    assertEquals(play.lines.map(({ jumps, limit }) => [jumps, limit]), [[1, "play.queue_length"]]);
    assertEquals(play.limits.counts()["play.queue_length"], 1);
  });

  Deno.test(`RemuxReader that joins a stream of sound ${joins} and takes a little now and then is ended`, async () => {
    const source = bareSource({ queueLengthMs: 1000 });
    source.begin();
    const early = joins === "after it" ? undefined : new PlayByHand(source);
    early?.sweep();
    receiveAll(source, soundHeader("s"));
    sendSound(source, 0);
    const play = early ?? new PlayByHand(source);
    await play.drain();
    for (const time of [1500, 3000, 4500]) sendSound(source, time);
    for (let second = 0; second < 5; second++) {
      await play.socket.take(1);
      play.sweep();
    }
    assertMatch(play.ends.join(), /^slow: The client lagged /);
  });
}

Deno.test("RemuxReader keeps at most max_reply_bytes for a client that reads nothing", () => {
  const source = bareSource();
  source.begin();
  receiveAll(source, soundHeader("s"));
  sendSound(source, 0);
  const play = new PlayByHand(source, 100);
  play.reader.send(new Uint8Array(60));
  play.reader.send(new Uint8Array(40));
  assertEquals(play.failures, []);
  play.reader.send(new Uint8Array(1));
  assert(play.failures[0] instanceof ReplyOverflow);
});
