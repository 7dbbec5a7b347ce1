/**
 * Chromium and the console where something changes or fails under its hands: what an operator sees then, and what the
 * buttons do.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { Ban, ListedRecording } from "../../../core/mod.ts";
import type { BanEntry } from "../../../http/ports.ts";
import type { ClientSnapshot } from "../../../stream/live/mod.ts";
import { assertEquals } from "../../support/assert.ts";
import { TestBrowser } from "../../support/clients/browser.ts";
import { ApiHarness, type ApiHarnessOptions } from "../../support/http/api_harness.ts";

/** A server, of which the test says what is on it. */
interface Scene {
  clients: ClientSnapshot[];
  recordings: ListedRecording[];
  readonly bans: Map<string, BanEntry>;
  readonly kicked: number[];
  readonly stopped: string[];
  readonly page: Page;
  readonly complaints: readonly string[];
}

function client(clientId: number, stream: string, vhost = "__defaultVhost__"): ClientSnapshot {
  const isUsed = stream !== "";
  const place = vhost === "__defaultVhost__" ? "" : vhost;
  return {
    ...{ clientId, ip: "192.0.2.1", vhost, app: "live", stream, tcUrl: "", pageUrl: "", swfUrl: "" },
    ...{
      streamId: isUsed ? `vid-${vhost}-${stream}` : "",
      streamUrl: isUsed ? `${place}/live/${stream}` : "",
    },
    ...{ protocol: "rtmp", role: isUsed ? "publish" : "none", aliveMs: 1000, sendKbps: 0, recvKbps: 0 },
    ...{ sendBytes: 0, recvBytes: 0, jumps: 0, droppedMs: 0 },
  };
}

function recording(vhost: string, facts: Partial<ListedRecording> = {}): ListedRecording {
  return {
    ...{ id: `rec-${vhost}`, number: 0, clientId: 4, vhost, app: "live", stream: "cam" },
    ...{
      file: `rec/${vhost}.flv.tmp`,
      root: "rec",
      startMs: 1000,
      durationMs: 1500,
      bytes: 10,
      sessionId: "",
    },
    ...{ reason: undefined, ...facts },
  };
}

async function onScene(
  run: (scene: Scene, url: string) => Promise<void>,
  options: ApiHarnessOptions = {},
): Promise<void> {
  const bans = new Map<string, BanEntry>();
  const usage = { sendBytes: 0, recvBytes: 0, jumps: 0, droppedMs: 0 };
  const shown = { clients: [] as ClientSnapshot[], recordings: [] as ListedRecording[] };
  const snapshot = () =>
    Promise.resolve({ clients: shown.clients, connections: 0, accepted: 0, usage, threads: [] });
  const kicked: number[] = [];
  const stopped: string[] = [];
  const media = {
    snapshot,
    totals: snapshot,
    limitCounts: () => ({}),
    kick: (clientId: number) => Promise.resolve(kicked.push(clientId) > 0),
  };
  await using api = await ApiHarness.start(media, {
    bans: {
      list: () => [...bans.values()],
      add: (ban: Ban) => {
        const entry = { ...ban, id: `ban-${bans.size}`, reason: "", createdAt: 1000 };
        bans.set(entry.id, entry);
        return entry;
      },
      remove: (id) => bans.delete(id),
    },
    recordings: {
      list: ({ running, vhost, start, count }) => {
        const wanted = shown.recordings.filter((one) =>
          (running === undefined || running === (one.reason === undefined)) &&
          (vhost === undefined || vhost === one.vhost)
        );
        return Promise.resolve({ total: wanted.length, entries: wanted.slice(start, start + count) });
      },
      get: (id) => Promise.resolve(shown.recordings.find((one) => one.id === id)),
      record: (order) => {
        if (order.kind === "stop") stopped.push(order.id);
        return Promise.resolve({ kind: "stopped" });
      },
      remove: () => Promise.resolve(),
      fileInfo: () => Promise.resolve(undefined),
    },
    ...options,
  });
  await using browser = await TestBrowser.start();
  await using tab = await browser.open(`${api.url}/favicon.ico`);
  const { page, complaints } = tab;
  page.setDefaultTimeout(10_000);
  await run(Object.assign(shown, { bans, kicked, stopped, page, complaints }), `${api.url}/`);
  assertEquals(complaints, []);
}

