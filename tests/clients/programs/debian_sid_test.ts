/**
 * ffmpeg 9 and GStreamer 1.28 of Debian's unstable branch: for the full length alone, as few machines have them.
 *
 * @module
 */
import { assert } from "../../support/assert.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { watchWithFfmpeg } from "../../support/clients/ffmpeg_player.ts";
import { watchHlsWithGstreamer, watchWithGstreamer } from "../../support/clients/gstreamer_player.ts";
import { debianSidProgram, debianSidRoot, versionOf } from "../../support/clients/programs.ts";
import { HLS, HLS_BY_FFMPEG, HTTP_FLV, playThroughRepublish } from "../../support/clients/republish.ts";
import { withDirectory } from "../../support/clients/streams.ts";
import { SHOW_FULL } from "../../support/process/show.ts";

const SHOWS = "plays on through a republish, and with another size";

/** Requests of a player that takes parts as they come: of a playlist that is to have one, and of the part. */
const BLOCKING_RELOAD = /media\.m3u8\?\S*_HLS_msn=\d+&_HLS_part=\d+/;
const PART = /\/p\d+\.m4s/;

if (SHOW_FULL) {
  const ffmpeg = () => debianSidProgram("ffmpeg");
  const gstLaunch = () => debianSidProgram("gst-launch-1.0");
  const ffmpegRow = new ClientRow({
    client: "ffmpeg of Debian sid",
    version: async () => await versionOf(await ffmpeg(), ["-version"]),
  });
  const gstreamerRow = new ClientRow({
    client: "GStreamer of Debian sid, souphttpsrc",
    version: async () => await versionOf(await gstLaunch(), ["--version"]),
  });

  ffmpegRow.test(
    "HTTP-FLV",
    SHOWS,
    () => playThroughRepublish(HTTP_FLV, (url) => watchWithFfmpeg(ffmpeg, url)),
  );

  for (const { shows, options } of HLS_BY_FFMPEG) {
    ffmpegRow.test(
      "HLS",
      shows,
      () => playThroughRepublish(HLS, (url) => watchWithFfmpeg(ffmpeg, url), options),
    );
  }

  gstreamerRow.test("HTTP-FLV", SHOWS, () =>
    withDirectory((directory) =>
      playThroughRepublish(
        HTTP_FLV,
        async (url) => watchWithGstreamer(await gstLaunch(), url, environment(directory)),
      )
    ));

  gstreamerRow.test(
    "HLS",
    `${SHOWS}; by parts, with blocking reload`,
    () =>
      withDirectory((directory) =>
        playThroughRepublish(
          HLS,
          async (url) => watchHlsWithGstreamer(await gstLaunch(), url, environment(directory)),
          {
            accessLog: true,
            end({ lines }) {
              for (const pattern of [BLOCKING_RELOAD, PART]) {
                assert(lines.some((line) => pattern.test(line)), `No request is ${pattern}`);
              }
            },
          },
        )
      ),
  );
}

/** The list of plugins of the system's own GStreamer is another one. */
function environment(directory: string): Readonly<Record<string, string>> {
  return {
    GST_PLUGIN_SYSTEM_PATH: `${debianSidRoot()}/usr/lib/x86_64-linux-gnu/gstreamer-1.0`,
    GST_REGISTRY: `${directory}/registry`,
    GST_REGISTRY_FORK: "no",
  };
}
