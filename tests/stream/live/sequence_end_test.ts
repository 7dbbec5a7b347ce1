/**
 * The end of a sequence, which a publisher sends when it stops.
 *
 * @module
 */
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assertEquals } from "../../support/assert.ts";
import {
  interFrame,
  keyFrame,
  liveSource,
  receiveAll,
  TestPlayer,
  videoHeader,
} from "../../support/stream/live_stream.ts";

Deno.test("Source keeps an end of sequence from players: the stream goes on", () => {
  const source = liveSource();
  const player = new TestPlayer(source);
  receiveAll(source, videoHeader("h1"), keyFrame("k1", 0));
  source.receive({ typeId: MessageType.Video, timestamp: 40, payload: Uint8Array.of(0x17, 2, 0, 0, 0) }, 0);
  receiveAll(source, interFrame("p1", 40));
  assertEquals(player.read(), ["h1@0", "k1@0", "p1@40"]);
  assertEquals(new TestPlayer(source).read(), ["h1@0", "k1@0", "p1@40"]);
});
