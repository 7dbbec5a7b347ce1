/**
 * What looking at a busy server costs: a dashboard that requests the summaries, the streams and the clients once a
 * second, whole lists or first pages, and a scrape of the metrics. Server on core 0, everything else on core 1.
 *
 *     deno task bench:api LOAD...
 *
 * `LOAD...` is the command of a load client, with `{port}` for the RTMP port and `{seconds}` for how long it measures
 * once its clients are there, that prints a line with `window_start` on standard error when it begins to measure.
 * `SRS_BIN` names a compiled server; the source otherwise.
 *
 * The server works for its clients meanwhile, at a rate that changes by more than what is measured. So turns of a few
 * seconds without and with requests alternate, and which one goes first does too. What a turn leaves to the garbage
 * collector falls into the one that follows, and that somebody asks each second shows with the second request: the
 * first two seconds of each, and their answers, do not count. A full collection takes as long as all requests of
 * several turns and comes in some of either kind: the median of the differences leaves it out, and their mean, which
 * has it, is given with its standard error. What the server used from the beginning of each round of requests to its
 * last byte is said too: without the collection afterwards and the look that is taken ahead, with what the clients
 * cost meanwhile.
 *
 * The delay of media is that of a picture each 20 ms, published and played by a thread of the bench: by default, where
 * it waits for the beat of the writes, and with `min_latency`, where every pause of the server shows.
 *
 * @module
 */
import { ServerProcess } from "../support/process/server_process.ts";
import { pause, percentile } from "../support/process/show.ts";
import { processCpuMs } from "../support/process/process_cpu.ts";
import type { ProbePlace } from "./delay_probe.ts";

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
[vhost.__defaultVhost__]
[vhost."low.example"]
min_latency = true
`;
/** The banner's lines; the log goes to a file. */
const LISTENING = /^ +RTMP +\S+:\d+$/;
const API = /(http:\/\/\S+)\/api\/v1/;

/** What is requested each second, one after the other. */
const GROUPS = [
  ["whole lists", ["api/v1/summaries", "api/v1/streams?count=100000", "api/v1/clients?count=100000"]],
  ["first pages", ["api/v1/summaries", "api/v1/streams", "api/v1/clients"]],
  ["metrics", ["metrics"]],
] as const;
const VHOSTS = { "by default": "__defaultVhost__", "with min_latency": "low.example" } as const;
const PAIRS = 7;
const SECOND_MS = 1000;
const TURN_MS = 6 * SECOND_MS;
/** At the beginning of each turn, for what the last one left, and until the server expects the requests. */
const SETTLE_MS = 2 * SECOND_MS - SECOND_MS / 10;
/** Until requests run code that is compiled. */
const WARM_UP_ROUNDS = 10;

/** Milliseconds and bytes of the answers to one path. */
class Answers {
  /** Whether times count. */
  isCounted = true;
  readonly #times = new Map<string, number[]>();
  readonly #bytes = new Map<string, number>();

  /** Begin again. */
  clear(): void {
    this.#times.clear();
  }

  async fetch(api: string, path: string): Promise<void> {
    const from = performance.now();
    const reply = await fetch(`${api}/${path}`);
    const { byteLength } = await reply.arrayBuffer();
    const ms = performance.now() - from;
    if (!reply.ok) throw new Error(`${path} was answered with ${reply.status}`);
    this.#bytes.set(path, byteLength);
    if (!this.isCounted) return;
    const times = this.#times.get(path) ?? [];
    times.push(ms);
    this.#times.set(path, times);
  }

  report(): void {
    for (const [path, times] of this.#times) {
      const at = (part: number) => percentile(times, part).toFixed(1);
      say(`  /${path}: ${this.#bytes.get(path)} bytes, p50 ${at(0.5)} ms, p90 ${at(0.9)}, longest ${at(1)}`);
    }
  }
}

