/**
 * All that `/metrics` says, read as strictly as Prometheus reads it: one fault, and it takes none of it.
 *
 * @module
 */
import { metricsOf } from "../../http/metrics.ts";
import { maskSecrets } from "../../system/log/mask.ts";
import { NO_HOOKS, TEST_PROCESS } from "../support/http/api_harness.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { RtmpHarness } from "../support/rtmp/rtmp_harness.ts";

const VERDICTS = { yes: 1, no: 0, error: 0, delivered: 0, retry: 0, dead: 0 };
const STATS = { calls: 1, verdicts: VERDICTS, p50Ms: 1, p90Ms: 2, p99Ms: 3, lastError: "" };
const IDENTITY = { version: "1.2.3", serverId: 'edge "1"', serviceId: "abcdefgh", pid: 7 };
const SAMPLE =
  /^[a-z_]+(?:\{[a-z_0-9]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_0-9]+="(?:[^"\\\n]|\\["\\n])*")*\})? -?\d[\d.e+-]*$/;

/** The metrics of a server that calls these addresses. */
async function metricLines(urls: readonly string[]): Promise<string[]> {
  await using harness = RtmpHarness.start();
  const endpoints = urls.map((url) => ({
    vhost: "v",
    event: "on_publish",
    url,
    origin: "http://a",
    ...STATS,
  }));
  const text = metricsOf({
    snapshot: await harness.server.snapshot(),
    limits: harness.server.limitCounts(),
    hooks: { ...NO_HOOKS.snapshot(), endpoints },
    identity: IDENTITY,
    process: TEST_PROCESS,
    mask: maskSecrets,
  });
  assert(text.endsWith("\n"));
  return text.slice(0, -1).split("\n");
}

Deno.test("metricsOf() writes nothing that breaks the text format", async () => {
  const lines = await metricLines(["http://a/", 'http://a/"\\']);
  const heads: string[] = [];
  for (const line of lines) {
    const head = /^# (HELP|TYPE) ([a-z_]+) /.exec(line);
    if (head?.[1] === "TYPE") heads.push(head[2] ?? "");
    if (head === null) {
      assertMatch(line, SAMPLE);
      assertEquals(/^[a-z_]+/.exec(line)?.[0], heads.at(-1), line);
    }
  }
  assertEquals(heads.length, new Set(heads).size);
});

Deno.test("metricsOf() keeps apart addresses that differ in a secret alone", async () => {
  const lines = await metricLines(["http://a/?token=ab12", "http://a/?token=cd34", "http://a/?token=ef56"]);
  const series = lines.filter((line) => !line.startsWith("#")).map((line) => line.replace(/ \S+$/, ""));
  assertEquals(series.filter((name, index) => series.indexOf(name) < index), []);
  assertEquals(series.filter((name) => /ab12|cd34|ef56/.test(name)), []);
  const urls = series.filter((name) => name.includes('verdict="yes"')).map((name) =>
    /url="([^"]*)"/.exec(name)?.[1]
  );
  assertEquals(urls, ["http://a/?token=***", "http://a/?token=*** (2)", "http://a/?token=*** (3)"]);
});
