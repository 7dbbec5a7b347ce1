/**
 * Chromium and what the console plays: recordings as FLV and MP4, a stream with a codec that the browser does not decode,
 * and ten thousand recordings in the list.
 *
 * @module
 */
import { assert, assertEquals, assertLessOrEqual, assertMatch } from "../../support/assert.ts";
import { TestBrowser } from "../../support/clients/browser.ts";
import { debian13Program, startProgram } from "../../support/clients/programs.ts";
import { asBody } from "../../support/http/api_harness.ts";
import { HookHarness } from "../../support/hooks/hook_harness.ts";
import { showFigure } from "../../support/process/show.ts";
import { RecordCatalogue } from "../../../stream/record/record_catalogue.ts";
import { SERVER_CERT, TLS_SERVER_KEY } from "../../support/net/tls_fixtures.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";
import { until } from "../../support/wait.ts";

const INPUT = [
  ...["-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=15"],
  ...["-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"],
];
const H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-pix_fmt", "yuv420p"];
const HEVC = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=15"];
const HEVC_NAME = "HEVC \\(H\\.265\\)";

async function publish(stage: HookHarness, name: string, encoder: readonly string[]) {
  const url = `rtmp://127.0.0.1:${stage.port}/live/${name}`;
  const args = [...INPUT, ...encoder, "-c:a", "aac", "-f", "flv", url];
  const publisher = startProgram(await debian13Program("ffmpeg"), args, { timeoutMs: 240_000 });
  await stage.server.waitForLine(new RegExp(`Stream format url=/live/${name} .*video=\\S+.* audio=`));
  return publisher;
}

for (const format of ["flv", "mp4"] as const) {
  Deno.test(`console: a recording as ${format} plays, and seeks`, async () => {
    await using stage = await HookHarness.open({
      sections: [
        "[vhost.__defaultVhost__.dvr]",
        "enabled = true",
        `dvr_path = "./rec/[stream].[timestamp].${format}"`,
      ],
    });
    await using publisher = await publish(stage, "cam", H264);
    await until(async () => /"bytes":[1-9]\d{5}/.test(await stage.api("/api/v1/records")));
    await publisher.stop("SIGINT");
    const [report] = await stage.receiver.waitFor("on_dvr");
    const seconds = Number(report?.json.duration);
    await using browser = await TestBrowser.start();
    await using tab = await browser.open(`${stage.apiUrl}/#/recordings`);
    const { page } = tab;
    await page.click('button:text-is("Play")');
    await tab.until(`document.querySelector("dialog video")?.currentTime > 0.3`);
    const facts = await tab.video();
    assertEquals(facts.width, 320);
    const duration = Number(await page.evaluate(`document.querySelector("dialog video").duration`));
    assertLessOrEqual(Math.abs(duration - seconds), 0.1);
    await page.evaluate(`document.querySelector("dialog video").currentTime = ${seconds - 1}`);
    await tab.until(`document.querySelector("dialog video").ended`);
    await page.keyboard.press("Escape");
    assertEquals(tab.complaints, []);
  });
}

Deno.test("console: of a stream whose pictures the browser does not decode, HTTP-FLV plays the sound, and LL-HLS says why not", async () => {
  await using stage = await HookHarness.open({ players: true });
  await using _publisher = await publish(stage, "cam", HEVC);
  await using browser = await TestBrowser.start();
  await using tab = await browser.open(`${stage.apiUrl}/`);
  const { page } = tab;
  page.setDefaultTimeout(20_000);
  await page.click('th a:text-is("/live/cam")');
  await page.click("text=Play by HTTP-FLV");
  await page.waitForSelector(`text=/HTTP-FLV: AAC; this browser does not play ${HEVC_NAME}/`);
  await tab.playsFor(1);
  await page.click("text=Play by LL-HLS");
  await page.waitForSelector(`text=/This browser does not play ${HEVC_NAME}; by HTTP-FLV its sound alone/`);
  assertMatch(await tab.text(), /HEVC 320x180/);
  assertEquals(tab.complaints, []);
});