/** The load client, which goes on until it is ended. */
class Load implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
  }

  /** Start one, and wait until its clients are there. */
  static async start(command: readonly string[], port: number, seconds: number): Promise<Load> {
    const [program = "", ...args] = command.map((word) =>
      word.replaceAll("{port}", String(port)).replaceAll("{seconds}", String(seconds))
    );
    const child = new Deno.Command(program, { args, stdout: "inherit", stderr: "piped", stdin: "null" })
      .spawn();
    let text = "";
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      text += part;
      if (text.includes("window_start")) return new Load(child);
    }
    throw new Error(`The load client ended before it began: ${text}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.#child.status;
  }
}

/** Delays of the pictures of one vhost, milliseconds. */
class DelayProbe implements Disposable {
  /** Since it was last taken. */
  delays: number[] = [];
  readonly #worker = new Worker(new URL("./delay_probe.ts", import.meta.url), { type: "module" });

  constructor(place: Omit<ProbePlace, "delays">) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<number>) => this.delays.push(data);
    const message: ProbePlace = { ...place, delays: port2 };
    this.#worker.postMessage(message, [port2]);
  }

  take(): number[] {
    const { delays } = this;
    this.delays = [];
    return delays;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

/** What was seen in turns of one kind. */
class Turns {
  /** Of a core, in each turn. */
  readonly shares: number[] = [];
  /** Of it while requests were answered, in each turn. */
  readonly answering: number[] = [];
  /** By what the stream is published with. */
  readonly delays = new Map<string, number[]>();

  delay(name: string): string {
    return percentile(this.delays.get(name) ?? [], 0.99).toFixed(1);
  }
}

const command = Deno.args;
if (command.length === 0) throw new Error("Name the command of a load client, with {port} and {seconds}");
// What follows inherits it.
await new Deno.Command("taskset", { args: ["-a", "-c", "-p", "1", String(Deno.pid)] }).output();
await using server = await ServerProcess.start({
  toml: TOML,
  listening: LISTENING,
  wrapper: ["taskset", "-c", "0"],
});
const api = API.exec(await server.waitForLine(API))?.[1] ?? "";
await using _load = await Load.start(
  command,
  server.port,
  GROUPS.length * (2 * PAIRS + 4) * TURN_MS / SECOND_MS,
);
const probes = new Map(
  Object.entries(VHOSTS).map(([name, vhost]) => [name, new DelayProbe({ port: server.port, vhost })]),
);
using stack = new DisposableStack();
for (const probe of probes.values()) stack.use(probe);

for (const [name, paths] of GROUPS) {
  const answers = new Answers();
  for (let round = 0; round < WARM_UP_ROUNDS; round++) await fetchAll(paths, answers);
  answers.clear();
  const without = new Turns();
  const requested = new Turns();
  for (let pair = 0; pair < PAIRS; pair++) {
    const steps = [() => turn(without, [], answers), () => turn(requested, paths, answers)];
    for (const step of pair % 2 === 0 ? steps : steps.reverse()) await step();
  }
  report(name, without, requested);
  answers.report();
}

/** Request these once a second for a turn. */
async function turn(turns: Turns, paths: readonly string[], answers: Answers): Promise<void> {
  const end = performance.now() + TURN_MS;
  let cpuMs = processCpuMs(server.pid);
  let from = performance.now();
  let answeringMs = 0;
  answers.isCounted = false;
  const settled = pause(SETTLE_MS).then(() => {
    cpuMs = processCpuMs(server.pid);
    from = performance.now();
    answeringMs = 0;
    answers.isCounted = true;
    for (const probe of probes.values()) probe.take();
  });
  while (performance.now() < end - SECOND_MS / 2) {
    const began = performance.now();
    const before = processCpuMs(server.pid);
    await fetchAll(paths, answers);
    answeringMs += processCpuMs(server.pid) - before;
    await pause(Math.max(0, SECOND_MS - (performance.now() - began)));
  }
  await settled;
  const ms = performance.now() - from;
  turns.shares.push((processCpuMs(server.pid) - cpuMs) / ms);
  turns.answering.push(answeringMs / ms);
  for (const [name, probe] of probes) {
    turns.delays.set(name, [...turns.delays.get(name) ?? [], ...probe.take()]);
  }
}

async function fetchAll(paths: readonly string[], answers: Answers): Promise<void> {
  for (const path of paths) await answers.fetch(api, path);
}

function report(name: string, without: Turns, requested: Turns): void {
  const differences = requested.shares.map((share, i) => share - (without.shares[i] ?? 0));
  const percent = (share: number) => (share * 100).toFixed(1);
  const sorted = [...differences].sort((a, b) => a - b).map(percent);
  say(
    `${name} once a second: ${percent(percentile(differences, 0.5))} % of a core by the median of ` +
      `${sorted.join(", ")}; ${percent(mean(differences))} ± ${
        percent(errorOfMean(differences))
      } % by the mean; ` +
      `${percent(mean(requested.answering))} % while answering; ${percent(mean(without.shares))} % without`,
  );
  for (const probe of probes.keys()) {
    say(`  media delay ${probe}, p99: ${without.delay(probe)} ms without, ${requested.delay(probe)} ms with`);
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function errorOfMean(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
