/**
 * Chromium and the player page, by each of its ways of playing, when the stream does not simply play: refusals, kicks, publishers that leave and return.
 *
 * @module
 */
import { assert, assertEquals } from "../../support/assert.ts";
import {
  chromiumProgram,
  NO_MEDIA_SOURCE,
  type PageOptions,
  type PlayerTab,
  TestBrowser,
} from "../../support/clients/browser.ts";
import type { ClientProcess } from "../../support/clients/client_process.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { startProgram, versionOf } from "../../support/clients/programs.ts";
import { ffmpegProgram, GENERATED_INPUT, H264_AAC, REFUSAL } from "../../support/clients/streams.ts";
import { shown } from "../../support/process/show.ts";
import { type WatchedOptions, WatchedServer } from "../../support/clients/watched_server.ts";

/** How long the publisher is away. */
const GAP_MS = 25_000;

const row = new ClientRow({
  client: "Chromium, player page through troubles",
  version: async () => await versionOf(await chromiumProgram(), ["--version"]),
});

async function publish(watched: WatchedServer, size = "320x180"): Promise<ClientProcess> {
  const input = GENERATED_INPUT.map((word) => word.replace("320x180", size));
  return startProgram(await ffmpegProgram(), [...input, ...H264_AAC, watched.server.rtmpUrl()], {
    timeoutMs: 120_000,
  });
}

interface Way {
  readonly name: string;
  readonly server: WatchedOptions;
  readonly page: PageOptions;
  /** Other ways leave the playing of what is there already to the browser, which takes its time. */
  readonly patienceMs: number;
}

const ALL_WAYS: readonly Way[] = [
  { name: "", server: {}, page: {}, patienceMs: 30_000 },
  { name: ", by HLS", server: { httpRemux: false }, page: {}, patienceMs: 30_000 },
  { name: ", by HLS of the browser", server: {}, page: { script: NO_MEDIA_SOURCE }, patienceMs: 60_000 },
];

/** The browser's own HLS takes minutes. */
const WAYS = shown(ALL_WAYS, ALL_WAYS.slice(0, 2));

for (const { name, server, page, patienceMs } of WAYS) {
  const playing = (tab: PlayerTab) => tab.playing(patienceMs);

  row.test("more", `a page that is opened before the stream plays when it begins${name}`, async () => {
    await using watched = await WatchedServer.start(server);
    await using browser = await TestBrowser.start();
    await using tab = await browser.open(watched.pageUrl(), page);
    await tab.says("Waiting for the stream");
    await using _publisher = await publish(watched);
    await playing(tab);
    assertEquals(tab.complaints, []);
  });

  row.test("more", `plays on over a republish with another size${name}`, async () => {
    await using watched = await WatchedServer.start(server);
    await using browser = await TestBrowser.start();
    const first = await publish(watched);
    await using tab = await browser.open(watched.pageUrl(), page);
    await playing(tab);
    await first.stop();
    await using _second = await publish(watched, "640x360");
    await tab.until(`document.querySelector("video").videoWidth === 640`, patienceMs);
    await playing(tab);
    await tab.playsFor(3);
    assertEquals(tab.complaints, []);
  });

  row.test("more", `plays on after 25 s without a publisher${name}`, async () => {
    await using watched = await WatchedServer.start(server);
    await using browser = await TestBrowser.start();
    const first = await publish(watched);
    await using tab = await browser.open(watched.pageUrl(), page);
    await playing(tab);
    await first.stop();
    await tab.says("The stream is interrupted", patienceMs);
    // By HLS the video may have no current picture by then.
    if (name === "") assert(await tab.page.locator("#last-picture").isVisible(), "the last picture is gone");
    await new Promise((resolve) => setTimeout(resolve, GAP_MS));
    await using _second = await publish(watched, "640x360");
    await tab.until(`document.querySelector("video").videoWidth === 640`, patienceMs);
    await playing(tab);
    await tab.playsFor(3);
    assertEquals(tab.complaints, []);
  });

  row.test(
    "more",
    `comes back after a kick, and shows the reason of a refusal after another one${name}`,
    async () => {
      await using watched = await WatchedServer.start(server);
      await using browser = await TestBrowser.start();
      await using _publisher = await publish(watched);
      await using tab = await browser.open(watched.pageUrl(), page);
      await playing(tab);
      const { length } = watched.receiver.requests.filter(({ action }) => action === "on_play");
      await watched.kickPlayers();
      await watched.receiver.waitFor("on_play", length + 1);
      await playing(tab);
      watched.receiver.reply("on_play", { code: 403, msg: REFUSAL });
      await watched.kickPlayers();
      await tab.says(REFUSAL, patienceMs);
      assertEquals(tab.complaints, []);
    },
  );

  row.test("more", `a refusal: shows the reason, and tries again when asked to${name}`, async () => {
    await using watched = await WatchedServer.start(server);
    watched.receiver.reply("on_play", { code: 403, msg: REFUSAL });
    await using browser = await TestBrowser.start();
    await using _publisher = await publish(watched);
    await using tab = await browser.open(watched.pageUrl(), page);
    await tab.says("You cannot watch this stream");
    await tab.says(REFUSAL);
    assertEquals(watched.receiver.requests.filter(({ action }) => action === "on_play").length, 1);
    watched.receiver.reply("on_play", 0);
    await tab.page.getByRole("button", { name: "Try again" }).click();
    await playing(tab);
    assertEquals(tab.complaints, []);
  });
}

row.test("more", "a server that is gone is found again", async () => {
  await using browser = await TestBrowser.start();
  const watched = await WatchedServer.start();
  const publisher = await publish(watched);
  await using tab = await browser.open(watched.pageUrl());
  await tab.playing();
  await publisher.stop("SIGKILL");
  await watched[Symbol.asyncDispose]();
  await tab.says("The connection is lost");
});
