/**
 * What the live room looks at in media: FLV tags, Enhanced RTMP's included, and data messages.
 *
 * @module
 */
import { toMediaMessage } from "../../../rtmp/server/rtmp_format.ts";
import { readDataMessage, readMetadataFacts } from "../../../stream/media/data_message.ts";
import { type MediaTag, readAudioTag, readVideoTag } from "../../../stream/media/media_tag.ts";
import { MessageType } from "../../../rtmp/wire/message.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { bytes } from "../../support/bytes.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../../support/stream/media.ts";
import { bodies, corpusOf, type Recordings } from "../recordings.ts";
import type { FuzzTarget } from "../target.ts";

/** Enhanced RTMP: sequence starts, coded frames, ModEx, multitrack, colour info. */
const ENHANCED: readonly Uint8Array<ArrayBuffer>[] = [
  bytes(0x90, "hvc1", 1, 2, 3, 4),
  bytes(0x91, "hvc1", 0, 0, 0, 0, 0, 0, 1, 0x26),
  bytes(0x93, "av01", 0x0a, 0x0b),
  bytes(0xa1, "vp09", 1, 2),
  bytes(0xd4, "hvc1", 0x02, 0, 9, "colorInfo", 3, 0, 0, 9),
  bytes(0x96, 0x10, "hvc1", 0, 0, 0, 0, 5, 1, 2, 3, 4, 5, 1, 0, 0, 2, 6, 7),
  bytes(0x96, 0x20, "avc1", 0, 0, 0, 0, 1, 1, "hvc1", 1, 0, 0, 1, 2),
  bytes(0x97, 0x02, 0, 0, 1, 0x01, "avc1", 0, 0, 0, 1),
  bytes(0x97, 0xff, 0, 0, ...new Uint8Array(256), 0x07, 2, 1, 2, 3, 0x01, "avc1", 1),
  bytes(0x90, "mp4a", 0x12, 0x10),
  bytes(0x91, "Opus", 1, 2, 3),
  bytes(0x95, 0x10, "Opus", 0, 0, 0, 2, 1, 2, 1, 0, 0, 1, 9),
  bytes(0x94, 0x01, 2, "ab"),
];

function checkTag(tag: MediaTag, input: Uint8Array): void {
  assert(typeof tag.keyFrame === "boolean");
  assert(!(tag.keyFrame && input.length === 0), "nothing is a key frame");
  // Names and slots of tags come from tables or FourCCs: nobody may make them grow.
  for (const [member, value] of Object.entries(tag)) {
    if (typeof value === "string") assert(value.length <= 32, `${member} has ${value.length} characters`);
  }
}

/** Video and audio tags, and data. */
export function mediaTargets({ messages }: Recordings): FuzzTarget[] {
  const isMedia = (typeId: number) => typeId === MessageType.Video || typeId === MessageType.Audio;
  const frames = [avcSequenceHeader(), avcKeyFrame(), avcInterFrame(1), aacSequenceHeader(), aacFrame()];
  const recorded = messages.filter(({ typeId, payload }) => isMedia(typeId) && payload.length < 400);
  return [
    {
      name: "flv-tag",
      corpus: corpusOf([...ENHANCED, ...frames, ...recorded.map(({ payload }) => payload)]),
      testCases: 4000,
      run(input) {
        checkTag(readVideoTag(input), input);
        checkTag(readAudioTag(input), input);
        assertEquals(readVideoTag(input), readVideoTag(input.slice()), "the same bytes, another tag");
      },
    },
    {
      name: "data-message",
      corpus: bodies(messages, ({ typeId }) => typeId === MessageType.DataAmf0),
      testCases: 1500,
      run(payload, random) {
        const typeId = random.pick([MessageType.DataAmf0, MessageType.DataAmf3]);
        const message = { typeId, timestamp: 0, streamId: 1, chunkStreamId: 4, payload };
        const read = readDataMessage(toMediaMessage(message).payload);
        if (read === undefined) return;
        // Repaired metadata has its end markers, and its texts in UTF-8.
        assert(read.payload.length > 0 && read.payload.length <= 2 * payload.length + 64);
        assert(read.name.length <= 64, "the name grew");
        const facts = readMetadataFacts(read.payload);
        for (const value of [facts.width, facts.height, facts.fps]) {
          assert(value === undefined || (Number.isFinite(value) && value >= 0), `a fact is ${value}`);
        }
        assert((facts.encoder ?? "").length <= 100, "the encoder's name grew");
      },
    },
  ];
}
