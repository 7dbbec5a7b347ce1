/**
 * Chromium and the player page by HTTPS, where it chooses HTTP/2: FLV, LL-HLS by hls.js, and a certificate that is
 * replaced meanwhile.
 *
 * @module
 */
import { assert, assertEquals } from "../../support/assert.ts";
import { chromiumProgram, type PlayerTab, TestBrowser } from "../../support/clients/browser.ts";
import { ClientRow } from "../../support/clients/client_row.ts";
import { startProgram, versionOf } from "../../support/clients/programs.ts";
import { ffmpegProgram, GENERATED_INPUT, H264_AAC } from "../../support/clients/streams.ts";
import { CLIENT_CERT, SERVER_CERT, TLS_CLIENT_KEY, TLS_SERVER_KEY } from "../../support/net/tls_fixtures.ts";
import { ServerProcess } from "../../support/process/server_process.ts";
import { shown } from "../../support/process/show.ts";

const SECONDS = shown(60, 4);
const HTTPS_LINE = /Listening for players by HTTPS address=\S+:(\d+)$/;

const row = new ClientRow({
  client: "Chromium, player page by HTTP/2",
  version: async () => await versionOf(await chromiumProgram(), ["--version"]),
});

interface Scene {
  readonly tab: PlayerTab;
  readonly server: ServerProcess;
  readonly directory: string;
}

async function watch(
  { httpRemux }: { readonly httpRemux: boolean },
  run: (scene: Scene) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    await Deno.writeTextFile(`${directory}/cert.pem`, SERVER_CERT);
    await Deno.writeTextFile(`${directory}/key.pem`, TLS_SERVER_KEY);
    await using server = await ServerProcess.start({ directory, toml: toml(httpRemux) });
    const port = HTTPS_LINE.exec(await server.waitForLine(HTTPS_LINE))?.[1] ?? "";
    await using _publisher = startProgram(await ffmpegProgram(), [
      ...[...GENERATED_INPUT, ...H264_AAC, server.rtmpUrl()],
    ], { timeoutMs: 240_000 });
    await server.waitForLine(/Stream format url=\/live\/livestream/);
    await using browser = await TestBrowser.start();
    const url = `https://127.0.0.1:${port}/live/livestream`;
    await using tab = await browser.open(url, { ignoreHTTPSErrors: true });
    await tab.playing();
    await run({ tab, server, directory });
    assertEquals(tab.complaints, []);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function toml(httpRemux: boolean): string {
  return `listen = "127.0.0.1:0"
[http_api]
enabled = false
[http_server]
listen = "127.0.0.1:0"
[http_server.https]
listen = "127.0.0.1:0"
cert = "cert.pem"
key = "key.pem"
[hooks.outbox]
path = ""
[vhost.__defaultVhost__.http_remux]
enabled = ${httpRemux}
`;
}

/** The protocols of all that the page has loaded, each once; a request that it gave up before its answer has none. */
async function protocols(tab: PlayerTab): Promise<readonly string[]> {
  return await tab.page.evaluate(`[...new Set(performance.getEntries()
    .filter(({ entryType }) => entryType === "resource" || entryType === "navigation")
    .map(({ nextHopProtocol }) => nextHopProtocol)
    .filter((protocol) => protocol !== ""))]`);
}

row.test(
  "HTTP-FLV",
  "H.264, AAC; the certificate is replaced meanwhile",
  () =>
    watch({ httpRemux: true }, async ({ tab, server, directory }) => {
      await Deno.writeTextFile(`${directory}/cert.pem`, CLIENT_CERT);
      await Deno.writeTextFile(`${directory}/key.pem`, TLS_CLIENT_KEY);
      await server.waitForLine(/TLS certificate replaced listener=http_server\.https /);
      await tab.playsFor(SECONDS);
      assertEquals(await tab.page.locator("#facts").innerText(), "320 × 180 · H.264 · AAC · HTTP-FLV");
      assertEquals(await protocols(tab), ["h2"]);
      assert(!await tab.page.locator("#message").isVisible());
    }),
);

row.test("HLS", "low latency by hls.js", () =>
  watch({ httpRemux: false }, async ({ tab }) => {
    await tab.playsFor(SECONDS);
    assertEquals(await tab.page.locator("#facts").innerText(), "320 × 180 · H.264 · AAC · LL-HLS");
    assertEquals(await protocols(tab), ["h2"]);
  }));
