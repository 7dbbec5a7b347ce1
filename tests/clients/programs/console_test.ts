/**
 * Chromium and the console, while programs publish and play: what an operator sees, and what the buttons do.
 *
 * @module
 */
import type { Page } from "playwright-core";
import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
} from "../../support/assert.ts";
import { accessibilityFindings } from "../../support/clients/accessibility.ts";
import { type PageOptions, type PlayerTab, TestBrowser } from "../../support/clients/browser.ts";
import { debian13Program, startProgram } from "../../support/clients/programs.ts";
import type { ClientProcess } from "../../support/clients/client_process.ts";
import type { ClientSnapshot, ServerSnapshot } from "../../../stream/live/mod.ts";
import { ApiHarness } from "../../support/http/api_harness.ts";
import { HookHarness } from "../../support/hooks/hook_harness.ts";

const APPEARS_MS = 2000;
const QUIET = ["-nostdin", "-v", "error"];
const PICTURE = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=15"];
const SOUND = ["-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"];
const H264 = [
  "-c:v",
  "libx264",
  "-preset",
  "ultrafast",
  "-tune",
  "zerolatency",
  "-g",
  "15",
  "-pix_fmt",
  "yuv420p",
];
const HEVC = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=15"];
const AAC = ["-c:a", "aac"];
/** Pictures of the pages go there, for documents and for a look. */
const PICTURES = Deno.env.get("SRS_SCREENSHOTS");
const SIZES: Readonly<Record<string, PageOptions>> = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { size: { width: 390, height: 844 }, touch: true, colorScheme: "light" },
};

function server(): Promise<HookHarness> {
  return HookHarness.open({
    players: true,
    sections: ["[vhost.__defaultVhost__.dvr]", 'dvr_path = "./rec/[app]/[stream].[timestamp].mp4"'],
  });
}

