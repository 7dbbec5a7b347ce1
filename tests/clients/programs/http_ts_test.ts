/**
 * Programs that play MPEG-TS by HTTP, through republishes, and sound alone as AAC and MP3.
 *
 * @module
 */
import { assertEquals, assertMatch } from "../../support/assert.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { watchWithFfmpeg } from "../../support/clients/ffmpeg_player.ts";
import { TS_DEMUXER, watchWithGstreamer } from "../../support/clients/gstreamer_player.ts";
import { PrintingPlayer } from "../../support/clients/printing_player.ts";
import {
  asNobody,
  debian13Program,
  debianSidProgram,
  findProgram,
  type Program,
  runProgram,
  startProgram,
  versionOf,
} from "../../support/clients/programs.ts";
import { HTTP_TS, playThroughRepublish, type RepublishOptions } from "../../support/clients/republish.ts";
import { readShowinfo } from "../../support/clients/showinfo.ts";
import { ffmpegProgram, GENERATED_INPUT, withDirectory } from "../../support/clients/streams.ts";
import { VlcPlayer } from "../../support/clients/vlc_player.ts";
import { WatchedServer } from "../../support/clients/watched_server.ts";
import type { WatchingPlayer } from "../../support/clients/republish.ts";
import { SHOW_FULL } from "../../support/process/show.ts";

const SECONDS = "2";
const SILENT = ["--no-config", "--vo=null", "--ao=null"];

/** A program that plays. */
interface PlayerProgram {
  readonly client: string;
  readonly version: readonly string[];
  readonly isForFull?: boolean;
  readonly expected?: RepublishOptions;
  find(): Promise<Program>;
  watch(program: Program, url: string, directory: string): Promise<WatchingPlayer>;
  /** Arguments to play sound for {@link SECONDS}, and what is printed then; `undefined`: not tried. */
  readonly sound?: (url: string, kind: "aac" | "mp3") => {
    readonly args: readonly string[];
    readonly prints: RegExp;
  };
}

function ffmpegOf(client: string, find: () => Promise<Program>): PlayerProgram {
  return {
    client,
    version: ["-version"],
    find,
    watch: (_program, url) => watchWithFfmpeg(find, url),
    sound: (url, kind) => ({
      args: ["-nostdin", "-nostats", "-xerror", "-i", url, "-t", SECONDS, "-f", "null", "-"],
      prints: new RegExp(`Input #0, ${kind},[^]*time=00:00:0[12]`),
    }),
  };
}

const PLAYERS: readonly PlayerProgram[] = [
  ffmpegOf("ffmpeg, HTTP-TS", ffmpegProgram),
  ffmpegOf("ffmpeg of Debian 13, HTTP-TS", () => debian13Program("ffmpeg")),
  { ...ffmpegOf("ffmpeg of Debian sid, HTTP-TS", () => debianSidProgram("ffmpeg")), isForFull: true },
  {
    client: "mpv, HTTP-TS",
    version: ["--version"],
    find: () => findProgram("mpv", "mpv"),
    watch: (program, url) => {
      const shown = ["--vf=lavfi=[showinfo]", "--msg-level=ffmpeg=v"];
      return Promise.resolve(PrintingPlayer.start(program, [...SILENT, ...shown, url], readShowinfo));
    },
    sound: (url) => ({
      args: [...SILENT, `--length=${SECONDS}`, url],
      prints: /AO: \[null\] 44100Hz[^]*Exiting\.\.\. \(End of file\)/,
    }),
  },
  {
    client: "VLC, HTTP-TS",
    version: ["--version"],
    expected: { lagMs: 4000 },
    find: async () => asNobody(await findProgram("cvlc", "vlc-bin vlc-plugin-base")),
    watch: (program, url, directory) => VlcPlayer.start(program, url, directory),
  },
  {
    client: "GStreamer, HTTP-TS",
    version: ["--version"],
    find: () => findProgram("gst-launch-1.0", "gstreamer1.0-tools"),
    watch: (program, url) => Promise.resolve(watchWithGstreamer(program, url, {}, TS_DEMUXER)),
    sound: (url, kind) => ({
      args: [
        ...["-v", "souphttpsrc", `location=${url}`, "num-buffers=20", "!"],
        ...[kind === "aac" ? "aacparse" : "mpegaudioparse", "!"],
        ...[kind === "aac" ? "avdec_aac" : "avdec_mp3", "!", "fakesink", "silent=false"],
      ],
      prints: /chain .*\(\d+ bytes[^]*Got EOS/,
    }),
  },
];

for (const { client, version, isForFull = false, expected = {}, find, watch, sound } of PLAYERS) {
  if (isForFull && !SHOW_FULL) continue;
  const row = new ClientRow({ client, version: async () => await versionOf(await find(), version) });
  row.test("play", "H.264, AAC, plays on through a republish", () =>
    withDirectory(async (directory) => {
      const program = await find();
      await playThroughRepublish(HTTP_TS, (url) => watch(program, url, directory), expected);
    }));
  if (sound === undefined) continue;
  for (const [kind, encoder] of [["aac", "aac"], ["mp3", "libmp3lame"]] as const) {
    row.test("more", `sound alone as ${kind.toUpperCase()}`, async () => {
      await using watched = await WatchedServer.start();
      await using _publisher = startProgram(await ffmpegProgram(), [
        ...[...GENERATED_INPUT, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
        ...["-c:a", encoder, "-f", "flv", watched.server.rtmpUrl()],
      ]);
      await watched.server.waitForLine(/Stream format url=\/live\/livestream /);
      const { args, prints } = sound(watched.pageUrl(`live/livestream.${kind}`), kind);
      const { code, text } = await runProgram(await find(), args);
      assertEquals(code, 0, text);
      assertMatch(text, prints);
    });
  }
}
