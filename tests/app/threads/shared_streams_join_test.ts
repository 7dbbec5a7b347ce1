/**
 * Players that join or go on where a stream of another thread is: at a key frame, however large its GOP is.
 *
 * @module
 */
import type { RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals, assertLess } from "../../support/assert.ts";
import { JoinedThreads } from "../../support/stream/joined_threads.ts";
import { interFrame, keyFrame, videoHeader } from "../../support/stream/live_stream.ts";

const FRAME_MS = 40;

/** Frames of the times from `from` to before `to`; a key frame every `gopMs`. */
function* frames(kbit: number, gopMs: number, from: number, to: number): Generator<RtmpMessage> {
  const size = kbit * FRAME_MS / 8;
  for (let time = from; time < to; time += FRAME_MS) {
    yield time % gopMs === 0 ? keyFrame(`k${time}`, time, size) : interFrame(`p${time}`, time, size);
  }
}

/** Whether the stream is followed when the first player of the other thread is let in. */
const JOINS = ["waits until it is answered", "has its place before"] as const;

for (const kbit of [1000, 2500, 6000]) {
  for (const [gopMs, untilMs] of [[2000, 3480], [4000, 7000], [60_000, 20_000]] as const) {
    for (const join of JOINS) {
      const name = `a player elsewhere that ${join} begins at the key frame of ${gopMs} ms of ${kbit} kbit/s`;
      Deno.test(`SharedStreams: ${name}`, () => {
        const house = new JoinedThreads(2);
        const publish = house.thread(0).publish();
        publish.send(videoHeader("v"));
        for (const frame of frames(kbit, gopMs, 0, untilMs)) publish.send(frame);
        const asking = house.thread(1);
        // Asked about first: its source is there, and nobody plays it yet.
        if (join === "waits until it is answered") {
          asking.acquire();
          house.settle();
        }
        const play = asking.play();
        house.settle();
        const keyTime = Math.floor(untilMs / gopMs) * gopMs;
        const expected = ["v", ...[...frames(0, gopMs, keyTime, untilMs)].map(labelOf)];
        assertEquals(play.read().map(labelNameOf), expected);
        // And so does who comes after the next bytes.
        const nextMs = untilMs + 10 * FRAME_MS;
        for (const frame of frames(kbit, gopMs, untilMs, nextMs)) publish.send(frame);
        house.settle();
        const nextKeyTime = Math.floor((nextMs - 1) / gopMs) * gopMs;
        const next = ["v", ...[...frames(0, gopMs, nextKeyTime, nextMs)].map(labelOf)];
        assertEquals(asking.play().read().map(labelNameOf), next);
      });
    }
  }
}

Deno.test("SharedStreams: a player elsewhere that jumped waits for a key frame twice the longest GOP, no longer", () => {
  const house = new JoinedThreads(2, { queueLengthMs: 1000 });
  const publish = house.thread(0).publish();
  const play = house.thread(1).play();
  house.settle();
  publish.send(videoHeader("v"));
  for (const frame of frames(0, 2000, 0, 4040)) {
    publish.send(frame);
    house.settle();
    play.read();
  }
  const { consumer } = play.player;
  // From here on there are no key frames.
  const send = (from: number, to: number): void => {
    publish.send(...frames(0, 1_000_000, from, to));
    house.settle();
  };
  send(4040, 6000);
  assertEquals(play.read(), []);
  assert(consumer.awaitsKeyFrame);
  let time = 6000;
  for (; consumer.awaitsKeyFrame; time += FRAME_MS) {
    assertLess(time, 11_000);
    send(time, time + FRAME_MS);
    play.read();
  }
  assertEquals(time, 6000 + 4000);
  send(time, time + FRAME_MS);
  assertEquals(play.read().map(labelNameOf), [`p${time}`]);
  assertEquals([consumer.jumps, consumer.keylessJumps], [1, 1]);
});

function labelOf({ timestamp }: RtmpMessage, index: number): string {
  return `${index === 0 ? "k" : "p"}${timestamp}`;
}

function labelNameOf(label: string): string {
  return label.slice(0, label.lastIndexOf("@"));
}
