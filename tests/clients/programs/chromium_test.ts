/**
 * Chromium and the player page: what it plays, what it says where it cannot, and how it looks to all kinds of people.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import { accessibilityFindings } from "../../support/clients/accessibility.ts";
import { chromiumProgram, type PlayerTab, TestBrowser } from "../../support/clients/browser.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import {
  debian13Program,
  debianSidProgram,
  startProgram,
  versionOf,
} from "../../support/clients/programs.ts";
import { ffmpegProgram, REFUSAL } from "../../support/clients/streams.ts";
import { SHOW_FULL } from "../../support/process/show.ts";
import { WatchedServer } from "../../support/clients/watched_server.ts";

const QUIET = ["-nostdin", "-v", "error"];
const PICTURE = ["-re", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25"];
const SOUND = ["-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"];
const H264 = [
  "-c:v",
  "libx264",
  "-preset",
  "ultrafast",
  "-tune",
  "zerolatency",
  "-g",
  "50",
  "-pix_fmt",
  "yuv420p",
];
const AAC = ["-c:a", "aac"];
const SECONDS = 3;

const row = new ClientRow({
  client: "Chromium, player page",
  version: async () => await versionOf(await chromiumProgram(), ["--version"]),
});

interface Scene {
  readonly tab: PlayerTab;
  readonly watched: WatchedServer;
}

/** Publish with ffmpeg's arguments, and open the page. */
async function watch(
  args: readonly string[],
  run: (scene: Scene) => Promise<void>,
  { query = "", ffmpeg = ffmpegProgram } = {},
): Promise<void> {
  await using watched = await WatchedServer.start();
  await using _publisher = startProgram(await ffmpeg(), [
    ...QUIET,
    ...args,
    ...["-f", "flv", watched.server.rtmpUrl()],
  ], { timeoutMs: 120_000 });
  await watched.server.waitForLine(/Stream format url=\/live\/livestream/);
  await using browser = await TestBrowser.start();
  await using tab = await browser.open(watched.pageUrl(`live/livestream${query}`));
  await run({ tab, watched });
  assertEquals(tab.complaints, []);
}

async function facts(tab: PlayerTab): Promise<string> {
  return await tab.page.locator("#facts").innerText();
}

row.test("HTTP-FLV", "H.264, AAC", () =>
  watch([...PICTURE, ...SOUND, ...H264, ...AAC], async ({ tab }) => {
    await tab.playing();
    await tab.showsFor(SECONDS);
    const { width, height } = await tab.video();
    assertEquals([width, height], [640, 360]);
    assertEquals(await facts(tab), "640 × 360 · H.264 · AAC · HTTP-FLV");
    assertMatch(await tab.page.locator("#delay").innerText(), /^\d\.\d s delay$/);
  }));

row.test(
  "play",
  "MP3",
  () =>
    watch([...PICTURE, ...SOUND, ...H264, "-c:a", "libmp3lame"], async ({ tab }) => {
      await tab.playing();
      await tab.playsFor(SECONDS);
      assertEquals(await facts(tab), "640 × 360 · H.264 · MP3 · HTTP-FLV");
    }),
);

row.test("HTTP-FLV", "sound alone", () =>
  watch([...SOUND, ...AAC], async ({ tab }) => {
    await tab.playing();
    await tab.playsFor(SECONDS);
    assertEquals(await facts(tab), "AAC · HTTP-FLV");
    assert(await tab.page.locator("#sound-only").isVisible());
  }));

row.test("HTTP-FLV", "picture alone", () =>
  watch([...PICTURE, ...H264], async ({ tab }) => {
    await tab.playing();
    await tab.playsFor(SECONDS);
    assertEquals(await facts(tab), "640 × 360 · H.264 · no sound · HTTP-FLV");
    assert(await tab.page.locator("#sound").isDisabled());
    assert(!await tab.page.locator("#unmute").isVisible());
  }));

row.test(
  "more",
  "begins without sound, which a button, a key and a slider switch on",
  () =>
    watch([...PICTURE, ...SOUND, ...H264, ...AAC], async ({ tab }) => {
      const { page } = tab;
      await tab.playing();
      assert((await tab.video()).muted);
      await page.getByRole("button", { name: "Turn sound on" }).first().click();
      assert(!(await tab.video()).muted);
      await page.keyboard.press("m");
      assert((await tab.video()).muted);
      await page.getByRole("slider", { name: "Volume" }).fill("40");
      assert(!(await tab.video()).muted);
      assertEquals(await page.evaluate(`document.querySelector("video").volume`), 0.4);
    }),
);

for (const colorScheme of ["light", "dark"] as const) {
  row.test("more", `accessible by axe-core's rules, ${colorScheme}`, async () => {
    await using watched = await WatchedServer.start();
    await using _publisher = startProgram(await ffmpegProgram(), [
      ...[...QUIET, ...PICTURE, ...SOUND, ...H264, ...AAC, "-f", "flv", watched.server.rtmpUrl()],
    ]);
    await using browser = await TestBrowser.start();
    await using tab = await browser.open(watched.pageUrl(), { colorScheme });
    await tab.playing();
    await tab.page.locator("summary").click();
    assertEquals(await accessibilityFindings(tab), []);
    watched.receiver.reply("on_play", { code: 403, msg: REFUSAL });
    const size = { width: 390, height: 800 };
    await using refused = await browser.open(watched.pageUrl(), { colorScheme, size, touch: true });
    await refused.says(REFUSAL);
    assertEquals(await accessibilityFindings(refused), []);
  });
}

