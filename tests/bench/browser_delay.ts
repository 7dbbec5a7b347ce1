/**
 * How old the picture is that Chromium shows on the player page: a publisher draws the time into it, and the page reads
 * it back from each frame that it shows.
 *
 *     deno run -A tests/bench/browser_delay.ts [--seconds 120] [--by flv | ll-hls | hls]
 *
 * A frame's age is from the moment when it was drawn to the moment when the browser was about to show it: encoder,
 * server, network and player.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { TestBrowser } from "../support/clients/browser.ts";
import { ClockPublisher, READ_CLOCK } from "../support/clients/clock_publisher.ts";
import { type WatchedOptions, WatchedServer } from "../support/clients/watched_server.ts";

/** How long the stream runs before somebody watches: at its start everything is slower, milliseconds. */
const PUBLISHED_MS = 5000;
/** Pages that are opened afterwards, each with an empty cache, to see how soon they show a picture. */
const PAGES = 7;
/** A pause between two frames that a viewer sees, milliseconds. */
const STALL_MS = 250;

/** What the page measures: ages of frames, and times between them. */
interface Measured {
  readonly firstPictureMs: number;
  readonly agesMs: readonly number[];
  readonly pausesMs: readonly number[];
  readonly waits: number;
}

/** Runs in the page from its beginning. */
const MEASURE = `(() => {
  const measured = globalThis.measured = { firstPictureMs: 0, agesMs: [], pausesMs: [], waits: 0 };
  let lastMs = 0;
  const watch = (video) => {
    const shown = () => {
      const nowMs = performance.now();
      if (lastMs === 0) {
        measured.firstPictureMs = nowMs;
        video.addEventListener("waiting", () => measured.waits++);
      } else {
        measured.pausesMs.push(nowMs - lastMs);
      }
      lastMs = nowMs;
      const drawnMs = ${READ_CLOCK};
      if (drawnMs !== undefined) measured.agesMs.push(Date.now() - drawnMs);
      video.requestVideoFrameCallback(shown);
    };
    video.requestVideoFrameCallback(shown);
  };
  document.addEventListener("DOMContentLoaded", () => watch(document.querySelector("video")));
})()`;

/** When the page asked for the stream. */
const REQUESTED =
  `performance.getEntriesByType("resource").find(({ name }) => /livestream[.](?:flv|m3u8)/.test(name))?.startTime`;

/** What the server offers, so that the page plays in one way. */
const WAYS: Readonly<Record<string, WatchedOptions>> = {
  "flv": {},
  "ll-hls": { httpRemux: false },
  "hls": { httpRemux: false, hls: "hls_part = 0" },
};

const { seconds, by } = parseArgs(Deno.args, { string: ["by"], default: { seconds: 120, by: "flv" } });
const way = WAYS[by];
if (way === undefined) throw new Error(`Cannot play by ${by}: it is one of ${Object.keys(WAYS).join(", ")}`);

await using watched = await WatchedServer.start(way);
await using _publisher = await ClockPublisher.start(watched.server.rtmpUrl());
await watched.server.waitForLine(/Stream format url=\/live\/livestream/);
await new Promise((resolve) => setTimeout(resolve, PUBLISHED_MS));
await using browser = await TestBrowser.start({ timeoutMs: 1000 * Number(seconds) + 60_000 });
await using tab = await browser.open(watched.pageUrl(), { script: MEASURE });
await tab.playing();
await tab.page.waitForTimeout(1000 * Number(seconds));
const { firstPictureMs, agesMs, pausesMs, waits }: Measured = await tab.page.evaluate("measured");
// The browser is new, and so is the page's way into it.
const requestedMs = await tab.page.evaluate<number>(REQUESTED);
const pages: { readonly firstMs: number; readonly requestedMs: number }[] = [];
for (let i = 0; i < PAGES; i++) {
  await using page = await browser.open(watched.pageUrl(), { script: MEASURE });
  await page.until("measured.firstPictureMs > 0");
  pages.push({
    firstMs: await page.page.evaluate<number>("measured.firstPictureMs"),
    requestedMs: await page.page.evaluate<number>(REQUESTED),
  });
}
const line = {
  by: await tab.page.locator("#facts").innerText(),
  seconds,
  frames: agesMs.length,
  "first picture, ms": Math.round(firstPictureMs),
  "after its request, ms": Math.round(firstPictureMs - requestedMs),
  [`first picture of ${PAGES} pages in the browser that runs, p50, ms`]: percentile(
    pages.map(({ firstMs }) => firstMs),
    0.5,
  ),
  "most of them, ms": percentile(pages.map(({ firstMs }) => firstMs), 1),
  "their requests, p50, ms": percentile(pages.map(({ requestedMs }) => requestedMs), 0.5),
  "age p50, ms": percentile(agesMs, 0.5),
  "age p95, ms": percentile(agesMs, 0.95),
  "age max, ms": percentile(agesMs, 1),
  "longest pause, ms": percentile(pausesMs, 1),
  stalls: pausesMs.filter((ms) => ms > STALL_MS).length,
  waits,
};
const text = Object.entries(line).map(([name, value]) => `${name}\t${value}\n`).join("");
await Deno.stdout.write(new TextEncoder().encode(text));

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN);
}
