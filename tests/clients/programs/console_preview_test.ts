/**
 * Chromium and the preview of the console, where the service is asked about it.
 *
 * @module
 */
import { assertEquals } from "../../support/assert.ts";
import { TestBrowser } from "../../support/clients/browser.ts";
import { HookHarness } from "../../support/hooks/hook_harness.ts";
import { publishStream } from "../../support/stream/test_stream.ts";
import { mediaTools } from "../../support/process/ffmpeg.ts";

Deno.test("console: a preview shows the service's reason until something else is asked for, and sends parameters", async () => {
  await using stage = await HookHarness.open({ players: true });
  stage.receiver.reply(
    "on_play",
    ({ json }) => json["param"] === "?token=ticket" ? 0 : { code: 3, msg: "Buy a ticket" },
  );
  const url = `rtmp://127.0.0.1:${stage.port}/live/cam`;
  await using _publisher = publishStream(await mediaTools(), url, { gopSeconds: 1 });
  await stage.server.waitForLine(/Stream format url=\/live\/cam .*video=/);
  await using browser = await TestBrowser.start();
  await using tab = await browser.open(`${stage.apiUrl}/`);
  const { page } = tab;
  page.setDefaultTimeout(20_000);
  await page.click('th a:text-is("/live/cam")');
  for (const way of ["HTTP-FLV", "LL-HLS"]) {
    await page.fill('label:has-text("Parameters") input', "");
    await page.click(`text=Play by ${way}`);
    await page.waitForSelector("text=/Buy a ticket/");
    // The page loads its stream every two seconds.
    for (let loads = 0; loads < 2; loads++) await page.waitForResponse(/api\/v1\/streams\//);
    await page.waitForSelector("text=/Buy a ticket/");
    await page.fill('label:has-text("Parameters") input', "token=ticket");
    await page.click(`text=Play by ${way}`);
    await page.waitForSelector(`text=/${way}: H\\.264/`);
    await page.click("text=Stop");
  }
  assertEquals(tab.complaints, []);
});
