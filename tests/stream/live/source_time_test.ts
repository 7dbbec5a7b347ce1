/**
 * The times of a source's tracks, and what a player's lag is measured by.
 *
 * @module
 */
import { assertEquals } from "../../support/assert.ts";
import { interFrame, keyFrame, liveSource, sound, TestPlayer } from "../../support/stream/live_stream.ts";

Deno.test("Source measures how far a player is behind by the stream, not by the track that is ahead", () => {
  const source = liveSource({ timeJitter: "full", queueLengthMs: 1000 });
  const player = new TestPlayer(source);
  const publish = (fromMs: number, toMs: number): void => {
    for (let ms = fromMs; ms < toMs; ms += 40) {
      source.receive(ms % 400 === 0 ? keyFrame(`v${ms}`, ms) : interFrame(`v${ms}`, ms), ms);
      source.receive(sound(`a${ms}`, ms + 3000), ms);
    }
    source.flush();
  };
  publish(0, 4000);
  player.read();
  const { jumps } = player.consumer;
  publish(4000, 4800);
  assertEquals(player.read().slice(0, 2), ["v4000@4000", "a4000@7000"]);
  assertEquals(player.consumer.jumps, jumps, "0.8 s is not too late");
  publish(4800, 6800);
  assertEquals(player.read()[0], "v6400@6400");
  assertEquals(player.consumer.jumps, jumps + 1, "2 s is");
});

Deno.test("Source keeps the distance of the tracks of one type", () => {
  const source = liveSource({ timeJitter: "full" });
  const player = new TestPlayer(source);
  // a second AAC track of Enhanced RTMP: Multitrack, OneTrack | CodedFrames, FourCC, track id
  const start = [0x95, 0x01, 0x6d, 0x70, 0x34, 0x61, 1];
  for (let ms = 0; ms < 2000; ms += 40) {
    source.receive(sound("a", ms), ms);
    source.receive({ ...sound("", ms + 900), payload: Uint8Array.from([...start, 0x62, 0x33]) }, ms);
  }
  const times = player.read().map((label) => Number(label.split("@")[1]));
  assertEquals(times, Array.from({ length: 100 }, (_, i) => (i >> 1) * 40 + (i % 2) * 900));
});