Deno.test("console: a client is banned by the stream that it has now", () =>
  onScene(async (scene, url) => {
    const { page } = scene;
    scene.clients = [client(1, "")];
    await page.goto(`${url}#/clients`);
    await page.waitForSelector('td:text-is("rtmp-connect")');
    scene.clients = [client(1, "cam")];
    await page.waitForSelector('td:text-is("fmle-publish")');
    await page.click('button:text-is("Ban")');
    await page.waitForSelector('dialog option:text-is("The stream /live/cam")', { state: "attached" });
  }));

Deno.test("console: what fails is said", () =>
  onScene(async (scene, url) => {
    const { page, bans } = scene;
    const ban = { kind: "ip", value: "192.0.2.7", reason: "", createdAt: 1000 } as const;
    bans.set("a", { ...ban, id: "a" });
    await page.goto(`${url}#/clients`);
    await page.waitForSelector('button:text-is("Lift")');
    bans.clear();
    await page.click('button:text-is("Lift")');
    await page.waitForSelector('#notice:text-is("No ban of this id")');
    await page.route("**/api/v1/clients?*", (route) =>
      route.fulfill({ status: 502, body: "<html>Bad Gateway" }));
    await page.selectOption("select", "play");
    await page.waitForSelector('#live:text-is("The API answered with status 502")');
  }));

Deno.test("console: without hooks nothing fails: their page says what to write, that of the outbox where there are events", () =>
  onScene(async ({ page }, url) => {
    await page.goto(`${url}#/hooks`);
    await page.waitForSelector('.empty p:text-matches("no service is asked")');
    await page.goto(`${url}#/owed`);
    await page.waitForSelector('p:text-matches("hooks.outbox.path"):visible');
    await page.waitForSelector('#live.on:text-is("Live")');
    assertEquals(await page.locator('button:text-is("Next"):visible').count(), 0);
  }));

Deno.test("console: an action is done once, and closes its own dialog alone", () =>
  onScene(async (scene, url) => {
    const { page } = scene;
    scene.clients = [client(1, "cam")];
    await page.goto(`${url}#/clients`);
    const answers: (() => Promise<void>)[] = [];
    await page.route("**/api/v1/clients/1", (route) => void answers.push(() => route.continue()));
    await page.click('button:text-is("Kick")');
    await page.click('dialog button:text-is("Kick")');
    await page.click('dialog button:text-is("Kick")');
    await page.keyboard.press("Escape");
    await page.click('button:text-is("Ban")');
    for (const answer of answers) await answer();
    await page.waitForSelector("#notice:visible");
    assertEquals([scene.kicked, await page.locator("dialog[open]").count()], [[1], 1]);
  }));

Deno.test("console: an empty list says what the search and the choice leave out", () =>
  onScene(async (scene, url) => {
    const { page } = scene;
    await page.goto(`${url}#/clients`);
    await page.waitForSelector('.empty p:text-matches("no such clients")');
    await page.fill('input[type="search"]', "cam");
    await page.waitForSelector('p:text-matches("Nothing has")');
    await page.fill('input[type="search"]', "");
    await page.waitForSelector('.empty p:text-matches("no such clients")');
    assertEquals(await page.locator('p:text-matches("Nothing has")').count(), 0);
  }));

