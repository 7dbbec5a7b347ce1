/**
 * Pages of other sites that play HLS in Chromium: with hls.js and Shaka Player as they come, and by the browser itself.
 *
 * @module
 */
import { assertEquals, assertMatch } from "../../support/assert.ts";
import { type PlayerTab, TestBrowser } from "../../support/clients/browser.ts";
import type { ClientProcess } from "../../support/clients/client_process.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { type HlsLibrary, HlsSite } from "../../support/clients/hls_page.ts";
import { startProgram } from "../../support/clients/programs.ts";
import { ffmpegProgram, GENERATED_INPUT, H264_AAC, REFUSAL } from "../../support/clients/streams.ts";
import { WatchedServer } from "../../support/clients/watched_server.ts";
import { pause, showFigure } from "../../support/process/show.ts";

const PATIENCE_MS = 60_000;
const THREE_SEGMENTS_MS = 8000;
/** Nobody looks longer at a picture that stands still without loading the page again. */
const LOAD_AGAIN_MS = 20_000;
const FAILED = "globalThis.failures.length > 0";

async function publish(watched: WatchedServer, size = "320x180"): Promise<ClientProcess> {
  const input = GENERATED_INPUT.map((word) => word.replace("320x180", size));
  const from = watched.server.lines.length;
  const publisher = startProgram(await ffmpegProgram(), [...input, ...H264_AAC, watched.server.rtmpUrl()], {
    timeoutMs: 180_000,
  });
  await watched.server.waitForLine(/Stream format url=\/live\/livestream .*video=H264/, { from });
  return publisher;
}

/** Chromium's own HLS was once seen to stay at its beginning, with the size known and no picture decoded. */
async function begins(tab: PlayerTab, library: HlsLibrary): Promise<void> {
  const hasBegun = `document.querySelector("video").currentTime > 0`;
  const begun = await tab.until(hasBegun, LOAD_AGAIN_MS).then(() => true, () => false);
  if (begun) return;
  showFigure(`HLS by ${library}: the page was loaded again, ${JSON.stringify(await tab.video())}`);
  await tab.page.reload();
}

async function playsWell(tab: PlayerTab, seconds: number): Promise<void> {
  await tab.until(`document.querySelector("video").currentTime > 0`, PATIENCE_MS);
  await tab.showsFor(seconds, PATIENCE_MS);
  assertEquals(await tab.page.evaluate("globalThis.failures"), []);
}

interface Way {
  readonly library: HlsLibrary;
  /** Whether it wants three segments before it plays. */
  readonly wantsThree?: boolean;
  /** What it says of a refusal; `undefined` where it says nothing that tells one. */
  readonly refused?: RegExp;
}

const WAYS: readonly Way[] = [
  { library: "hls.js", refused: /manifestLoadError 403/ },
  { library: "Shaka Player", refused: /^1001 .*403/ },
  { library: "the browser", wantsThree: true },
];

/** A server that publishes, with a list that a viewer can begin with. */
async function startStream(
  { wantsThree = false }: Way,
): Promise<{ watched: WatchedServer; publisher: ClientProcess }> {
  const watched = await WatchedServer.start({ hls: wantsThree ? "hls_always = true" : "" });
  const publisher = await publish(watched);
  if (wantsThree) await pause(THREE_SEGMENTS_MS);
  return { watched, publisher };
}

for (const way of WAYS) {
  const { library, refused } = way;
  const row = new ClientRow({ client: `Chromium, a page of its own, HLS by ${library}` });

  row.test("HLS", "H.264, AAC through a republish with another size", async () => {
    const { watched, publisher: first } = await startStream(way);
    await using _watched = watched;
    await using _first = first;
    await using site = new HlsSite(library, watched.pageUrl("live/livestream.m3u8"));
    await using browser = await TestBrowser.start();
    await using tab = await browser.open(site.url);
    if (way.wantsThree) await begins(tab, library);
    await playsWell(tab, 4);
    await first.stop();
    await using _second = await publish(watched, "640x360");
    await tab.until(`document.querySelector("video").videoWidth === 640`, PATIENCE_MS);
    await playsWell(tab, 3);
  });

  if (refused === undefined) continue;
  row.test("more", "a refusal, and a kick", async () => {
    const { watched, publisher } = await startStream(way);
    await using _watched = watched;
    await using _publisher = publisher;
    await using site = new HlsSite(library, watched.pageUrl("live/livestream.m3u8"));
    await using browser = await TestBrowser.start();
    await using tab = await browser.open(site.url);
    await playsWell(tab, 2);
    await watched.kickPlayers();
    await watched.receiver.waitFor("on_stop", 1);
    const kicked = watched.receiver.requests.find(({ action }) => action === "on_stop");
    assertEquals(kicked?.json["reason"], "kicked");
    watched.receiver.reply("on_play", { code: 403, msg: REFUSAL });
    await using second = await browser.open(site.url);
    await second.until(FAILED, PATIENCE_MS);
    assertMatch(String(await second.page.evaluate("globalThis.failures[0]")), refused);
  });
}
