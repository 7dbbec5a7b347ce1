/**
 * ffmpeg 7.1 of Debian 13: HEVC, AV1 and VP9 in Enhanced RTMP, published, played and decoded.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { watchWithFfmpeg } from "../../support/clients/ffmpeg_player.ts";
import { debian13Program, runProgram, startProgram, versionOf } from "../../support/clients/programs.ts";
import { HLS, HLS_BY_FFMPEG, HTTP_FLV, playThroughRepublish } from "../../support/clients/republish.ts";
import {
  asked,
  assertRecording,
  GENERATED_INPUT,
  REFUSAL,
  refusingServer,
  STREAM_LINE,
  withDirectory,
} from "../../support/clients/streams.ts";
import { ServerProcess } from "../../support/process/server_process.ts";

const SECONDS = 3;

/** The encoders print their own greetings. */
const QUIET = { SVT_LOG: "1" };

const CODECS = [
  {
    name: "HEVC",
    codec: "hevc",
    encoder: ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=25"],
  },
  { name: "AV1", codec: "av1", encoder: ["-c:v", "libsvtav1", "-preset", "12", "-g", "25"] },
  {
    name: "VP9",
    codec: "vp9",
    encoder: ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "25"],
  },
] as const;

const row = new ClientRow({
  client: "ffmpeg of Debian 13",
  version: async () => await versionOf(await debian13Program("ffmpeg"), ["-version"]),
});

for (const { name, codec, encoder } of CODECS) {
  row.test("publish", name, () =>
    withDirectory(async (directory) => {
      const [ffmpeg, ffprobe] = [await debian13Program("ffmpeg"), await debian13Program("ffprobe")];
      await using server = await ServerProcess.start();
      await using _publisher = startProgram(ffmpeg, [
        ...[...GENERATED_INPUT, ...encoder, "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv"],
        server.rtmpUrl(),
      ], { env: QUIET });
      const line = await server.waitForLine(STREAM_LINE);
      assertEquals(STREAM_LINE.exec(line)?.slice(1), [name, "AAC"]);

      const file = `${directory}/recorded.mkv`;
      const played = await runProgram(ffmpeg, [
        ...["-nostdin", "-v", "error", "-i", server.rtmpUrl(), "-t", String(SECONDS)],
        ...["-map", "0:v", "-map", "0:a", "-c", "copy", file],
      ]);
      assertEquals(played, { code: 0, text: "" });
      const expected = { codecs: ["aac", codec].sort(), minVideoFrames: 25 * (SECONDS - 1) };
      await assertRecording(file, expected, { ffmpeg, ffprobe });
    }));
}

row.test("play", "HEVC, AV1, VP9 in the middle of a GOP", async () => {
  const [ffmpeg, ffprobe] = [await debian13Program("ffmpeg"), await debian13Program("ffprobe")];
  await using server = await ServerProcess.start();
  for (const { name, encoder } of CODECS) {
    const long = encoder.map((word) => word.replace("keyint=25", "keyint=500").replace(/^25$/, "500"));
    const url = server.rtmpUrl(`live/${name}`);
    await using _publisher = startProgram(ffmpeg, [
      ...[...GENERATED_INPUT, ...long, "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", url],
    ], { env: QUIET });
    await server.waitForLine(new RegExp(`Stream format url=/live/${name} .*video=${name}`));
    const { text } = await runProgram(ffprobe, [
      ...["-v", "error", "-select_streams", "v", "-read_intervals", "%+#2", "-show_entries", "packet=flags"],
      ...["-of", "csv=p=0", url],
    ]);
    assert(text.startsWith("K"), text);
  }
});

row.test(
  "HTTP-FLV",
  "plays on through a republish, and with another size",
  () => playThroughRepublish(HTTP_FLV, (url) => watchWithFfmpeg(() => debian13Program("ffmpeg"), url)),
);

for (const { shows, options } of HLS_BY_FFMPEG) {
  row.test(
    "HLS",
    shows,
    () => playThroughRepublish(HLS, (url) => watchWithFfmpeg(() => debian13Program("ffmpeg"), url), options),
  );
}

row.test("more", "who joins later gets HDR colours that only Enhanced RTMP carries", async () => {
  const [ffmpeg, ffprobe] = [await debian13Program("ffmpeg"), await debian13Program("ffprobe")];
  await using server = await ServerProcess.start();
  const colours =
    "format=yuv420p10le,setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc";
  await using _publisher = startProgram(ffmpeg, [
    ...[...GENERATED_INPUT, "-vf", colours, "-c:v", "libvpx-vp9", "-profile:v", "2", "-deadline", "realtime"],
    ...["-cpu-used", "8", "-g", "25", "-c:a", "aac", "-f", "flv", server.rtmpUrl()],
  ]);
  await server.waitForLine(STREAM_LINE);
  // A frame of VP9 says nothing of its transfer function.
  const { text } = await runProgram(ffprobe, [
    ...["-v", "error", "-select_streams", "v", "-show_entries", "stream=color_transfer,color_primaries"],
    ...["-of", "csv=p=0", server.rtmpUrl()],
  ]);
  assertEquals(text, "smpte2084,bt2020");
});

row.test("refused publish", "stops, shows the reason", async () => {
  await using hooked = await refusingServer("on_publish");
  const { code, text } = await runProgram(await debian13Program("ffmpeg"), [
    ...[...GENERATED_INPUT, "-c:v", "libx264", "-c:a", "aac", "-f", "flv", hooked.server.rtmpUrl()],
  ]);
  assert(code !== 0, text);
  assertStringIncludes(text, REFUSAL);
  assertEquals(asked(hooked, "on_publish"), 1);
});
