import { readFlacConfig } from "../../../../stream/media/codecs/flac_config.ts";
import { readOpusConfig } from "../../../../stream/media/codecs/opus_config.ts";
import { readAacConfig } from "../../../../stream/media/codecs/aac_config.ts";
import { audioFrameSamples } from "../../../../stream/media/samples/audio_frame_samples.ts";
import { AudioSampler } from "../../../../stream/media/samples/audio_sampler.ts";
import { assert, assertEquals } from "../../../support/assert.ts";
import { bytes } from "../../../support/bytes.ts";
import { FLAC_STREAM_INFO, OPUS_HEAD } from "../../../support/stream/codec_configs.ts";
import { SAMPLE_VIEWS } from "../../../../stream/media/samples/sample_store.ts";

/** 48 kHz. */
const AAC = readAacConfig(bytes(0x11, 0x90));
const OPUS = readOpusConfig(OPUS_HEAD);
const FLAC = readFlacConfig(FLAC_STREAM_INFO);
const FRAME = bytes(1);

function timesOf(timestamps: readonly number[]): number[] {
  const sampler = new AudioSampler(AAC, SAMPLE_VIEWS);
  return timestamps.map((timeMs) => sampler.add(FRAME, timeMs).time);
}

Deno.test("AudioSampler counts whole frames from the first timestamp", () => {
  assertEquals(timesOf([1000, 1021, 1042, 1064]), [48_000, 49_024, 50_048, 51_072]);
  assertEquals(new AudioSampler(AAC, SAMPLE_VIEWS).add(FRAME, 0), {
    ...{ data: FRAME, time: 0, duration: 1024, compositionOffset: 0, keyFrame: true },
  });
});

Deno.test("AudioSampler keeps counting where timestamps are off by 60 ms", () => {
  // The second frame is due at 1024, 60 ms are 2880
  assertEquals(timesOf([0, (1024 + 2880) / 48]), [0, 1024]);
  assertEquals(timesOf([0, (1024 + 2881) / 48]), [0, 3905]);
});

Deno.test("AudioSampler follows timestamps that fell back, without going back itself", () => {
  // After 10 frames 213 ms of sound are in 100 ms
  const timestamps = [...Array.from({ length: 10 }, (_, i) => i * 10), 100];
  const times = timesOf(timestamps);
  assert(times.every((time, i) => i === 0 || time > (times[i - 1] ?? 0)));
  assert(Math.abs((times.at(-1) ?? 0) - 4800) <= 2880);
});

// RFC 6716 §3.1, Table 2: configuration << 3, stereo << 2, code of the number of frames
const OPUS_FRAMES = [
  { name: "SILK 60 ms", packet: [3 << 3], samples: 2880 },
  { name: "SILK 10 ms", packet: [8 << 3], samples: 480 },
  { name: "hybrid 20 ms", packet: [13 << 3], samples: 960 },
  { name: "hybrid 10 ms", packet: [14 << 3], samples: 480 },
  { name: "CELT 2.5 ms", packet: [16 << 3], samples: 120 },
  { name: "CELT 20 ms", packet: [31 << 3 | 4], samples: 960 },
  { name: "two frames of CELT 10 ms", packet: [30 << 3 | 1], samples: 960 },
  { name: "two frames of different size", packet: [31 << 3 | 2], samples: 1920 },
  { name: "six frames of CELT 20 ms", packet: [31 << 3 | 3, 0x80 | 6], samples: 5760 },
  { name: "more than 120 ms, which a packet may not have", packet: [31 << 3 | 3, 7], samples: 960 },
  { name: "no frames", packet: [31 << 3 | 3, 0], samples: 960 },
];
for (const { name, packet, samples } of OPUS_FRAMES) {
  Deno.test(`audioFrameSamples() counts Opus, ${name}`, () => {
    assertEquals(audioFrameSamples(OPUS, bytes(packet)), samples);
  });
}

// RFC 9639 §9.1.1: sync code and strategy, block size << 4 and rate, channels and bits, coded number, rest
const FLAC_FRAMES = [
  { name: "192", frame: [0xff, 0xf8, 0x1a, 0x18, 0], samples: 192 },
  { name: "576", frame: [0xff, 0xf8, 0x2a, 0x18, 0], samples: 576 },
  { name: "4608", frame: [0xff, 0xf8, 0x5a, 0x18, 0], samples: 4608 },
  { name: "256", frame: [0xff, 0xf8, 0x8a, 0x18, 0], samples: 256 },
  { name: "32768", frame: [0xff, 0xf9, 0xfa, 0x18, 0], samples: 32_768 },
  { name: "8 bits after a number of one byte", frame: [0xff, 0xf8, 0x6a, 0x18, 0x7f, 99], samples: 100 },
  {
    name: "16 bits after a number of three bytes",
    frame: [0xff, 0xf8, 0x7a, 0x18, 0xe1, 0x80, 0x80, 0x03, 0xe7],
    samples: 1000,
  },
  {
    name: "16 bits after a number of seven bytes",
    frame: [0xff, 0xf9, 0x7a, 0x18, 0xfe, 1, 2, 3, 4, 5, 6, 1, 0],
    samples: 257,
  },
  { name: "reserved, so the longest block", frame: [0xff, 0xf8, 0x0a, 0x18, 0], samples: 4608 },
  { name: "nothing that is FLAC", frame: [1, 2, 3], samples: 4608 },
];
for (const { name, frame, samples } of FLAC_FRAMES) {
  Deno.test(`audioFrameSamples() reads a block of FLAC: ${name}`, () => {
    assertEquals(audioFrameSamples(FLAC, bytes(frame)), samples);
  });
}
