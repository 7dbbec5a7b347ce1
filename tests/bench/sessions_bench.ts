/**
 * What hooks cost a whole server: connect, publish and close, which is two requests and two notifications, with the outbox on
 * disk. Server, service and clients are three processes.
 *
 *     deno task bench:sessions [SECONDS]
 *
 * `SRS_BIN` names a compiled server; the source otherwise.
 *
 * @module
 */
import { ServerProcess } from "../support/process/server_process.ts";
import { SessionDriver } from "../support/load/session_driver.ts";
import { percentile } from "../support/process/show.ts";
import { processCpuMs } from "../support/process/process_cpu.ts";

const seconds = Number(Deno.args[0] ?? 10);
/** Sessions that are under way at a time when nothing but the server slows them. */
const CONCURRENCY = 64;
/** A rate that is not kept up piles up no more than this. */
const MAX_WAITING = 512;
const WARM_UP_S = 2;
const EVENTS = ["on_connect", "on_close", "on_publish", "on_unpublish"] as const;
const EVENTS_A_SESSION = EVENTS.length;
/** The banner's line; the log goes to a file. */
const LISTENING = /rtmp:\/\/\S+:\d+\/live\/livestream$/;

/** The service, in its process. */
class Service implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  #port = "";

  constructor() {
    const script = decodeURIComponent(new URL("../support/load/fast_receiver.ts", import.meta.url).pathname);
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", script],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#input = this.#child.stdin.getWriter();
  }

  async url(): Promise<string> {
    this.#port ||= String((await this.#lines.read()).value).trim();
    return `http://127.0.0.1:${this.#port}/hooks`;
  }

  /** Requests so far. */
  async count(): Promise<number> {
    await this.#input.write(new TextEncoder().encode("\n"));
    return Number((await this.#lines.read()).value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lines.cancel();
    await this.#input.close();
    this.#child.kill();
    await this.#child.status;
  }
}

interface Run {
  readonly name: string;
  readonly hooks: boolean;
  /** Sessions a second; `Infinity` is as fast as it goes. */
  readonly rate: number;
}

const RUNS: readonly Run[] = [
  { name: "hooks off, 200/s", hooks: false, rate: 200 },
  { name: "hooks on,  200/s", hooks: true, rate: 200 },
  { name: "hooks off, 1000/s", hooks: false, rate: 1000 },
  { name: "hooks on,  1000/s", hooks: true, rate: 1000 },
  { name: "hooks off, full speed", hooks: false, rate: Infinity },
  { name: "hooks on,  full speed", hooks: true, rate: Infinity },
];

await using service = new Service();
const url = await service.url();
const medians = new Map<string, number>();
for (const run of RUNS) await measure(run);
for (const rate of [200, 1000]) {
  const of = (hooks: boolean) => medians.get(`${hooks} ${rate}`) ?? 0;
  const [on, off] = [true, false].map(of);
  say(`two requests and their rows add ${((on ?? 0) - (off ?? 0)).toFixed(2)} ms at the median at ${rate}/s`);
}

async function measure({ name, hooks, rate }: Run): Promise<void> {
  const toml = [
    'listen = "127.0.0.1:0"',
    'srs_log_tank = "file"',
    'srs_log_file = "./srs.log"',
    "[http_api]",
    "enabled = false",
    "[http_server]",
    "enabled = false",
    ...(hooks ? ["[vhost.__defaultVhost__.http_hooks]", "enabled = true"] : []),
    ...(hooks ? EVENTS.map((event) => `${event} = "${url}"`) : []),
  ].join("\n");
  await using server = await ServerProcess.start({ toml, listening: LISTENING });
  const driver = new SessionDriver(server.port);
  await drive(driver, Math.min(rate, 300), WARM_UP_S);
  const counted = await service.count();
  const cpu = processCpuMs(server.pid);
  const from = performance.now();
  const times = await drive(driver, rate, seconds);
  const ms = performance.now() - from;
  const used = processCpuMs(server.pid) - cpu;
  const delivered = hooks ? await allDelivered(counted + times.length * EVENTS_A_SESSION) : 0;
  const at = (part: number) => percentile(times, part).toFixed(2);
  say(
    `${name}: ${Math.round(times.length / ms * 1000)}/s, accepted p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${
      at(0.99)
    } ms; ` +
      `server CPU ${(used / times.length).toFixed(2)} ms a session` +
      (hooks ? `; all delivered ${Math.round(delivered)} ms later` : ""),
  );
  medians.set(`${hooks} ${rate}`, percentile(times, 0.5));
}

/** Sessions at a rate for so long; how long each took to be accepted. */
async function drive(driver: SessionDriver, rate: number, forSeconds: number): Promise<number[]> {
  const times: number[] = [];
  const running = new Set<Promise<void>>();
  const from = performance.now();
  const limit = rate === Infinity ? CONCURRENCY : MAX_WAITING;
  for (let started = 0;;) {
    const elapsed = performance.now() - from;
    if (elapsed > forSeconds * 1000) break;
    const due = Math.min(rate * elapsed / 1000, started + limit - running.size);
    for (; started < due; started++) {
      const session = driver.run().then((time) => {
        times.push(time);
        running.delete(session);
      });
      running.add(session);
    }
    if (rate === Infinity) await Promise.race(running);
    else await new Promise<void>((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(running);
  return times;
}

/** Wait until the service has had so many requests; milliseconds. */
async function allDelivered(wanted: number): Promise<number> {
  const from = performance.now();
  while (await service.count() < wanted) {
    if (performance.now() - from > 60_000) {
      throw new Error(`The service had ${await service.count()} of ${wanted}`);
    }
    await new Promise<void>((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - from;
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
