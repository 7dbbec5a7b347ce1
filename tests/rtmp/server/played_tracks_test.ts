/**
 * Players that get the first tracks alone, by the vhost's `play.tracks` or by their own address.
 *
 * @module
 */
import type { PlayedTracks } from "../../../stream/admission/options.ts";
import { MessageType, type RtmpMessage } from "../../../rtmp/wire/message.ts";
import { assertEquals } from "../../support/assert.ts";
import { aacFrame, aacSequenceHeader, avcKeyFrame, avcSequenceHeader } from "../../support/stream/media.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";
import type { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { ThreadedHarness } from "../../support/rtmp/threaded_harness.ts";

/** A second AAC track as OBS sends it: Multitrack, OneTrack and packet type, mp4a, track id 1, body. */
function secondSound(packetType: number, body: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0x95, packetType, 0x6d, 0x70, 0x34, 0x61, 1, body);
}

const SECOND_HEADER = secondSound(0, 0x12);
const SECOND_FRAME = secondSound(1, 0x21);
const PICTURE = avcKeyFrame({ size: 400 });
const FIRST = [avcSequenceHeader(), aacSequenceHeader(), PICTURE, aacFrame()];
const ALL = [avcSequenceHeader(), aacSequenceHeader(), SECOND_HEADER, PICTURE, aacFrame(), SECOND_FRAME];

function isMedia({ typeId }: RtmpMessage): boolean {
  return typeId === MessageType.Video || typeId === MessageType.Audio;
}

async function publish(client: RtmpTestClient, name: string): Promise<void> {
  await client.publish(name);
  await client.sendVideo(avcSequenceHeader(), 0);
  await client.sendAudio(aacSequenceHeader(), 0);
  await client.sendAudio(SECOND_HEADER, 0);
  await client.sendVideo(PICTURE, 0);
  await client.sendAudio(aacFrame(), 0);
  await client.sendAudio(SECOND_FRAME, 0);
}

/** Its first messages of media, in no order of the headers. */
async function received(player: RtmpTestClient, count: number): Promise<string[]> {
  const payloads: string[] = [];
  for (let i = 0; i < count; i++) {
    payloads.push(String((await player.waitFor(isMedia, `media ${i}`)).payload));
  }
  return payloads.sort();
}

function sorted(payloads: readonly Uint8Array[]): string[] {
  return payloads.map(String).sort();
}

const PLAYS: readonly {
  readonly tracks: PlayedTracks;
  readonly name: string;
  readonly gets: Uint8Array[];
}[] = [
  { tracks: "all", name: "livestream", gets: ALL },
  { tracks: "all", name: "livestream?tracks=first", gets: FIRST },
  { tracks: "all", name: "livestream?key=x&tracks=first", gets: FIRST },
  { tracks: "all", name: "livestream?tracks=other", gets: ALL },
  { tracks: "first", name: "livestream", gets: FIRST },
  { tracks: "first", name: "livestream?tracks=all", gets: ALL },
];
for (const { tracks, name, gets } of PLAYS) {
  Deno.test(`PlaySession ${name} where play.tracks is ${tracks} gives ${gets.length - 2} frames`, async () => {
    await using harness = RtmpHarness.start({ play: { tracks } });
    const waiting = await harness.client();
    await waiting.play(name);
    await publish(await harness.client(), "livestream");
    assertEquals(await received(waiting, gets.length), sorted(gets));
    const joined = await harness.client();
    await joined.play(name);
    assertEquals(await received(joined, gets.length), sorted(gets));
  });
}

Deno.test("PlaySession the first tracks alone works on every thread, before and during a publish", async () => {
  await using harness = await ThreadedHarness.start({ threads: 2 });
  const waiting = await harness.clientsOnAll();
  for (const player of waiting) await player.play("livestream?tracks=first");
  const [publisher, ...joining] = [...await harness.clientsOnAll(), ...await harness.clientsOnAll()];
  if (publisher !== undefined) await publish(publisher, "livestream");
  for (const player of waiting) assertEquals(await received(player, FIRST.length), sorted(FIRST));
  for (const player of joining) {
    await player.play("livestream?tracks=first");
    assertEquals(await received(player, FIRST.length), sorted(FIRST));
  }
});
