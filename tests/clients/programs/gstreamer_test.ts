/**
 * GStreamer publishes and plays, with its own RTMP (`rtmp2sink`, `rtmp2src`) and with librtmp (`rtmpsink`, `rtmpsrc`),
 * and plays by HTTP.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { watchWithGstreamer } from "../../support/clients/gstreamer_player.ts";
import {
  findProgram,
  type Program,
  runProgram,
  startProgram,
  versionOf,
} from "../../support/clients/programs.ts";
import { HTTP_FLV, playThroughRepublish } from "../../support/clients/republish.ts";
import {
  asked,
  assertRecording,
  publishForPlayers,
  REFUSAL,
  refusingServer,
  STREAM_LINE,
  withDirectory,
} from "../../support/clients/streams.ts";
import { ServerProcess } from "../../support/process/server_process.ts";

/** About four seconds of the test stream. */
const BUFFERS = 200;

/** The launcher and the elements: flvmux, x264enc, avenc_aac, and both kinds of RTMP. */
const PACKAGES = ["tools", "plugins-base", "plugins-good", "plugins-bad", "plugins-ugly", "libav"]
  .map((part) => `gstreamer1.0-${part}`).join(" ");

async function gstLaunch(): Promise<Program> {
  return await findProgram("gst-launch-1.0", PACKAGES);
}

/** A picture and a tone in real time into an RTMP sink. */
function publisher(sink: string, location: string): readonly string[] {
  return [
    ...["-e", "videotestsrc", "is-live=true", "!", "video/x-raw,width=320,height=180,framerate=25/1", "!"],
    ...["x264enc", "tune=zerolatency", "speed-preset=ultrafast", "key-int-max=25", "!", "h264parse", "!"],
    ...["flvmux", "name=mux", "streamable=true", "!", sink, `location=${location}`],
    ...["audiotestsrc", "is-live=true", "!", "avenc_aac", "!", "mux."],
  ];
}

interface Pair {
  readonly client: string;
  readonly sink: string;
  readonly source: string;
  /** Appended to the address, where the element has to know. */
  readonly live: string;
  /** Whether the reason of a refusal is shown. */
  readonly showsReason: boolean;
}

const PAIRS: readonly Pair[] = [
  {
    client: "GStreamer rtmp2sink, rtmp2src",
    sink: "rtmp2sink",
    source: "rtmp2src",
    live: "",
    showsReason: true,
  },
  {
    client: "GStreamer rtmpsink, rtmpsrc (librtmp)",
    sink: "rtmpsink",
    source: "rtmpsrc",
    live: " live=1",
    showsReason: false,
  },
];

for (const { client, sink, source, live, showsReason } of PAIRS) {
  const row = new ClientRow({
    client,
    version: async () => await versionOf(await gstLaunch(), ["--version"]),
  });

  row.test("publish", "H.264, AAC", async () => {
    await using server = await ServerProcess.start();
    await using pipeline = startProgram(await gstLaunch(), publisher(sink, server.rtmpUrl() + live));
    assertEquals(STREAM_LINE.exec(await server.waitForLine(STREAM_LINE))?.slice(1), ["H264", "AAC"]);
    // Its onMetaData comes again every second, and must not become a track of its own.
    const ffprobe = await findProgram("ffprobe", "ffmpeg");
    const show = ["-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0"];
    const { text } = await runProgram(ffprobe, [...show, server.rtmpUrl()]);
    assertEquals(text.split("\n").sort(), ["audio", "video"]);
    const { code } = await pipeline.stop();
    assertEquals(code, 0, pipeline.text);
    await server.waitForLine(/Publish ended .*reason=client/);
  });

  row.test("play", "H.264, AAC", () =>
    withDirectory(async (directory) => {
      await using server = await ServerProcess.start();
      await using _publisher = await publishForPlayers(server);
      const file = `${directory}/recorded.flv`;
      const { code, text } = await runProgram(await gstLaunch(), [
        ...[source, `location=${server.rtmpUrl()}${live}`, `num-buffers=${BUFFERS}`, "!"],
        ...["filesink", `location=${file}`],
      ]);
      assertEquals(code, 0, text);
      await assertRecording(file, { codecs: ["aac", "h264"], minVideoFrames: 50, seconds: 2 });
    }));

  const shown = showsReason ? "stops, shows the reason" : "stops";
  row.test("refused publish", shown, async () => {
    await using hooked = await refusingServer("on_publish");
    const { code, text } = await runProgram(
      await gstLaunch(),
      publisher(sink, hooked.server.rtmpUrl() + live),
    );
    assert(code !== 0, text);
    if (showsReason) assertStringIncludes(text, REFUSAL);
    assertEquals(asked(hooked, "on_publish"), 1);
  });

  row.test("more", "a refused play ends", async () => {
    await using hooked = await refusingServer("on_play");
    const { code, text } = await runProgram(await gstLaunch(), [
      ...[source, `location=${hooked.server.rtmpUrl()}${live}`, "!", "fakesink"],
    ]);
    assert(code !== 0, text);
    assertEquals(asked(hooked, "on_play"), 1);
  });
}

const row = new ClientRow({
  client: "GStreamer souphttpsrc",
  version: async () => await versionOf(await gstLaunch(), ["--version"]),
});

row.test(
  "HTTP-FLV",
  "plays on through a republish, and with another size",
  () => playThroughRepublish(HTTP_FLV, async (url) => watchWithGstreamer(await gstLaunch(), url)),
);
