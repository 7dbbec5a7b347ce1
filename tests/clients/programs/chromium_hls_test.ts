/**
 * Chromium and the player page where FLV does not play the stream, or is not there: by hls.js, and by what the browser
 * itself plays.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import {
  chromiumProgram,
  NO_MEDIA_SOURCE,
  type PlayerTab,
  TestBrowser,
} from "../../support/clients/browser.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import {
  debian13Program,
  debianSidProgram,
  startProgram,
  versionOf,
} from "../../support/clients/programs.ts";
import { ffmpegProgram } from "../../support/clients/streams.ts";
import { WatchedServer } from "../../support/clients/watched_server.ts";
import { SHOW_FULL } from "../../support/process/show.ts";

const PICTURE = ["-re", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25"];
const SOUND = ["-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
const ULTRAFAST = ["-preset", "ultrafast", "-tune", "zerolatency"];
const H264 = ["-c:v", "libx264", ...ULTRAFAST, "-g", "50", "-pix_fmt", "yuv420p"];
const AV1 = ["-c:v", "libsvtav1", "-preset", "12", "-g", "25", "-pix_fmt", "yuv420p"];
const VP9 = [
  "-c:v",
  "libvpx-vp9",
  "-deadline",
  "realtime",
  "-cpu-used",
  "8",
  "-g",
  "25",
  "-pix_fmt",
  "yuv420p",
];
const AAC = ["-c:a", "aac"];
const OPUS = ["-c:a", "libopus"];
const SECONDS = 5;

const row = new ClientRow({
  client: "Chromium, player page by HLS",
  version: async () => await versionOf(await chromiumProgram(), ["--version"]),
});

interface Trial {
  readonly args: readonly string[];
  /** What the page says below the picture. */
  readonly facts: string;
  readonly ffmpeg?: typeof ffmpegProgram;
  readonly httpRemux?: boolean;
  readonly hls?: string;
  /** Runs before the page's scripts. */
  readonly script?: string;
}

async function plays(
  { args, facts, ffmpeg = ffmpegProgram, httpRemux = true, hls = "", script }: Trial,
  run: (tab: PlayerTab) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await using watched = await WatchedServer.start({ httpRemux, hls });
  await using _publisher = startProgram(await ffmpeg(), [
    ...["-nostdin", "-v", "error", ...args, "-f", "flv", watched.server.rtmpUrl()],
  ], { timeoutMs: 120_000 });
  await watched.server.waitForLine(/Stream format url=\/live\/livestream/);
  await using browser = await TestBrowser.start();
  await using tab = await browser.open(watched.pageUrl(), script === undefined ? {} : { script });
  await tab.playing();
  const hasPicture = (await tab.video()).width > 0;
  await (hasPicture ? tab.showsFor(SECONDS) : tab.playsFor(SECONDS));
  assertEquals(await tab.page.locator("#facts").innerText(), facts);
  await run(tab);
  assertEquals(tab.complaints, []);
}

row.test("HLS", "AV1, AAC", () =>
  plays({
    ...{ args: [...PICTURE, ...SOUND, ...AV1, ...AAC], ffmpeg: () => debian13Program("ffmpeg") },
    facts: "640 × 360 · AV1 · AAC · LL-HLS",
  }));

row.test("HLS", "VP9, AAC", () =>
  plays({
    ...{ args: [...PICTURE, ...SOUND, ...VP9, ...AAC], ffmpeg: () => debian13Program("ffmpeg") },
    facts: "640 × 360 · VP9 · AAC · LL-HLS",
  }));

row.test("HLS", "H.264, AAC where FLV is off", () =>
  plays({
    ...{ args: [...PICTURE, ...SOUND, ...H264, ...AAC], httpRemux: false },
    facts: "640 × 360 · H.264 · AAC · LL-HLS",
  }, async (tab) => {
    assert((await tab.video()).muted);
    assertMatch(await tab.page.locator("#delay").innerText(), /^\d\.\d s delay$/);
    assertMatch(await tab.page.locator("#address").inputValue(), /\/live\/livestream\.m3u8$/);
  }));

row.test("HLS", "sound alone", () =>
  plays(
    { args: [...SOUND, ...AAC], httpRemux: false, facts: "AAC · LL-HLS" },
    async (tab) => assert(await tab.page.locator("#sound-only").isVisible()),
  ));

row.test("HLS", "without parts", () =>
  plays({
    ...{ args: [...PICTURE, ...SOUND, ...H264, ...AAC], httpRemux: false, hls: "hls_part = 0" },
    facts: "640 × 360 · H.264 · AAC · HLS",
  }));

row.test("HLS", "as MPEG-TS", () =>
  plays({
    ...{ args: [...PICTURE, ...SOUND, ...H264, ...AAC], httpRemux: false, hls: 'hls_format = "mpegts"' },
    facts: "640 × 360 · H.264 · AAC · LL-HLS",
  }));

row.test("HLS", "without sessions (`hls_ctx = false`)", () =>
  plays({
    ...{ args: [...PICTURE, ...SOUND, ...H264, ...AAC], httpRemux: false, hls: "hls_ctx = false" },
    facts: "640 × 360 · H.264 · AAC · LL-HLS",
  }));

row.test("HLS", "by the browser itself where it has no Media Source Extensions", () =>
  plays({
    ...{ args: [...PICTURE, ...SOUND, ...H264, ...AAC], script: NO_MEDIA_SOURCE },
    facts: "640 × 360 · H.264 · AAC · HLS of the browser",
  }));

row.test("HLS", "sound alone by the browser itself", () =>
  plays({
    ...{ args: [...SOUND, ...AAC], script: NO_MEDIA_SOURCE },
    facts: "AAC · HLS of the browser",
  }));

// Older programs cannot publish these.
if (SHOW_FULL) {
  const ffmpeg = () => debianSidProgram("ffmpeg");
  for (
    const { name, facts, args } of [
      {
        name: "VP9, Opus",
        facts: "640 × 360 · VP9 · Opus · LL-HLS",
        args: [...PICTURE, ...SOUND, ...VP9, ...OPUS],
      },
      {
        name: "H.264, FLAC",
        facts: "640 × 360 · H.264 · FLAC · LL-HLS",
        args: [...PICTURE, ...SOUND, ...H264, "-c:a", "flac"],
      },
    ]
  ) row.test("HLS", name, () => plays({ args, facts, ffmpeg }));
}