Deno.test("console: a page that came by HTTPS plays its preview by HTTPS", async () => {
  await using files = await temporaryDirectory();
  const [cert, key] = [`${files.path}/cert.pem`, `${files.path}/key.pem`];
  await Deno.writeTextFile(cert, SERVER_CERT);
  await Deno.writeTextFile(key, TLS_SERVER_KEY);
  const tls = ['listen = "127.0.0.1:0"', `cert = "${cert}"`, `key = "${key}"`];
  await using stage = await HookHarness.open({
    players: true,
    sections: ["[http_api.https]", ...tls, "[http_server.https]", ...tls],
  });
  const line = await stage.server.waitForLine(/Listening for the API by HTTPS address=/);
  await using _publisher = await publish(stage, "cam", H264);
  await using browser = await TestBrowser.start();
  const url = `https://${/address=(\S+)/.exec(line)?.[1]}/`;
  await using tab = await browser.open(url, { ignoreHTTPSErrors: true });
  const { page } = tab;
  const plain: string[] = [];
  page.on("request", (request) => {
    if (!/^(?:https|data|blob):/.test(request.url())) plain.push(request.url());
  });
  page.setDefaultTimeout(20_000);
  await page.click('th a:text-is("/live/cam")');
  for (const way of ["HTTP-FLV", "LL-HLS"]) {
    await page.click(`text=Play by ${way}`);
    await page.waitForSelector(`text=/${way}: H\\.264, AAC/`);
    await tab.playsFor(1);
  }
  assertEquals(plain, []);
  assertEquals(tab.complaints, []);
});

const RECORDINGS = 10_000;

Deno.test("console: ten thousand recordings are paged", async () => {
  await using stage = await HookHarness.open();
  await stage.stop();
  await Deno.mkdir(`${stage.directory}/objs`, { recursive: true });
  const catalogue = RecordCatalogue.open(`${stage.directory}/objs/srs.recordings.db`, "earlier");
  for (let i = 0; i < RECORDINGS; i++) {
    const name = { clientId: i, vhost: "__defaultVhost__", app: "live", stream: `cam${i % 100}` };
    const place = { file: `./rec/cam${i % 100}.${i}.mp4`, root: "./rec" };
    const file = { id: `rec-${i}`, number: 0, ...place, startMs: 1000 * i };
    catalogue.started({ ...name, ...file }, { facts: "", sessionId: "" });
    catalogue.finished({ ...name, ...file, durationMs: 1000, bytes: 1000, reason: "client" });
  }
  catalogue.close();
  await stage.start();

  const seen = new Set<unknown>();
  const answersMs: number[] = [];
  let next: unknown = "/api/v1/records?count=100";
  while (typeof next === "string") {
    const from = performance.now();
    const page = asBody(JSON.parse(await stage.api(next)));
    answersMs.push(performance.now() - from);
    assertEquals(page["total"], RECORDINGS);
    assert(Array.isArray(page["records"]));
    for (const record of page["records"].map(asBody)) seen.add(record["id"]);
    next = page["next"];
  }
  assertEquals(seen.size, RECORDINGS);

  await using browser = await TestBrowser.start();
  await using tab = await browser.open(`${stage.apiUrl}/#/recordings`);
  const { page } = tab;
  await page.waitForSelector(`span:text-is("1 to 50 of ${RECORDINGS}")`);
  await page.click('button:text-is("Next")');
  await page.waitForSelector(`span:text-is("51 to 100 of ${RECORDINGS}")`);
  await page.waitForSelector(`td:text-is("./rec/cam${(RECORDINGS - 51) % 100}.${RECORDINGS - 51}.mp4")`);
  assertEquals(tab.complaints, []);
  const sorted = answersMs.sort((a, b) => a - b);
  showFigure(
    `${RECORDINGS} recordings in ${sorted.length} pages: ${
      sorted[sorted.length >> 1]?.toFixed(1)
    } ms a page, ` +
      `${sorted.at(-1)?.toFixed(1)} ms the longest`,
  );
});