row.test(
  "more",
  "a pause ends the session, and playing joins the stream where it is",
  () =>
    watch([...PICTURE, ...SOUND, ...H264, ...AAC], async ({ tab, watched }) => {
      await tab.playing();
      await tab.page.getByRole("button", { name: "Pause" }).click();
      await watched.receiver.waitFor("on_stop", 1);
      assert(await tab.page.locator("#last-picture").isVisible(), "the last picture is gone");
      await tab.page.locator("#play").click();
      await tab.playing();
      await watched.receiver.waitFor("on_play", 2);
    }),
);

row.test(
  "more",
  "embedded without controls, with a signature in its address",
  () =>
    watch([...PICTURE, ...SOUND, ...H264, ...AAC], async ({ tab, watched }) => {
      await tab.playing();
      assertEquals(await tab.page.locator("button:visible, h1:visible").count(), 0);
      const [play] = await watched.receiver.waitFor("on_play", 1);
      assertEquals(play?.json["param"], "?token=abc");
      const { clientWidth, clientHeight }: { clientWidth: number; clientHeight: number } = await tab.page
        .evaluate(
          `(({ clientWidth, clientHeight }) => ({ clientWidth, clientHeight }))(document.querySelector("video"))`,
        );
      assertEquals([clientWidth, clientHeight], [1280, 900]);
    }, { query: "?controls=0&autoplay=1&token=abc" }),
);

row.test(
  "more",
  "waits for a click where the address says so",
  () =>
    watch([...PICTURE, ...SOUND, ...H264, ...AAC], async ({ tab, watched }) => {
      await tab.page.getByRole("button", { name: "Play" }).first().waitFor();
      assertEquals(watched.receiver.requests.filter(({ action }) => action === "on_play"), []);
      await tab.page.locator("#message-action").click();
      await tab.playing();
    }, { query: "?autoplay=0" }),
);

row.test("more", "says that a picture cannot be played, and plays the sound", () =>
  watch(
    [...PICTURE, ...SOUND, "-c:v", "flv", "-g", "25", ...AAC],
    async ({ tab }) => {
      await tab.until(`document.querySelector("#notice").innerText.includes("Sorenson H.263")`);
      await tab.playsFor(SECONDS);
      assertMatch(await tab.page.locator("#notice").innerText(), /H\.264 with AAC/);
    },
  ));

row.test("more", "says that neither picture nor sound can be played, and what can", () =>
  watch(
    [...PICTURE, ...SOUND, "-c:v", "flv", "-g", "25", "-c:a", "pcm_mulaw", "-ar", "8000"],
    async ({ tab }) => {
      await tab.says("This browser cannot play the stream");
      await tab.says("G.711");
      await tab.says("VLC");
      assertMatch(await tab.page.locator("#address").inputValue(), /^http:.*\/live\/livestream\.flv$/);
      assert(await tab.page.locator("#address").isVisible());
    },
  ));

// Chromium is built without it here, whatever brings it.
row.test("more", "says that HEVC cannot be played, and plays the sound", () =>
  watch(
    [
      ...PICTURE,
      ...SOUND,
      "-c:v",
      "libx265",
      "-preset",
      "ultrafast",
      "-x265-params",
      "log-level=none:keyint=25",
    ]
      .concat("-pix_fmt", "yuv420p", ...AAC),
    async ({ tab, watched }) => {
      await tab.until(`document.querySelector("#notice").innerText.includes("HEVC")`, 60_000);
      await tab.playsFor(SECONDS);
      const plays = watched.receiver.requests.filter(({ action }) => action === "on_play");
      assert(plays.every(({ json }) => json["protocol"] === "http-flv"), "HLS was tried in vain");
    },
    { ffmpeg: () => debian13Program("ffmpeg") },
  ));

// Older programs cannot publish these.
if (SHOW_FULL) {
  const ffmpeg = () => debianSidProgram("ffmpeg");

  row.test(
    "HTTP-FLV",
    "Opus",
    () =>
      watch([...PICTURE, ...SOUND, ...H264, "-c:a", "libopus", "-ar", "48000"], async ({ tab }) => {
        await tab.playing();
        await tab.playsFor(SECONDS);
        assertEquals(await facts(tab), "640 × 360 · H.264 · Opus · HTTP-FLV");
      }, { ffmpeg }),
  );

  row.test(
    "more",
    "says that AC-3 cannot be played, and plays the picture",
    () =>
      watch([...PICTURE, ...SOUND, ...H264, "-c:a", "ac3"], async ({ tab }) => {
        await tab.until(`document.querySelector("#notice").innerText.includes("AC-3")`);
        await tab.playsFor(SECONDS);
      }, { ffmpeg }),
  );
}
