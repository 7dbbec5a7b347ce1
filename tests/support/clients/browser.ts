/**
 * Chromium without a window, and the player page in it.
 *
 * @module
 */
import { type Browser as Connected, type BrowserContext, chromium, type Page } from "playwright-core";
import { findProgram, type Program, startProgram } from "./programs.ts";
import type { ClientProcess } from "./client_process.ts";

/** The longest that a test has its browser, milliseconds. */
const TIMEOUT_MS = 300_000;

/** Between two looks at a page, milliseconds. */
const LOOK_MS = 50;

const SWITCHES: readonly string[] = [
  ...["--headless=new", "--remote-debugging-port=0", "--no-first-run", "--no-default-browser-check"],
  // Chromium refuses to be root with its sandbox; a container has little shared memory and no graphics card.
  ...["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--mute-audio"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** A script that makes a browser one without Media Source Extensions, as some phones are. */
export const NO_MEDIA_SOURCE =
  "for (const name of ['MediaSource', 'ManagedMediaSource', 'WebKitMediaSource']) delete globalThis[name];";

/** How a page is opened. */
export interface PageOptions {
  /** CSS pixels. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly colorScheme?: "light" | "dark";
  readonly reducedMotion?: "reduce" | "no-preference";
  readonly touch?: boolean;
  /** Whether certificates of the tests' own authority are taken. */
  readonly ignoreHTTPSErrors?: boolean;
  /** JavaScript that runs in the page before its own. */
  readonly script?: string;
}

/** Debian's Chromium. */
export async function chromiumProgram(): Promise<Program> {
  return await findProgram("chromium", "chromium");
}

/** A running browser. */
export class TestBrowser implements AsyncDisposable {
  readonly #process: ClientProcess;
  readonly #connected: Connected;
  readonly #directory: string;

  private constructor(process: ClientProcess, connected: Connected, directory: string) {
    this.#process = process;
    this.#connected = connected;
    this.#directory = directory;
  }

  /** Start one with a profile of its own. */
  static async start({ timeoutMs = TIMEOUT_MS } = {}): Promise<TestBrowser> {
    const program = await chromiumProgram();
    const directory = await Deno.makeTempDir({ prefix: "srs-browser-" });
    const switches = [...SWITCHES, `--user-data-dir=${directory}`, "about:blank"];
    const process = startProgram(program, switches, { timeoutMs });
    try {
      const line = await process.waitForLine(/DevTools listening on ws:/);
      const port = /:(\d+)\//.exec(line)?.[1] ?? "";
      const connected = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
      return new TestBrowser(process, connected, directory);
    } catch (error) {
      await process.stop("SIGKILL");
      throw error;
    }
  }

  /** Open an address in a context of its own. */
  async open(url: string, options: PageOptions = {}): Promise<PlayerTab> {
    const { size = { width: 1280, height: 900 }, touch = false, script, ...media } = options;
    const context = await this.#connected.newContext({
      viewport: size,
      hasTouch: touch,
      isMobile: touch,
      ...media,
    });
    const page = await context.newPage();
    const tab = new PlayerTab(context, page);
    if (script !== undefined) await page.addInitScript(script);
    await page.goto(url, { waitUntil: "domcontentloaded" });
    return tab;
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connected.close();
    await this.#process.stop();
    await Deno.remove(this.#directory, { recursive: true });
  }
}

/** What the video element of a page says. */
export interface VideoFacts {
  readonly currentTime: number;
  readonly decodedFrames: number;
  readonly width: number;
  readonly height: number;
  readonly muted: boolean;
  readonly paused: boolean;
}

const VIDEO_FACTS = `(() => {
  const video = document.querySelector("video");
  return {
    currentTime: video.currentTime,
    decodedFrames: video.getVideoPlaybackQuality().totalVideoFrames,
    width: video.videoWidth,
    height: video.videoHeight,
    muted: video.muted,
    paused: video.paused,
  };
})()`;

/** An open player page. */
export class PlayerTab implements AsyncDisposable {
  readonly page: Page;
  /** What the browser complained of: exceptions, and what the page's policy forbids. */
  readonly complaints: string[] = [];
  readonly #context: BrowserContext;

  constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      const text = message.text();
      // Of requests that are refused on purpose the browser writes by itself, of formats mpegts.js.
      const isExpected = /Failed to load resource|net::ERR_|^\[\w+\] >/.test(text);
      if (message.type() === "error" && !isExpected) this.complaints.push(text);
    });
  }

  /** What the video element says at this moment. */
  async video(): Promise<VideoFacts> {
    return await this.page.evaluate(VIDEO_FACTS);
  }

  /** Wait until an expression of JavaScript is true in the page, whose policy forbids that it looks by itself. */
  async until(expression: string, timeoutMs = 30_000): Promise<void> {
    for (const since = performance.now(); !await this.page.evaluate(expression);) {
      if (performance.now() - since > timeoutMs) {
        const facts = JSON.stringify(await this.video());
        throw new Error(`Never true: ${expression}; ${facts}; the page says: ${await this.text()}`);
      }
      await this.page.waitForTimeout(LOOK_MS);
    }
  }

  /** Wait until the stream has played for so long from here, seconds. */
  async playsFor(seconds: number, timeoutMs?: number): Promise<void> {
    const { currentTime } = await this.video();
    await this.until(`document.querySelector("video").currentTime >= ${currentTime + seconds}`, timeoutMs);
  }

  /**
   * Wait until the stream has played for so long from here, seconds, and 5 frames for each second were decoded. A picture
   * that stands still has none, while a busy machine that decodes in software only takes its time.
   */
  async showsFor(seconds: number, timeoutMs?: number): Promise<void> {
    const { decodedFrames } = await this.video();
    await this.playsFor(seconds, timeoutMs);
    const decoded = `document.querySelector("video").getVideoPlaybackQuality().totalVideoFrames`;
    await this.until(`${decoded} >= ${decodedFrames + 5 * seconds}`, timeoutMs);
  }

  /** Wait until it plays, with nothing said over the picture. */
  async playing(timeoutMs?: number): Promise<void> {
    await this.until(
      `document.querySelector("video").currentTime > 0.5 && document.querySelector("#message").hidden`,
      timeoutMs,
    );
  }

  /** Wait until the message over the picture contains `text`. */
  async says(text: string, timeoutMs?: number): Promise<void> {
    const message = `document.querySelector("#message")`;
    const matches = `${message}.innerText.includes(${JSON.stringify(text)})`;
    await this.until(`!${message}.hidden && ${matches}`, timeoutMs);
  }

  /** All that can be read on the page. */
  async text(): Promise<string> {
    return await this.page.evaluate(`document.body.innerText`);
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }
}
