/**
 * Streams as MPEG-TS and as sound alone: whatever a publisher sends, what players get are whole packets and chunks.
 *
 * @module
 */
import { CONTAINERS } from "../../../http/remux/container.ts";
import { MediaKind } from "../../../stream/media/media_message.ts";
import { TS_FORMAT } from "../../../stream/media/ts/ts_format.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { bytes } from "../../support/bytes.ts";
import { AVC_CONFIG, HEVC_CONFIG, OPUS_HEAD } from "../../support/stream/codec_configs.ts";
import { EncodedPlayer } from "../../support/stream/encoded_player.ts";
import { bareSource } from "../../support/stream/live_stream.ts";
import {
  aacFrame,
  aacSequenceHeader,
  avcInterFrame,
  avcKeyFrame,
  avcSequenceHeader,
} from "../../support/stream/media.ts";
import { demuxTs } from "../../support/stream/ts_demuxer.ts";
import { corpusOf } from "../recordings.ts";
import type { FuzzTarget } from "../target.ts";

const GOOD = [avcSequenceHeader(), aacSequenceHeader(), avcKeyFrame(), aacFrame(), avcInterFrame(1)] as const;
const OTHERS = [
  bytes(0x17, 0, 0, 0, 0, AVC_CONFIG),
  bytes(0x90, "hvc1", HEVC_CONFIG),
  bytes(0x91, "hvc1", 0, 0, 0, 0, 0, 0, 3, 0x26, 1, 9),
  bytes(0x90, "Opus", OPUS_HEAD),
  bytes(0x91, "Opus", 1, 2, 3),
  bytes(0x2f, 0xff, 0xfb, 0x90, 0x64, 1, 2),
  bytes(0x91, "ac-3", 0x0b, 0x77, 1, 2, 3, 4, 5, 6),
];

/** One message of a publish has any bytes. */
export function remuxTargets(): FuzzTarget[] {
  const chunked = CONTAINERS.map(({ framings }) => framings.chunked.format);
  return [{
    name: "remux",
    corpus: corpusOf([...GOOD, ...OTHERS]),
    testCases: 1000,
    run(input, random) {
      const source = bareSource();
      const early = random.pick([true, false]);
      const waiting = early ? new EncodedPlayer(source, TS_FORMAT) : undefined;
      const players = early ? chunked.map((format) => new EncodedPlayer(source, format)) : [];
      source.begin();
      let timestamp = 0;
      const send = (typeId: number, payload: Uint8Array<ArrayBuffer>): void => {
        timestamp = Math.max(0, timestamp + random.pick([0, 20, 40, 600, -2000]));
        source.receive({ typeId, timestamp, payload }, timestamp);
      };
      for (let i = 0; i < 12; i++) {
        const good = random.pick(GOOD);
        if (i === 6) send(random.pick([MediaKind.Video, MediaKind.Audio]), input);
        else send(good[0] === 0xaf ? MediaKind.Audio : MediaKind.Video, good);
      }
      source.flush();
      demuxTs((waiting ?? new EncodedPlayer(source, TS_FORMAT)).read());
      for (const player of players) assertChunks(player.read());
    },
  }];
}

/** Whole chunks, none of them empty: that would be the end (RFC 9112 §7.1). */
function assertChunks(body: Uint8Array<ArrayBuffer>): void {
  for (let at = 0; at < body.length;) {
    const [line = "", size = ""] = /^([0-9a-f]+)\r\n/.exec(
      String.fromCharCode(...body.subarray(at, at + 12)),
    ) ?? [];
    const length = parseInt(size, 16);
    assert(length > 0, `a chunk begins with ${[...body.subarray(at, at + 12)]}`);
    at += line.length + length + 2;
    assertEquals([...body.subarray(at - 2, at)], [13, 10]);
  }
}
