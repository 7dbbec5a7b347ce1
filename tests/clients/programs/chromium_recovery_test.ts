/**
 * Chromium and the player page when the stream does not simply play: refusals, kicks, publishers that leave and return.
 *
 * @module
 */
import { assert, assertEquals } from "../../support/assert.ts";
import { chromiumProgram, TestBrowser } from "../../support/clients/browser.ts";
import type { ClientProcess } from "../../support/clients/client_process.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { startProgram, versionOf } from "../../support/clients/programs.ts";
import { ffmpegProgram, GENERATED_INPUT, H264_AAC, REFUSAL } from "../../support/clients/streams.ts";
import { WatchedServer } from "../../support/clients/watched_server.ts";

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

row.test("more", "a page that is opened before the stream plays when it begins", async () => {
  await using watched = await WatchedServer.start();
  await using browser = await TestBrowser.start();
  await using tab = await browser.open(watched.pageUrl());
  await tab.says("Waiting for the stream");
  await using _publisher = await publish(watched);
  await tab.playing();
  assertEquals(tab.complaints, []);
});

row.test("more", "plays on over a republish with another size", async () => {
  await using watched = await WatchedServer.start();
  await using browser = await TestBrowser.start();
  const first = await publish(watched);
  await using tab = await browser.open(watched.pageUrl());
  await tab.playing();
  await first.stop();
  await using _second = await publish(watched, "640x360");
  await tab.until(`document.querySelector("video").videoWidth === 640`);
  await tab.playing();
  await tab.playsFor(3);
  assertEquals(tab.complaints, []);
});

row.test("more", "plays on after 25 s without a publisher", async () => {
  await using watched = await WatchedServer.start();
  await using browser = await TestBrowser.start();
  const first = await publish(watched);
  await using tab = await browser.open(watched.pageUrl());
  await tab.playing();
  await first.stop();
  await tab.says("The stream is interrupted", 10_000);
  assert(await tab.page.locator("#last-picture").isVisible(), "the last picture is gone");
  await new Promise((resolve) => setTimeout(resolve, GAP_MS));
  await tab.says("The stream is interrupted");
  await using _second = await publish(watched);
  await tab.playing();
  await tab.playsFor(3);
  assertEquals(tab.complaints, []);
});

row.test("more", "comes back after a kick, and shows the reason of a refusal after another one", async () => {
  await using watched = await WatchedServer.start();
  await using browser = await TestBrowser.start();
  await using _publisher = await publish(watched);
  await using tab = await browser.open(watched.pageUrl());
  await tab.playing();
  await watched.kickPlayers();
  await watched.receiver.waitFor("on_play", 2);
  await tab.playing();
  watched.receiver.reply("on_play", { code: 403, msg: REFUSAL });
  await watched.kickPlayers();
  await tab.says(REFUSAL);
  assertEquals(tab.complaints, []);
});

row.test("more", "a refusal: shows the reason, and tries again when asked to", async () => {
  await using watched = await WatchedServer.start();
  watched.receiver.reply("on_play", { code: 403, msg: REFUSAL });
  await using browser = await TestBrowser.start();
  await using _publisher = await publish(watched);
  await using tab = await browser.open(watched.pageUrl());
  await tab.says("You cannot watch this stream");
  await tab.says(REFUSAL);
  assertEquals(watched.receiver.requests.filter(({ action }) => action === "on_play").length, 1);
  watched.receiver.reply("on_play", 0);
  await tab.page.getByRole("button", { name: "Try again" }).click();
  await tab.playing();
  assertEquals(tab.complaints, []);
});

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