Deno.test("console: the page of a stream stops its own recording, not that of another vhost", () =>
  onScene(async (scene, url) => {
    const { page } = scene;
    scene.clients = [client(1, "cam"), client(2, "cam", "tv.example")];
    scene.recordings = [recording("tv.example")];
    await page.goto(`${url}#/streams/vid-__defaultVhost__-cam`);
    await page.waitForSelector('button:text-is("Record"):enabled');
    await page.goto(`${url}#/streams/vid-tv.example-cam`);
    await page.click('button:text-is("Stop recording")');
    await page.waitForSelector('#notice:text-is("Recording stopped")');
    assertEquals(scene.stopped, ["rec-tv.example"]);
  }));

Deno.test("console: a place that was left does not name the one after it, and a broken address is one that is not there", () =>
  onScene(async (scene, url) => {
    const { page } = scene;
    scene.clients = [client(1, "cam")];
    let answer = () => Promise.resolve();
    const asked = Promise.withResolvers<void>();
    await page.route("**/api/v1/streams/*", (route) => {
      answer = () => route.continue();
      asked.resolve();
    });
    await page.goto(`${url}#/streams/vid-__defaultVhost__-cam`);
    await asked.promise;
    await page.click('nav a:text-is("Server")');
    await page.waitForSelector('h1:text-is("Server")');
    const loaded = page.waitForResponse(/api\/v1\/records/);
    await answer();
    await (await loaded).finished();
    assertEquals(await page.title(), "Server - srs console");
    await page.unroute("**/api/v1/streams/*");
    await page.goto(`${url}#/streams/%`);
    await page.waitForSelector("#live.failed");
  }));

Deno.test("console: events are asked for again after a proxy answered in place of the server", () =>
  onScene(async (scene, url) => {
    const { page } = scene;
    let refusals = 1;
    await page.route(
      "**/api/v1/events",
      (route) => refusals-- > 0 ? route.fulfill({ status: 502, body: "" }) : route.continue(),
    );
    await page.goto(url);
    await page.waitForSelector("#live.on");
  }));

Deno.test("console: a recording whose dialog was closed while the player loads is not played", async () => {
  const file = await Deno.makeTempFile({ suffix: ".flv" });
  await onScene(async (scene, url) => {
    const { page } = scene;
    scene.recordings = [recording("__defaultVhost__", { file, reason: "client" })];
    const asked = Promise.withResolvers<() => Promise<void>>();
    await page.route("**/mpegts.js", (route) => asked.resolve(() => route.continue()));
    let reads = 0;
    page.on("request", (request) => void (reads += Number(request.url().endsWith("/file"))));
    await page.goto(`${url}#/recordings`);
    await page.click('button:text-is("Play")');
    const answer = await asked.promise;
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "hidden" });
    const loaded = page.waitForResponse(/mpegts\.js/);
    await answer();
    await (await loaded).finished();
    await page.waitForSelector("script[data-loaded]", { state: "attached" });
    assertEquals(reads, 0);
  });
  await Deno.remove(file);
});

Deno.test("console: a preview names a vhost that no path can name, and says what it cannot load", () =>
  onScene(async (scene, url) => {
    const { page } = scene;
    scene.clients = [client(1, "cam", "tv"), client(2, "cam", "tv.example")];
    const asked: string[] = [];
    await page.route("http://127.0.0.1:8081/**", (route) => {
      asked.push(route.request().url());
      return route.abort();
    });
    for (const vhost of ["tv", "tv.example"]) {
      await page.goto(`${url}#/streams/vid-${vhost}-cam`);
      await page.waitForSelector(`h1:text-is("${vhost}/live/cam")`);
      await page.click("text=Play by LL-HLS");
      await page.waitForSelector("text=/It broke off/");
    }
    const first = [...new Set(asked)];
    assertEquals(first, [
      "http://127.0.0.1:8081/live/cam.m3u8?vhost=tv",
      "http://127.0.0.1:8081/tv.example/live/cam.m3u8",
    ]);
    await page.route("**/mpegts.js", (route) => route.abort());
    await page.click("text=Play by HTTP-FLV");
    await page.waitForSelector("text=/mpegts.js could not be loaded/");
  }, { players: [{ hostname: "0.0.0.0", port: 8081 }] }));
