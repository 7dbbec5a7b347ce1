/**
 * mpegts.js in Chromium, in a page of another site.
 *
 * @module
 */
import { readAsset } from "../../../http/pages/asset_files.ts";
import mpegts from "mpegts.js/package.json" with { type: "json" };
import { type PlayerTab, TestBrowser } from "../../support/clients/browser.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import {
  HTTP_FLV,
  type Playback,
  type PlayedProtocol,
  playThroughRepublish,
  WATCHING,
  type WatchingPlayer,
  WEBSOCKET_FLV,
} from "../../support/clients/republish.ts";

const row = new ClientRow({
  client: "mpegts.js in Chromium",
  version: () => Promise.resolve(mpegts.version),
});

/** A site that is not the server's: its page may read the media by CORS alone. */
class PlayerSite implements AsyncDisposable {
  readonly #server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async ({ url }) => {
    if (new URL(url).pathname === "/mpegts.js") return new Response(await readAsset("mpegts.js"), SCRIPT);
    return new Response(`<video muted autoplay></video><script src="/mpegts.js"></script>`, PAGE);
  });

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

const SCRIPT = { headers: { "Content-Type": "text/javascript" } };
const PAGE = { headers: { "Content-Type": "text/html" } };

/** A page with the library and a video element. */
class MpegtsPage implements WatchingPlayer {
  readonly #tab: PlayerTab;

  private constructor(tab: PlayerTab) {
    this.#tab = tab;
  }

  static async open(browser: TestBrowser, site: string, url: string): Promise<MpegtsPage> {
    const tab = await browser.open(site);
    await tab.until("globalThis.mpegts !== undefined");
    await tab.page.evaluate(`
      globalThis.errors = [];
      globalThis.player = mpegts.createPlayer(
        { type: "flv", isLive: true, url: ${JSON.stringify(url)} },
        { liveSync: true, enableStashBuffer: false },
      );
      player.on(mpegts.Events.ERROR, (...error) => errors.push(error.map(String).join(" ")));
      player.on(mpegts.Events.LOADING_COMPLETE, () => errors.push("The server ended the stream"));
      player.attachMediaElement(document.querySelector("video"));
      player.load();
    `);
    return new MpegtsPage(tab);
  }

  async playback(): Promise<Playback> {
    const errors: string[] = await this.#tab.page.evaluate("errors");
    if (errors.length > 0) throw new Error(errors.join("\n"));
    const { decodedFrames, currentTime, width } = await this.#tab.video();
    return { frames: decodedFrames, timeMs: 1000 * currentTime, width };
  }

  async stop(): Promise<void> {
    await this.#tab.page.evaluate("player.destroy()");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tab[Symbol.asyncDispose]();
  }
}

async function playInBrowser(protocol: PlayedProtocol): Promise<void> {
  await using site = new PlayerSite();
  await using browser = await TestBrowser.start(WATCHING);
  await playThroughRepublish(protocol, (url) => MpegtsPage.open(browser, site.url, url), {
    sizes: "stay",
  });
}

// mpegts.js loses its last picture where the size changes, and two where the last one comes alone: a hole of about
// 110 ms, over which Chromium plays at times and at times not. So both keep their size.
row.test(
  "HTTP-FLV",
  "plays on through a republish of the same size",
  () => playInBrowser(HTTP_FLV),
);

row.test(
  "HTTP-FLV",
  "by WebSocket through a republish of the same size",
  () => playInBrowser(WEBSOCKET_FLV),
);
