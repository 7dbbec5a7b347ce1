/**
 * What the messages of the newest GOP are counted by: pictures, not their headers.
 *
 * @module
 */
import { assertEquals } from "../../support/assert.ts";
import {
  bareSource,
  interFrame,
  keyFrame,
  metadataMessage,
  receiveAll,
  TestPlayer,
  videoHeader,
} from "../../support/stream/live_stream.ts";

Deno.test("GopCache keeps the slices of one picture together although a header comes between them", () => {
  const source = bareSource();
  source.begin();
  receiveAll(source, videoHeader("v1"), keyFrame("k1a", 0), videoHeader("v2", 0), keyFrame("k1b", 0));
  receiveAll(source, interFrame("p", 40));
  assertEquals(new TestPlayer(source).read(), ["v1@0", "k1a@0", "v2@0", "k1b@0", "p@40"]);
});

Deno.test("An output that begins within a publish knows the longest GOP that was before it", () => {
  const source = bareSource();
  source.begin();
  receiveAll(source, keyFrame("k1", 0), interFrame("p1", 3000), keyFrame("k2", 4000), keyFrame("k3", 4500));
  const { output } = new TestPlayer(source).consumer;
  assertEquals([source.running.longestGopMs, output.keyFrameWaitMs], [4000, 8000]);
});

Deno.test("An output that begins within a publish is where the stream is, whatever time metadata have", () => {
  const source = bareSource();
  source.begin();
  receiveAll(source, keyFrame("k", 0), interFrame("p", 3000), metadataMessage("m"));
  assertEquals(new TestPlayer(source).consumer.output.log.newestTime, 3000);
});

Deno.test("GopCache measures the running GOP by its pictures", () => {
  const source = bareSource();
  source.begin();
  receiveAll(source, videoHeader("v1"), keyFrame("k", 0), interFrame("p", 40), videoHeader("v2", 5000));
  assertEquals(source.running.longestGopMs, 40);
});
