/** Metadata of a live stream has no duration. */
import fc from "fast-check";
import { Amf0EcmaArray, Amf0Object, decodeAmf0, encodeAmf0 } from "../../../rtmp/wire/amf0.ts";
import { readDataMessage } from "../../../stream/media/data_message.ts";
import { withoutDuration } from "../../../stream/media/metadata_duration.ts";
import { assertEquals, assertStrictEquals } from "../../support/assert.ts";

const NAME = [2, 0, 10, ...new TextEncoder().encode("onMetaData")];
/** duration: 0, as ffmpeg writes it */
const DURATION = [0, 8, ...new TextEncoder().encode("duration"), 0, 0, 0, 0, 0, 0, 0, 0, 0];
/** w: 320 */
const WIDTH = [0, 1, 0x77, 0, 0x40, 0x74, 0, 0, 0, 0, 0, 0];
/** A text that is Latin-1, not UTF-8. */
const LATIN1 = [0, 1, 0xfc, 2, 0, 1, 0xfc];
const END = [0, 0, 9];

/** ECMA array with a count. */
const array = (count: number, ...members: number[][]) =>
  Uint8Array.from([...NAME, 8, 0, 0, 0, count, ...members.flat(), ...END]);
const object = (...members: number[][]) => Uint8Array.from([...NAME, 3, ...members.flat(), ...END]);

for (
  const [where, body, rest] of [
    ["first, as ffmpeg and OBS do", array(3, DURATION, WIDTH, LATIN1), array(2, WIDTH, LATIN1)],
    ["in the middle", array(3, LATIN1, DURATION, WIDTH), array(2, LATIN1, WIDTH)],
    ["last", array(2, WIDTH, DURATION), array(1, WIDTH)],
    ["alone", array(1, DURATION), array(0)],
    ["in an array that announces nothing", array(0, DURATION, WIDTH), array(0, WIDTH)],
    ["in an object", object(WIDTH, DURATION, LATIN1), object(WIDTH, LATIN1)],
  ] as const
) {
  Deno.test(`withoutDuration() cuts out a duration that is ${where}, and changes no other byte`, () => {
    const before = body.slice();
    assertEquals(withoutDuration(body), rest);
    assertEquals(body, before);
  });
}

Deno.test("withoutDuration() leaves alone what has no duration, and what is not one", () => {
  const inner = Amf0Object.of({ duration: 5 });
  for (
    const body of [
      array(2, WIDTH, LATIN1),
      encodeAmf0(["onMetaData", Amf0EcmaArray.of({ inner })]),
      encodeAmf0(["onMetaData", Amf0EcmaArray.of({ duration: "long" })]),
      encodeAmf0(["onMetaData", Amf0EcmaArray.of({ durations: 5, filesize: 7 })]),
      encodeAmf0(["onMetaData", "duration"]),
      encodeAmf0(["onMetaData"]),
      Uint8Array.from([1]),
    ]
  ) assertStrictEquals(withoutDuration(body), body);
});

Deno.test("withoutDuration() takes any bytes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(8, 3), (rest, marker) => {
    const body = Uint8Array.from([...NAME, marker, 0, 0, 0, 1, ...rest]);
    assertEquals(body.length - withoutDuration(body).length >= 0, Boolean(1));
  }));
});

Deno.test("readDataMessage() passes metadata on without its duration, and everything else of it", () => {
  const sent = Amf0EcmaArray.of({ duration: 3600, width: 320, filesize: 0, encoder: "Lavf" });
  const message = readDataMessage(encodeAmf0(["@setDataFrame", "onMetaData", sent]));
  const rest = Amf0EcmaArray.of({ width: 320, filesize: 0, encoder: "Lavf" });
  assertEquals(decodeAmf0(message?.payload ?? new Uint8Array(0)), ["onMetaData", rest]);
});
