/**
 * Prometheus reads `/metrics` while streams are published and played, and answers the queries of the Grafana dashboard.
 *
 * @module
 */
import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../../support/assert.ts";
import { findProgram, runProgram, startProgram } from "../../support/clients/programs.ts";
import { HookHarness } from "../../support/hooks/hook_harness.ts";
import { asBody, type Body } from "../../support/http/api_harness.ts";
import { freePort } from "../../support/net/free_ports.ts";
import { showFigure, shown } from "../../support/process/show.ts";
import { GapPlayer, LivePublisher } from "../../support/rtmp/live_client.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";
import { until } from "../../support/wait.ts";

const PACKAGE = "prometheus";
/** Streams by their names, with their players. */
const PLAYERS: Readonly<Record<string, number>> = shown(
  { cam: 700, door: 300, yard: 0 },
  { cam: 20, door: 5, yard: 0 },
);
const SUM = Object.values(PLAYERS).reduce((sum, count) => sum + count);
/** Queries of the dashboard that have a result only where something is wrong. */
const TROUBLE = /srs_limit_hits_total/;

const { panels } = JSON.parse(
  await Deno.readTextFile(new URL("../../../docs/grafana/srs.json", import.meta.url)),
);
const QUERIES: readonly string[] = panels.flatMap((panel: { targets: readonly { expr: string }[] }) =>
  panel.targets.map(({ expr }) => expr.replaceAll("$instance", ".+"))
);

/** A series of an answer. */
interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [seconds: number, value: string];
}

/** Prometheus, which scrapes one server. */
class Prometheus {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The result of a query, with each value as a number. */
  async query(expr: string): Promise<readonly Series[]> {
    const reply = await fetch(`${this.#url}/api/v1/query?${new URLSearchParams({ query: expr })}`);
    const { status, data } = await reply.json();
    assertEquals(status, "success", expr);
    return data.result;
  }

  /** Values by one label. */
  async valuesBy(label: string, expr: string): Promise<Readonly<Record<string, number>>> {
    const series = await this.query(expr);
    return Object.fromEntries(series.map(({ metric, value }) => [metric[label] ?? "", Number(value[1])]));
  }

  /** The value of a query with one series. */
  async value(expr: string): Promise<number> {
    const series = await this.query(expr);
    assertEquals(series.length, 1, expr);
    return Number(series[0]?.value[1]);
  }

  /** Wait for so many scrapes that begin after this call. */
  async scrapes(count: number): Promise<void> {
    const from = Date.now() / 1000;
    const wanted = "count_over_time(up[5m])";
    await until(async () => {
      const stamps = await this.query(`timestamp(up) > ${from}`);
      return stamps.length > 0 && (count <= 1 || Number((await this.query(wanted))[0]?.value[1]) >= count);
    });
  }

  /** Wait until it answers. */
  async ready(): Promise<void> {
    await until(async () => {
      try {
        const reply = await fetch(`${this.#url}/-/ready`);
        await reply.body?.cancel();
        return reply.ok;
      } catch (error) {
        // It does not listen yet.
        if (error instanceof TypeError) return false;
        throw error;
      }
    });
  }
}

async function sentBytes(stage: HookHarness): Promise<number> {
  const { streams } = JSON.parse(await stage.api("/api/v1/streams"));
  assert(Array.isArray(streams));
  return streams.map(asBody).reduce((sum, stream: Body) => sum + Number(stream["send_bytes"]), 0);
}

Deno.test("Prometheus scrapes a server with players; promtool and the dashboard's queries find what is there", async () => {
  const prometheus = await findProgram("prometheus", PACKAGE);
  const promtool = await findProgram("promtool", PACKAGE);
  await using directory = await temporaryDirectory();
  await using stage = await HookHarness.open({ top: ["max_connections = 2000"] });
  await using clients = new AsyncDisposableStack();
  for (const [name, players] of Object.entries(PLAYERS)) {
    clients.use(await LivePublisher.publish(stage.port, name));
    for (let i = 0; i < players; i++) clients.use(await GapPlayer.play(stage.port, name));
  }

  const port = freePort();
  await Deno.writeTextFile(
    `${directory.path}/prometheus.yml`,
    JSON.stringify({
      global: { scrape_interval: "1s", scrape_timeout: "1s" },
      scrape_configs: [{
        job_name: "srs",
        static_configs: [{ targets: [new URL(stage.apiUrl).host] }],
      }],
    }),
  );
  await using _process = startProgram(prometheus, [
    `--config.file=${directory.path}/prometheus.yml`,
    `--storage.tsdb.path=${directory.path}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ], { timeoutMs: 240_000 });
  const server = new Prometheus(`http://127.0.0.1:${port}`);
  await server.ready();
  await server.scrapes(3);

  assertEquals(await server.value("up"), 1);
  assertEquals(await server.value("srs_streams_live"), Object.keys(PLAYERS).length);
  assertEquals(await server.valuesBy("role", "sum by (role) (srs_clients_active)"), {
    none: 0,
    play: SUM,
    publish: Object.keys(PLAYERS).length,
  });
  assertEquals(await server.valuesBy("stream", "srs_stream_players"), PLAYERS);
  // Something for the queries that show what has happened within a minute.
  await (await LivePublisher.publish(stage.port, "short"))[Symbol.asyncDispose]();
  const before = await sentBytes(stage);
  await server.scrapes(1);
  const scraped = await server.value("srs_send_bytes_total");
  assertGreaterOrEqual(scraped, before);
  assertLessOrEqual(await server.value("rate(srs_send_bytes_total[1m])"), scraped);

  assert(QUERIES.length > 20);
  for (const query of QUERIES) {
    const series = await server.query(query);
    if (!TROUBLE.test(query)) assert(series.length > 0, `nothing for ${query}`);
  }
  showFigure(
    `${SUM} players, ${QUERIES.length} queries of the dashboard, a scrape takes ${
      (1000 * await server.value("avg_over_time(scrape_duration_seconds[1m])")).toFixed(1)
    } ms`,
  );

  const file = `${directory.path}/metrics.txt`;
  await Deno.writeTextFile(file, await stage.api("/metrics"));
  const checked = await runProgram({ path: "sh", args: ["-c", `"$0" check metrics <"$1"`, promtool.path] }, [
    file,
  ]);
  assertEquals([checked.code, checked.text], [0, ""]);
});
