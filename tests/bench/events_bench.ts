/**
 * What listeners of events cost: 1,000 of them, and 100 events a second that sessions cause, next to a bare loop that
 * writes the same bytes at the same beat to as many connections; and the memory with listeners that do not read.
 * Server and bare loop on core 0, everything else on core 1.
 *
 *     deno task bench:events
 *
 * `SRS_BIN` names a compiled server; the source otherwise.
 *
 * @module
 */
import { openListener } from "../support/http/event_client.ts";
import { processCpuMs, processMemoryMib } from "../support/process/process_cpu.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import { pause, percentile } from "../support/process/show.ts";
import { SessionDriver } from "../support/load/session_driver.ts";

const LISTENERS = 1000;
/** Each is on_connect, on_publish, on_unpublish and on_close. */
const SESSIONS_A_SECOND = 25;
const EVENTS_A_SESSION = 4;
/** As often as the server sends events. */
const BEAT_MS = 100;
const WARM_UP_MS = 3000;
const TURN_MS = 5000;
const TURNS = 2;
/** Longer than a listener may take nothing. */
const STUCK_MS = 15_000;

const TOML = `listen = "127.0.0.1:0"
srs_log_tank = "file"
srs_log_file = "./srs.log"
http_api.listen = "127.0.0.1:0"
http_api.max_connections = 5000
http_server.enabled = false
hooks.outbox.path = ""
`;
/** The banner's lines; the log goes to a file. */
const LISTENING = /rtmp:\/\/\S+:\d+\/live\/livestream$/;
const API = /http:\/\/\S+:(\d+)\/api\/v1/;
const ON_CORE_0 = ["-c", "0"];

/** Reads all that comes, and counts it. */
class Reader {
  bytes = 0;
  readonly #conns: Deno.TcpConn[] = [];

  add(conn: Deno.TcpConn): void {
    this.#conns.push(conn);
    void this.#read(conn).catch(() => undefined);
  }

  close(): void {
    for (const conn of this.#conns) conn.close();
  }

  async #read(conn: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    for (let length = await conn.read(buffer); length !== null; length = await conn.read(buffer)) {
      this.bytes += length;
    }
  }
}

await using server = await ServerProcess.start({
  toml: TOML,
  listening: LISTENING,
  wrapper: ["taskset", ...ON_CORE_0],
});
const port = Number(API.exec(await server.waitForLine(API))?.[1]);
const driver = new SessionDriver(server.port);
const running = new AbortController();
const sessions = drive();

await pause(WARM_UP_MS);
const without: number[] = [];
const withListeners: number[] = [];
const bytes: number[] = [];
for (let turn = 0; turn < TURNS; turn++) {
  without.push(await share(server.pid));
  const reader = new Reader();
  for (let i = 0; i < LISTENERS; i++) reader.add(await openListener({ port }));
  await pause(WARM_UP_MS / 2);
  const before = reader.bytes;
  withListeners.push(await share(server.pid));
  bytes.push(reader.bytes - before);
  reader.close();
  await pause(WARM_UP_MS / 2);
}
const listening = percentile(withListeners, 0.5) - percentile(without, 0.5);
const bytesABeat = Math.round(percentile(bytes, 0.5) / LISTENERS / (TURN_MS / BEAT_MS));
say(
  `server: ${percent(percentile(without, 0.5))} of a core for the sessions, ${
    percent(listening)
  } for ${LISTENERS} ` +
    `listeners (${withListeners.map(percent).join(", ")}), ${bytesABeat} bytes to each per beat`,
);
const bare = await bareLoop(bytesABeat);
say(`bare loop: ${percent(bare)}; ratio ${(listening / bare).toFixed(2)}`);

const stuck: Deno.TcpConn[] = [];
const memoryMib = processMemoryMib(server.pid);
for (let i = 0; i < LISTENERS; i++) stuck.push(await openListener({ port, lastEventId: "another-1" }));
const seenMib = [memoryMib];
for (let waitedMs = 0; waitedMs < STUCK_MS; waitedMs += TURN_MS / 10) {
  await pause(TURN_MS / 10);
  seenMib.push(processMemoryMib(server.pid));
}
say(
  `${LISTENERS} listeners that do not read and want all that is kept: ${memoryMib.toFixed(0)} MiB before, ` +
    `${Math.max(...seenMib).toFixed(0)} at most, ${processMemoryMib(server.pid).toFixed(0)} after ${
      STUCK_MS / 1000
    } s`,
);
for (const conn of stuck) conn.close();
running.abort();
await sessions;

/** The share of a core that a process uses. */
async function share(pid: number): Promise<number> {
  const cpuMs = processCpuMs(pid);
  const from = performance.now();
  await pause(TURN_MS);
  return (processCpuMs(pid) - cpuMs) / (performance.now() - from);
}

/** Sessions at their rate. */
async function drive(): Promise<void> {
  const from = performance.now();
  for (let started = 0; !running.signal.aborted;) {
    const due = (performance.now() - from) / 1000 * SESSIONS_A_SECOND;
    for (; started < due; started++) await driver.run();
    await pause(1000 / SESSIONS_A_SECOND / EVENTS_A_SESSION);
  }
}

/** The share of a core of a process that does nothing but write so many bytes to each connection at each beat. */
async function bareLoop(length: number): Promise<number> {
  const script = decodeURIComponent(new URL("../support/load/bare_writer.ts", import.meta.url).pathname);
  const child = new Deno.Command("taskset", {
    args: [...ON_CORE_0, Deno.execPath(), "run", "-A", "--no-check", script, String(length), String(BEAT_MS)],
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const bare = Number((await lines.read()).value);
  const reader = new Reader();
  for (let i = 0; i < LISTENERS; i++) reader.add(await Deno.connect({ hostname: "127.0.0.1", port: bare }));
  await pause(WARM_UP_MS);
  const shares: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) shares.push(await share(child.pid));
  reader.close();
  await lines.cancel();
  child.kill();
  await child.status;
  return percentile(shares, 0.5);
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
