/**
 * ffmpeg 9 and GStreamer 1.28 of Debian's unstable branch: for the full length alone, as few machines have them.
 *
 * @module
 */
import { ClientRow } from "../../support/clients/client_row.ts";
import { watchWithFfmpeg } from "../../support/clients/ffmpeg_player.ts";
import { watchWithGstreamer } from "../../support/clients/gstreamer_player.ts";
import { debianSidProgram, debianSidRoot, versionOf } from "../../support/clients/programs.ts";
import { HTTP_FLV, playThroughRepublish } from "../../support/clients/republish.ts";
import { withDirectory } from "../../support/clients/streams.ts";
import { SHOW_FULL } from "../../support/process/show.ts";

const SHOWS = "plays on through a republish, and with another size";

if (SHOW_FULL) {
  const ffmpeg = () => debianSidProgram("ffmpeg");
  const gstLaunch = () => debianSidProgram("gst-launch-1.0");

  new ClientRow({
    client: "ffmpeg of Debian sid",
    version: async () => await versionOf(await ffmpeg(), ["-version"]),
  }).test("HTTP-FLV", SHOWS, () => playThroughRepublish(HTTP_FLV, (url) => watchWithFfmpeg(ffmpeg, url)));

  new ClientRow({
    client: "GStreamer of Debian sid, souphttpsrc",
    version: async () => await versionOf(await gstLaunch(), ["--version"]),
  }).test("HTTP-FLV", SHOWS, () =>
    withDirectory(async (directory) => {
      const env = {
        GST_PLUGIN_SYSTEM_PATH: `${debianSidRoot()}/usr/lib/x86_64-linux-gnu/gstreamer-1.0`,
        // The list of plugins of the system's own GStreamer is another one.
        GST_REGISTRY: `${directory}/registry`,
        GST_REGISTRY_FORK: "no",
      };
      await playThroughRepublish(HTTP_FLV, async (url) => watchWithGstreamer(await gstLaunch(), url, env));
    }));
}
