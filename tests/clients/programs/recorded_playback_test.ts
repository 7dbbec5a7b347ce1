/**
 * Recordings in Chromium, as the API sends them: those of every codec that it has play to their end, and a long one opens
 * and seeks with few requests.
 *
 * @module
 */
import { assertAlmostEquals, assertEquals, assertLessOrEqual } from "../../support/assert.ts";
import { type PlayerTab, TestBrowser } from "../../support/clients/browser.ts";
import { encodeFile } from "../../support/clients/decoded_frames.ts";
import { debian13Program, debianSidProgram } from "../../support/clients/programs.ts";
import { showFigure, shown } from "../../support/process/show.ts";
import { RecordingServer } from "../../support/record/recording_server.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";

const PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=322x182:rate=25"];
const SOUND = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"];
const H264 = ["-c:v", "libx264", "-g", "25", "-bf", "3", "-pix_fmt", "yuv420p"];
const AV1 = ["-c:v", "libsvtav1", "-preset", "12", "-g", "25"];
const VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "25"];
const AAC = ["-c:a", "aac"];
const MP3 = ["-c:a", "libmp3lame", "-ar", "44100"];
const OPUS = ["-c:a", "libopus"];
const FLAC = ["-c:a", "flac"];

/** What is encoded, with pictures unless it is sound alone. */
const CASES: readonly (readonly [name: string, encoder: readonly string[]])[] = [
  ["H.264 and AAC", [...H264, ...AAC]],
  ["H.264 and MP3", [...H264, ...MP3]],
  ["AV1 and AAC", [...AV1, ...AAC]],
  ["VP9 and AAC", [...VP9, ...AAC]],
  ["H.264 alone", H264],
  ["AAC alone", AAC],
  ["MP3 alone", MP3],
];
/** What only the newest ffmpeg sends. */
const NEWEST: typeof CASES = [
  ["H.264 and Opus", [...H264, ...OPUS]],
  ["AV1 and FLAC", [...AV1, ...FLAC]],
  ["VP9 and Opus", [...VP9, ...OPUS]],
  ["Opus alone", OPUS],
  ["FLAC alone", FLAC],
];

/** How a recording was played. */
interface Playback {
  readonly error: string | null;
  readonly ended: boolean;
  readonly duration: number;
  readonly width: number;
  readonly frames: number;
}

/** Play at the browser's pace to the end, in a `video` element of its own. */
async function playToEnd(tab: PlayerTab, url: string): Promise<Playback> {
  await tab.page.evaluate(`{
    document.body.replaceChildren(document.createElement("video"));
    const video = document.querySelector("video");
    video.muted = true;
    video.src = ${JSON.stringify(url)};
    video.play().catch(() => {});
  }`);
  await tab.until(`document.querySelector("video").ended || document.querySelector("video").error !== null`);
  return await tab.page.evaluate(`(() => {
    const video = document.querySelector("video");
    return {
      error: video.error?.message ?? null,
      ended: video.ended,
      duration: video.duration,
      width: video.videoWidth,
      frames: video.getVideoPlaybackQuality().totalVideoFrames,
    };
  })()`);
}

Deno.test("Chromium plays recordings to their end, of each codec that it has", async () => {
  await using directory = await temporaryDirectory();
  await using server = await RecordingServer.start();
  await using browser = await TestBrowser.start();
  await using tab = await browser.open(`${server.apiUrl}/favicon.ico`);
  for (const played of [...CASES, ...shown(NEWEST, [])]) {
    const [name, encoder] = played;
    const ffmpeg = await (NEWEST.includes(played) ? debianSidProgram : debian13Program)("ffmpeg");
    const hasVideo = encoder.includes("-c:v");
    const hasAudio = encoder.includes("-c:a");
    const source = `${directory.path}/source.flv`;
    const inputs = [...hasVideo ? PICTURE : [], ...hasAudio ? SOUND : []];
    await encodeFile(ffmpeg, [...inputs, "-t", "2", ...encoder], source);
    const url = await server.fileUrl(await server.publish(ffmpeg, source, "mp4"));
    const playback = await playToEnd(tab, url);
    assertEquals([playback.error, playback.ended], [null, true], name);
    assertAlmostEquals(playback.duration, 2, 0.15, name);
    assertEquals(playback.width, hasVideo ? 322 : 0, name);
    showFigure(`${name} in Chromium: ${JSON.stringify(playback)}`);
  }
});

/** Seconds that are encoded, and how often they are published. */
const ENCODED_S = 60;
const TIMES = shown(60, 10);
/** What Chromium may ask before it knows how long the file is, and to play from another place. */
const OPENING_REQUESTS = 10;
const SEEKING_REQUESTS = 4;

Deno.test("Chromium opens a long recording, and seeks to its middle, with few requests", async () => {
  await using directory = await temporaryDirectory();
  await using server = await RecordingServer.start();
  const ffmpeg = await debian13Program("ffmpeg");
  const source = `${directory.path}/source.flv`;
  const picture = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25,noise=alls=6:allf=t"];
  const rate = ["-b:v", shown("1000k", "200k"), "-maxrate", shown("1000k", "200k"), "-bufsize", "1000k"];
  const encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-pix_fmt", "yuv420p", ...rate];
  await encodeFile(ffmpeg, [...picture, ...SOUND, "-t", String(ENCODED_S), ...encoder, ...AAC], source);
  const file = await server.publish(ffmpeg, source, "mp4", { times: TIMES });
  const url = await server.fileUrl(file);

  await using browser = await TestBrowser.start();
  await using tab = await browser.open(`${server.apiUrl}/favicon.ico`);
  const network = await tab.page.context().newCDPSession(tab.page);
  let requests = 0;
  network.on("Network.requestWillBeSent", ({ request }) => requests += request.url === url ? 1 : 0);
  await network.send("Network.enable");
  const openedMs = Number(
    await tab.page.evaluate(`new Promise((resolve, reject) => {
    document.body.replaceChildren(document.createElement("video"));
    const video = document.querySelector("video");
    const from = performance.now();
    video.muted = true;
    video.onloadedmetadata = () => resolve(performance.now() - from);
    video.onerror = () => reject(video.error.message);
    video.src = ${JSON.stringify(url)};
  })`),
  );
  const toMetadata = requests;
  await tab.page.evaluate(`document.querySelector("video").play().catch(() => {})`);
  await tab.until(`document.querySelector("video").currentTime > 0.5`);
  const toPlay = requests;
  const middleS = ENCODED_S * TIMES / 2;
  const seekedMs = Number(
    await tab.page.evaluate(`new Promise((resolve) => {
    const video = document.querySelector("video");
    const from = performance.now();
    video.onseeked = () => resolve(performance.now() - from);
    video.currentTime = ${middleS};
  })`),
  );
  await tab.until(`document.querySelector("video").currentTime > ${middleS + 0.5}`);
  const toSeek = requests - toPlay;
  const duration = Number(await tab.page.evaluate(`document.querySelector("video").duration`));
  assertAlmostEquals(duration, ENCODED_S * TIMES, 0.05 * TIMES);
  assertLessOrEqual(toPlay, OPENING_REQUESTS);
  assertLessOrEqual(toSeek, SEEKING_REQUESTS);
  const { size } = await Deno.stat(file);
  showFigure(
    `${Math.round(duration)} s, ${Math.round(size / 1e6)} MB: metadata after ${toMetadata} requests and ` +
      `${Math.round(openedMs)} ms, plays after ${toPlay}; seeks to the middle with ${toSeek}, ${
        Math.round(seekedMs)
      } ms`,
  );
});
