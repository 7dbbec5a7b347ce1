/**
 * Viewers by HLS whose server is killed with -9 and started again on the same ports, as a service manager does, while
 * their publisher comes back as encoders do.
 *
 * @module
 */
import { assertEquals } from "../../support/assert.ts";
import { type PlayerTab, TestBrowser } from "../../support/clients/browser.ts";
import type { ClientProcess } from "../../support/clients/client_process.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { watchWithFfmpeg } from "../../support/clients/ffmpeg_player.ts";
import { HlsSite } from "../../support/clients/hls_page.ts";
import { startProgram, versionOf } from "../../support/clients/programs.ts";
import { ffmpegProgram, GENERATED_INPUT, H264_AAC } from "../../support/clients/streams.ts";
import { WatchedServer } from "../../support/clients/watched_server.ts";
import { showFigure } from "../../support/process/show.ts";
import { until } from "../../support/wait.ts";

const PATIENCE_MS = 60_000;
/** Media that is shown before the kill, seconds. */
const BEFORE_S = 4;
/** What a player may have in its buffer, and so much more, seconds: it has media of the new server. */
const AFTER_S = 15;
const FPS = 25;
/** hls.js gives up before this by its defaults, milliseconds. */
const AWAY_MS = 6000;

const WATCH_STALLS = `(() => {
  globalThis.longestMs = 0;
  let last = performance.now();
  document.querySelector("video").addEventListener("timeupdate", () => {
    const now = performance.now();
    globalThis.longestMs = Math.max(globalThis.longestMs, now - last);
    last = now;
  });
})()`;

const VIDEO_S = `document.querySelector("video").currentTime`;

async function publish({ server }: WatchedServer): Promise<ClientProcess> {
  const publisher = startProgram(await ffmpegProgram(), [...GENERATED_INPUT, ...H264_AAC, server.rtmpUrl()], {
    timeoutMs: 180_000,
  });
  await server.waitForLine(/Stream format url=\/live\/livestream .*video=H264/);
  return publisher;
}

/** Kill the server, start it again, at once or after so many milliseconds, and publish again. */
async function restart(
  watched: WatchedServer,
  publisher: ClientProcess,
  afterMs = 0,
): Promise<ClientProcess> {
  const sinceMs = performance.now();
  await watched.restart(afterMs);
  showFigure(`the server served again ${Math.round(performance.now() - sinceMs)} ms after the kill`);
  await publisher.stop("SIGKILL");
  return await publish(watched);
}

/** Each play before the kill has its ending, by the new process; then the viewer is a session of that one. */
async function assertSessions({ receiver }: WatchedServer): Promise<void> {
  const events = () => receiver.requests.filter(({ action }) => action === "on_play" || action === "on_stop");
  await receiver.waitFor("on_play", 2);
  await receiver.waitFor("on_stop", 1);
  const [first, ...others] = events();
  const ending = others.find(({ action, json }) =>
    action === "on_stop" && json["session_id"] === first?.json["session_id"]
  );
  assertEquals([first?.action, ending?.json["reason"]], ["on_play", "server_restart"]);
  const plays = events().filter(({ action }) => action === "on_play");
  assertEquals(new Set(plays.map(({ json }) => json["session_id"])).size, plays.length);
}

async function passesTime(tab: PlayerTab, seconds: number): Promise<void> {
  const { currentTime } = await tab.video();
  await tab.until(`${VIDEO_S} > ${currentTime + seconds}`, PATIENCE_MS);
}

const hlsJs = new ClientRow({ client: "Chromium, a page of its own, HLS by hls.js" });

const CRASHES = [
  { name: "plays on when the server is killed and started again", afterMs: 0 },
  { name: "loads again when the server was away for long, and plays on", afterMs: AWAY_MS },
];

for (const { name, afterMs } of CRASHES) {
  hlsJs.test("more", name, async () => {
    await using watched = await WatchedServer.start({ keepsEndings: true });
    const first = await publish(watched);
    await using site = new HlsSite("hls.js", watched.pageUrl("live/livestream.m3u8"), true);
    await using browser = await TestBrowser.start();
    await using tab = await browser.open(site.url);
    await tab.until(`${VIDEO_S} > 0`, PATIENCE_MS);
    await passesTime(tab, BEFORE_S);
    await tab.page.evaluate(WATCH_STALLS);
    await using _second = await restart(watched, first, afterMs);
    await passesTime(tab, AFTER_S);
    const stallMs = Math.round(Number(await tab.page.evaluate("globalThis.longestMs")));
    showFigure(`hls.js stood still for ${stallMs} ms at most`);
    const [failure] = await tab.page.evaluate<string[]>("globalThis.failures");
    if (afterMs > 0) assertEquals(failure, "levelLoadError 0");
    await assertSessions(watched);
  });
}

const ffmpeg = new ClientRow({
  client: "ffmpeg, HLS",
  version: async () => await versionOf(await ffmpegProgram(), ["-version"]),
});

/** It asks again at once after a refused connection, by default 100 times: a busy machine starts the server too slowly. */
const MANY_RELOADS = ["-max_reload", "1000000"];

ffmpeg.test("more", "plays on when the server is killed and started again", async () => {
  await using watched = await WatchedServer.start({ keepsEndings: true });
  const first = await publish(watched);
  const url = watched.pageUrl("live/livestream.m3u8");
  await using player = await watchWithFfmpeg(ffmpegProgram, url, MANY_RELOADS);
  await until(() => player.playback().frames >= FPS * BEFORE_S);
  await using _second = await restart(watched, first);
  const { frames } = player.playback();
  await until(() => player.playback().frames >= frames + FPS * AFTER_S);
  await assertSessions(watched);
});
