/**
 * The exporter's listener: metrics and nothing else.
 *
 * @module
 */
import { ExporterServer } from "../../../http/metrics/exporter_server.ts";
import { MetricsPage } from "../../../http/metrics/metrics_page.ts";
import { SystemClock } from "../../../system/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { metricsParts } from "../../support/http/metrics_parts.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

async function withExporter(run: (url: string, hits: readonly string[]) => Promise<void>): Promise<void> {
  await using harness = RtmpHarness.start();
  const { hooks, identity, process, kernel, sessions, mask } = metricsParts();
  const hits: string[] = [];
  const page = new MetricsPage({ label: "cn", tag: "", maxStreams: 10 }, {
    media: harness.server,
    hooks: { snapshot: () => hooks },
    identity,
    process,
    sessions: { counts: () => sessions },
    kernel,
    certificates: () => [],
    mask,
  });
  const exporter = ExporterServer.listen([{ hostname: "127.0.0.1", port: 0 }], {
    clock: new SystemClock(),
    media: harness.server,
    page,
    limits: { hit: (limit) => hits.push(limit), count: () => {}, acceptFailed: () => {} },
    log: { write: () => {} },
  });
  try {
    await run(`http://127.0.0.1:${exporter.addresses[0]?.port}`, hits);
  } finally {
    await exporter.close();
  }
}

async function get(url: string, headers: Record<string, string> = {}): Promise<readonly [Response, string]> {
  const reply = await fetch(url, { headers: { connection: "close", ...headers } });
  return [reply, await reply.text()];
}

Deno.test("ExporterServer serves metrics, and OpenMetrics to those who ask for it", async () => {
  await withExporter(async (url) => {
    const [plain, text] = await get(`${url}/metrics`);
    assertEquals(plain.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert(text.includes('label="cn"') && text.includes("\nsrs_clients_errs_total 4\n"));
    const accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3";
    const [open, openText] = await get(`${url}/metrics`, { accept });
    assertEquals(
      open.headers.get("content-type"),
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
    );
    assert(openText.endsWith("\n# EOF\n"));
  });
});

Deno.test("ExporterServer has nothing of the API", async () => {
  await withExporter(async (url) => {
    for (const path of ["/", "/api/v1/clients", "/api/v1/events", "/metrics/x"]) {
      assertEquals((await get(`${url}${path}`))[0].status, 404, path);
    }
    const reply = await fetch(`${url}/metrics`, { method: "DELETE", headers: { connection: "close" } });
    await reply.body?.cancel();
    assertEquals(reply.status, 405);
  });
});

Deno.test("ExporterServer bounds its connections", async () => {
  await withExporter(async (url, hits) => {
    const port = Number(new URL(url).port);
    const conns = await Promise.all(
      Array.from({ length: 32 }, () => Deno.connect({ hostname: "127.0.0.1", port })),
    );
    assertEquals((await get(`${url}/metrics`))[0].status, 503);
    assertEquals(hits, ["exporter.max_connections"]);
    for (const conn of conns) conn.close();
  });
});