async function publish(stage: HookHarness, name: string, args: readonly string[]): Promise<ClientProcess> {
  const url = `rtmp://127.0.0.1:${stage.port}/live/${name}`;
  return startProgram(await debian13Program("ffmpeg"), [...QUIET, ...args, "-f", "flv", url], {
    timeoutMs: 240_000,
  });
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}.png` });
}

/** Go to a place of the console by its link, as people do. */
async function choose(tab: PlayerTab, link: string): Promise<void> {
  await tab.page.click(`nav a:text-is("${link}")`);
  await tab.page.waitForSelector(`nav a[aria-current]:text-is("${link}")`);
}

Deno.test("console: streams appear, play, are recorded and kicked; hooks are tried and replayed", async () => {
  await using stage = await server();
  stage.receiver.reply("on_stop", { status: 400, body: "no" });
  await using browser = await TestBrowser.start();
  await using tab = await browser.open(stage.apiUrl);
  const { page } = tab;
  page.setDefaultTimeout(20_000);
  await page.waitForSelector(".empty pre");
  assertStringIncludes(await tab.text(), "ffmpeg -re");
  await page.waitForSelector("#live.on");

  await using publisher = await publish(stage, "cam", [...PICTURE, ...SOUND, ...H264, ...AAC]);
  await using _sound = await publish(stage, "radio", [...SOUND, ...AAC]);
  await using _door = await publish(stage, "door", [...PICTURE, ...HEVC]);
  for (const name of ["cam", "radio", "door"]) {
    await stage.server.waitForLine(new RegExp(`Publish accepted url=/live/${name} `));
    await page.waitForSelector(`th a:text-is("/live/${name}")`, { timeout: APPEARS_MS });
  }
  await page.waitForSelector('td:text-matches("H264 320x180 15 fps")');

  await page.click('th a:text-is("/live/cam")');
  await page.click("text=Play by HTTP-FLV");
  await page.waitForSelector("text=/HTTP-FLV: H\\.264, AAC/");
  await tab.playsFor(1);
  await page.click("text=Play by LL-HLS");
  await page.waitForSelector("text=/LL-HLS: H\\.264, AAC/");
  await tab.playsFor(1);
  await page.waitForSelector(".uplot canvas");
  await picture(page, "stream");
  await page.click('section button:text-is("Stop")');

  await page.click('button:text-is("Record")');
  await page.waitForSelector('dd:text-matches("rec/live/cam.*mp4.tmp")');
  await choose(tab, "Recordings");
  await page.waitForSelector('td:text-is("running")');
  await page.click('button:text-is("Stop")');
  await page.waitForSelector('td:text-is("ended: stopped")');
  await page.click('button:text-is("Play")');
  await tab.until(`document.querySelector("dialog video").currentTime > 0.3`);
  assertEquals(await accessibilityFindings(tab), [], "a recording that plays");
  await page.keyboard.press("Escape");

  await choose(tab, "Hooks");
  await page.click('button[aria-label="Try on_play of __defaultVhost__"]');
  await page.fill('dialog label:has-text("Stream") input', "tried");
  await page.click('dialog button:text-is("Call")');
  await page.waitForSelector('dialog pre:text-matches("on_play.*tried")');
  assertMatch(await page.innerText("dialog section"), /yes in [\d.]+ ms, status 200[\s\S]*Reply\s+0/);
  assertEquals(await accessibilityFindings(tab), [], "a trial");
  await page.keyboard.press("Escape");

  await choose(tab, "Outbox");
  const sent = stage.receiver.requests.filter(({ action }) => action === "on_stop").length;
  await page.click('button:text-is("Replay") >> nth=0');
  await page.waitForSelector('#notice:text-is("It is sent again")');
  await stage.receiver.waitFor("on_stop", sent + 1);

  await choose(tab, "Clients");
  await page.fill('input[type="search"]', "/live/cam");
  await page.waitForSelector('td:text-is("fmle-publish")');
  await page.waitForSelector('span:text-is("1 to 1 of 1")');
  await page.click('button:text-matches("Kick")');
  await page.click('dialog button:text-is("Kick")');
  assert((await publisher.finished).code !== 0);
  assertStringIncludes(publisher.text, "The operator ended this connection");
  const [unpublish] = await stage.receiver.waitFor("on_unpublish");
  assertEquals([unpublish?.json.stream, unpublish?.json.reason], ["cam", "kicked"]);
  assertEquals(tab.complaints, []);
});

Deno.test("console: no finding of axe-core on any page, in light, dark and on a phone, whose pages fit", async () => {
  await using stage = await server();
  await using browser = await TestBrowser.start();
  await using _publisher = await publish(stage, "cam", [...PICTURE, ...SOUND, ...H264, ...AAC]);
  await stage.server.waitForLine(/Stream format url=\/live\/cam /);
  await stage.call("POST", "/api/v1/records", { stream: "/live/cam" });
  await stage.call("POST", "/api/v1/bans", { kind: "ip", value: "192.0.2.7", reason: "loud" });
  for (const [name, options] of Object.entries(SIZES)) {
    await using tab = await browser.open(stage.apiUrl, options);
    const { page } = tab;
    await page.waitForSelector("#live.on");
    for (
      const link of [
        "Streams",
        "Clients",
        "Hooks",
        "Outbox",
        "Recordings",
        "Relays",
        "Configuration",
        "Server",
      ]
    ) {
      await choose(tab, link);
      await page.waitForSelector("main table:visible, main dl:visible, main .empty:visible");
      await page.waitForTimeout(300);
      await picture(page, `${name}-${link.toLowerCase()}`);
      assertEquals(await accessibilityFindings(tab), [], `${name} ${link}`);
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assertLessOrEqual(Number(overflow), 0, `${name} ${link} is wider than its window`);
    }
    await choose(tab, "Streams");
    await page.click("th a");
    await page.waitForSelector(".uplot canvas", { timeout: 20_000 });
    await picture(page, `${name}-stream`);
    assertEquals(await accessibilityFindings(tab), [], `${name} stream`);
    await page.click("text=Ban its address");
    await page.waitForSelector("dialog[open]");
    assertEquals(await accessibilityFindings(tab), [], `${name} ban`);
    await page.keyboard.press("Escape");
    assertEquals(tab.complaints, []);
  }
});

const STREAMS = 1000;
const PLAYERS_OF_EACH = 20;
/** Between the first byte and the first content, of the longest task, and of what is loaded. */
const FIRST_CONTENT_MS = 300;
const LONG_TASK_MS = 100;
const MAX_BYTES = 250 * 1024;
/** A machine that is busy with other tests takes longer. */
const SLACK = 5;
const NOBODY = false;

/** A server with many clients, of which nothing is true. */
function manyClients(): ServerSnapshot {
  const clients = Array.from({ length: STREAMS * (PLAYERS_OF_EACH + 1) }, (_, i): ClientSnapshot => {
    const number = Math.floor(i / (PLAYERS_OF_EACH + 1));
    const publishes = i % (PLAYERS_OF_EACH + 1) === 0;
    return {
      ...{ clientId: i + 1, ip: "192.0.2.1", vhost: "__defaultVhost__", app: "live", stream: `cam${number}` },
      ...{ streamId: `vid-${number}`, streamUrl: `/live/cam${number}`, tcUrl: "", pageUrl: "", swfUrl: "" },
      ...{ protocol: "rtmp", role: publishes ? "publish" : "play", aliveMs: i, sendKbps: 1000, recvKbps: 1 },
      ...{ sendBytes: i, recvBytes: i, jumps: 0, droppedMs: 0 },
    };
  });
  const usage = { sendBytes: 0, recvBytes: 0, jumps: 0, droppedMs: 0 };
  return { clients, connections: clients.length, accepted: 0, usage, threads: [] };
}

Deno.test("console: 1,000 streams and 20,000 clients are paged and searched without a long task", async () => {
  const snapshot = manyClients();
  const media = {
    snapshot: () => Promise.resolve(snapshot),
    totals: () => Promise.resolve(snapshot),
    limitCounts: () => ({}),
    kick: () => Promise.resolve(NOBODY),
  };
  await using api = await ApiHarness.start(media);
  await using browser = await TestBrowser.start();
  await using tab = await browser.open(`${api.url}/favicon.ico`);
  const { page } = tab;
  let bytes = 0;
  page.on("response", (response) => void (bytes += Number(response.headers()["content-length"] ?? 0)));
  await page.addInitScript(`
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    }).observe({ type: "longtask", buffered: true });
  `);
  await page.goto(`${api.url}/`);
  await page.waitForSelector(`span:text-is("1 to 50 of ${STREAMS}")`);
  const firstContentMs = Number(
    await page.evaluate(`performance.getEntriesByName("first-contentful-paint")[0]?.startTime`),
  );
  const loadedBytes = bytes;
  await page.fill('input[type="search"]', "cam77");
  await page.waitForSelector('span:text-is("1 to 11 of 11")');
  await choose(tab, "Clients");
  await page.waitForSelector('span:text-is("1 to 50 of 21000")');
  await page.click('button:text-is("Next")');
  await page.waitForSelector('span:text-is("51 to 100 of 21000")');
  const longestMs = Number(await page.evaluate("longest"));
  if (PICTURES !== undefined) {
    const figures = JSON.stringify({ firstContentMs, loadedBytes, longestMs });
    await Deno.writeTextFile(`${PICTURES}/figures.json`, figures);
  }
  assertLessOrEqual(firstContentMs, FIRST_CONTENT_MS * SLACK);
  assertLessOrEqual(loadedBytes, MAX_BYTES);
  assertLessOrEqual(longestMs, LONG_TASK_MS * SLACK);
  assertEquals(tab.complaints, []);
});
