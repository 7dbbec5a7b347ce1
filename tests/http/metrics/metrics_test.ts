/**
 * All that `/metrics` says, read as strictly as Prometheus reads it: one fault, and it takes none of it.
 *
 * @module
 */
import type { MetricsParts } from "../../../http/metrics/metrics_parts.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";
import {
  clientOf,
  fullSnapshot,
  metricsParts,
  metricsText,
  publisherOf,
} from "../../support/http/metrics_parts.ts";

const SAMPLE =
  /^([a-z_]+)(?:\{[a-z_0-9]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_0-9]+="(?:[^"\\\n]|\\["\\n])*")*\})? -?\d[\d.e+-]*$/;

function linesOf(parts: MetricsParts): string[] {
  const text = metricsText(parts, "prometheus");
  assert(text.endsWith("\n"));
  return text.slice(0, -1).split("\n");
}

/** The value of one series. */
function valueOf(lines: readonly string[], series: string): number {
  const line = lines.find((candidate) => candidate.startsWith(`${series} `));
  assert(line !== undefined, `no ${series}`);
  return Number(line.slice(series.length + 1));
}

Deno.test("metricsOf() writes nothing that breaks the text format", () => {
  const heads: string[] = [];
  for (const line of linesOf(metricsParts({}, ["http://a/", 'http://a/"\\']))) {
    const head = /^# (HELP|TYPE) ([a-z_]+) /.exec(line);
    if (head?.[1] === "TYPE") heads.push(head[2] ?? "");
    if (head === null) {
      assertMatch(line, SAMPLE);
      const name = SAMPLE.exec(line)?.[1]?.replace(/_(?:bucket|sum|count)$/, "");
      assertEquals(name, heads.at(-1), line);
    }
  }
  assertEquals(heads.length, new Set(heads).size);
});

Deno.test("metricsOf() has SRS's families by name and meaning", () => {
  const lines = linesOf(metricsParts({ label: "cn", tag: "edge" }));
  const build =
    'server="edge \\"1\\"",service="abcdefgh",pid="7",major="1",version="1.2.3",label="cn",tag="edge"';
  const uname = 'sysname="Linux",nodename="a",release="6.1",version="#1",machine="x86_64"';
  assertEquals(
    [
      `srs_node_uname_info{${uname}}`,
      `srs_build_info{${build}}`,
      "srs_cpu_percent",
      "srs_memory",
      "srs_send_bytes_total",
      "srs_receive_bytes_total",
      "srs_streams",
      "srs_clients",
      "srs_clients_total",
      "srs_clients_errs_total",
    ].map((series) => valueOf(lines, series)),
    [1, 1, 1.998, 1024, 1000, 500, 1, 3, 9, 4],
  );
});

Deno.test("metricsOf() leaves out labels that are not configured", () => {
  const text = metricsText(metricsParts(), "prometheus");
  assert(!/label=|tag=/.test(text));
  assertMatch(text, /^process_cpu_seconds_total 2$/m);
});

Deno.test("metricsOf() names each stream, until there are too many", () => {
  const snapshot = {
    ...fullSnapshot(),
    clients: [publisherOf(1, "a"), clientOf(2, { stream: "a" }), clientOf(3, { stream: "b" })],
  };
  const lines = linesOf(metricsParts({ snapshot, maxStreams: 2 }));
  const of = (family: string, stream: string): number =>
    valueOf(lines, `${family}{vhost="__defaultVhost__",app="live",stream="${stream}"}`);
  assertEquals(of("srs_stream_players", "a"), 1);
  assertEquals(of("srs_stream_receive_bytes_per_second", "a"), 100_000);
  assertEquals(of("srs_stream_send_bytes_per_second", "b"), 10_000);
  assertEquals([of("srs_stream_live_seconds", "a"), of("srs_stream_live_seconds", "b")], [2.5, 0]);
  assertEquals([of("srs_stream_video_messages_total", "a"), valueOf(lines, "srs_streams_live")], [30, 1]);
  const many = linesOf(metricsParts({ snapshot, maxStreams: 1 }));
  assertEquals(many.filter((line) => line.includes("srs_stream_")), []);
  assertEquals(valueOf(many, "srs_exporter_streams_omitted"), 2);
});

Deno.test("metricsOf() adds a histogram's buckets up, each thread for itself", () => {
  const lines = linesOf(metricsParts());
  const of = (suffix: string): number => valueOf(lines, `srs_event_loop_delay_seconds_${suffix}`);
  assertEquals(
    [
      of('bucket{thread="1",le="0.001"}'),
      of('bucket{thread="1",le="0.0025"}'),
      of('bucket{thread="1",le="2.5"}'),
      of('bucket{thread="1",le="+Inf"}'),
      of('count{thread="1"}'),
      of('sum{thread="main"}'),
    ],
    [5, 8, 8, 10, 10, 6.008],
  );
  assertEquals(valueOf(lines, 'srs_output_lag_seconds{thread="0",format="rtmp"}'), 0.35);
});

Deno.test("metricsOf() as OpenMetrics names counters without their suffix and ends with EOF", () => {
  const text = metricsText(metricsParts(), "openmetrics");
  assert(text.endsWith("\n# EOF\n"));
  assert(text.includes("# TYPE srs_clients_errs counter\nsrs_clients_errs_total 4\n"), text);
  assert(!/# TYPE \S+_total /.test(text));
});

Deno.test("metricsOf() keeps apart addresses that differ in a secret alone", () => {
  const lines = linesOf(
    metricsParts({}, ["http://a/?token=ab12", "http://a/?token=cd34", "http://a/?token=ef56"]),
  );
  const series = lines.filter((line) => !line.startsWith("#")).map((line) => line.replace(/ \S+$/, ""));
  assertEquals(series.filter((name, index) => series.indexOf(name) < index), []);
  assertEquals(series.filter((name) => /ab12|cd34|ef56/.test(name)), []);
  const urls = series.filter((name) => name.includes('verdict="yes"')).map((name) =>
    /url="([^"]*)"/.exec(name)?.[1]
  );
  assertEquals(urls, ["http://a/?token=***", "http://a/?token=*** (2)", "http://a/?token=*** (3)"]);
});
