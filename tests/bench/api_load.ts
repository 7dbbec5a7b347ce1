/**
 * What looking at a busy server costs: a dashboard that requests the summaries, the streams and the clients once a
 * second, whole lists, and a scrape of the metrics. Server on core 0, load and dashboard on core 1.
 *
 *     deno task bench:api LOAD...
 *
 * `LOAD...` is the command of a load client, with `{port}` for the RTMP port and `{seconds}` for how long it measures
 * once its clients are there, that prints a line with `window_start` on standard error when it begins to measure, and
 * JSON with `latency_ms_p50` and `latency_ms_p99` at its end. `SRS_BIN` names a compiled server; the source otherwise.
 *
 * @module
 */
import { ServerProcess } from "../support/process/server_process.ts";
import { pause, percentile } from "../support/process/show.ts";
import { processCpuMs } from "../support/process/process_cpu.ts";

const TOML = `listen = "127.0.0.1:0"
max_connections = 20000
srs_log_tank = "file"
srs_log_file = "./srs.log"
http_api.listen = "127.0.0.1:0"
http_server.enabled = false
hooks.outbox.path = ""
exporter.max_streams = 10000
[limits]
max_connections_per_ip = 0
`;
/** The banner's lines; the log goes to a file. */
const LISTENING = /rtmp:\/\/\S+:\d+\/live\/livestream$/;
const API = /(http:\/\/\S+)\/api\/v1/;

/** What the dashboard requests each second. */
const DASHBOARD = ["api/v1/summaries", "api/v1/streams?count=100000", "api/v1/clients?count=100000"];
const METRICS = "metrics";
/** Each second, for comparison: the pages that a script gets that says nothing of them. */
const PAGES = ["api/v1/summaries", "api/v1/streams", "api/v1/clients"];
/** Without and with the dashboard in turns, so that what else changes falls on both. */
const TURNS = 5;
const TURN_MS = 6000;
const SECOND_MS = 1000;
/** Until the clients of a load are gone. */
const REST_MS = 4000;
/** For the delay of media. */
const WINDOW_S = 20;

/** Milliseconds and bytes of the answers to one path. */
class Answers {
  readonly #times = new Map<string, number[]>();
  readonly #bytes = new Map<string, number>();

  async fetch(api: string, path: string): Promise<void> {
    const from = performance.now();
    const reply = await fetch(`${api}/${path}`);
    const { byteLength } = await reply.arrayBuffer();
    const ms = performance.now() - from;
    if (!reply.ok) throw new Error(`${path} was answered with ${reply.status}`);
    const times = this.#times.get(path) ?? [];
    times.push(ms);
    this.#times.set(path, times);
    this.#bytes.set(path, byteLength);
  }

  report(): void {
    for (const [path, times] of this.#times) {
      const at = (part: number) => percentile(times, part).toFixed(1);
      say(`  /${path}: ${this.#bytes.get(path)} bytes, p50 ${at(0.5)} ms, p90 ${at(0.9)}, longest ${at(1)}`);
    }
  }
}

/** The load client. */
class Load {
  readonly #child: Deno.ChildProcess;
  readonly #started = Promise.withResolvers<void>();
  readonly #result: Promise<string>;

  constructor(command: readonly string[], port: number, seconds: number) {
    const [program = "", ...args] = command.map((word) =>
      word.replaceAll("{port}", String(port)).replaceAll("{seconds}", String(seconds))
    );
    this.#child = new Deno.Command(program, { args, stdout: "piped", stderr: "piped", stdin: "null" })
      .spawn();
    this.#result = new Response(this.#child.stdout).text();
    void this.#follow();
  }

  /** Its clients are there. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  async #follow(): Promise<void> {
    let text = "";
    for await (const part of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.includes("window_start")) this.#started.resolve();
    }
    this.#started.reject(new Error(`The load client ended before it began: ${text} ${await this.#result}`));
  }

  /** Age of the frames that came, milliseconds. */
  async delays(): Promise<string> {
    const { latency_ms_p50: p50, latency_ms_p99: p99, players_at_end: players } = JSON.parse(
      await this.#result,
    );
    return `media delay p50 ${p50} ms, p99 ${p99} ms, ${players} players`;
  }
}

const command = Deno.args;
if (command.length === 0) throw new Error("Name the command of a load client, with {port} and {seconds}");
await using server = await ServerProcess.start({
  toml: TOML,
  listening: LISTENING,
  wrapper: ["taskset", "-c", "0"],
});
const api = API.exec(await server.waitForLine(API))?.[1] ?? "";

const GROUPS = [["whole lists", DASHBOARD], ["first pages", PAGES], ["metrics", [METRICS]]] as const;
const load = new Load(command, server.port, Math.ceil(GROUPS.length * TURNS * 2 * TURN_MS / SECOND_MS));
await load.started;
for (const [name, paths] of GROUPS) {
  const answers = new Answers();
  const shares: number[] = [];
  let alone = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    const without = await usage([], answers);
    const requested = await usage(paths, answers);
    alone += without / TURNS;
    shares.push(requested - without);
  }
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  say(
    `${name} once a second: ${percent(percentile(shares, 0.5))} of a core (${
      shares.map(percent).join(", ")
    }), ` +
      `on top of ${percent(alone)}`,
  );
  answers.report();
}
say(await load.delays());
await pause(REST_MS);

// After the turns: the first requests of a process run code that was never compiled.
for (const paths of [[], DASHBOARD]) {
  const load = new Load(command, server.port, WINDOW_S);
  await load.started;
  const answers = new Answers();
  const during = new AbortController();
  const requests = poll(answers, paths, during.signal);
  say(`${paths.length === 0 ? "without" : "with"} the dashboard: ${await load.delays()}`);
  during.abort();
  await requests;
  answers.report();
  await pause(REST_MS);
}

/** The share of a core that the server uses while these are requested once a second. */
async function usage(paths: readonly string[], answers: Answers): Promise<number> {
  const during = new AbortController();
  const cpuMs = processCpuMs(server.pid);
  const from = performance.now();
  const requests = poll(answers, paths, during.signal);
  await pause(TURN_MS);
  const share = (processCpuMs(server.pid) - cpuMs) / (performance.now() - from);
  during.abort();
  await requests;
  return share;
}

/** Request all of `paths`, one after the other, each second until `signal`. */
async function poll(answers: Answers, paths: readonly string[], signal: AbortSignal): Promise<void> {
  if (paths.length === 0) return;
  while (!signal.aborted) {
    const from = performance.now();
    for (const path of paths) await answers.fetch(api, path);
    await pause(Math.max(0, SECOND_MS - (performance.now() - from)));
  }
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
