/**
 * What hooks cost: requests through one hook client, and sessions of two requests and two notifications with the outbox on disk,
 * against a receiver in a process of its own.
 *
 *     deno run -A tests/bench/hooks_bench.ts [SECONDS]
 *
 * @module
 */
import { SystemClock } from "../../system/mod.ts";
import type { Ending, HookRequestContext } from "../../core/mod.ts";
import { HookService } from "../../hooks/hook_service.ts";
import { allEvents, hookRequest, hooksOptions, vhostHooks } from "../support/hooks/hook_fixtures.ts";
import { processCpuMs } from "../support/process/process_cpu.ts";

const seconds = Number(Deno.args[0] ?? 5);
const LOG = { write: () => {} };
const CONTEXT: HookRequestContext = {
  signal: new AbortController().signal,
  counters: () => ({ sendBytes: 1, recvBytes: 2 }),
  revoke: () => {},
};
const ENDING: Ending = { reason: "client", sendBytes: 1, recvBytes: 2 };

const script = new URL("../support/load/fast_receiver.ts", import.meta.url).pathname;
const receiver = new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", "--no-check", script],
  stdin: "piped",
  stdout: "piped",
}).spawn();
const lines = receiver.stdout.pipeThrough(new TextDecoderStream()).getReader();
const port = Number((await lines.read()).value);
const url = `http://127.0.0.1:${port}/api`;
const directory = await Deno.makeTempDir({ prefix: "srs-bench-" });

await requests("requests, no ending configured", vhostHooks({ on_publish: url }), "");
await requests(
  "requests, rows in the outbox",
  vhostHooks({ on_publish: url, on_unpublish: url }),
  `${directory}/a.db`,
);
await sessions("sessions at full speed", Infinity, `${directory}/b.db`);
await sessions("sessions at 1000/s", 1000, `${directory}/c.db`);
await sessions("sessions at 200/s", 200, `${directory}/d.db`);
await sessions("sessions at 200/s, outbox in memory", 200, "");

await lines.cancel();
await receiver.stdin.close();
receiver.kill();
await receiver.status;
await Deno.remove(directory, { recursive: true });

/** As many requests as 64 callers get through. */
async function requests(name: string, vhost: ReturnType<typeof vhostHooks>, path: string): Promise<void> {
  const service = await HookService.open(hooksOptions(vhost, { path }), {
    log: LOG,
    clock: new SystemClock(),
  });
  const until = performance.now() + seconds * 1000;
  const times: number[] = [];
  let n = 0;
  const from = performance.now();
  const cpu = processCpuMs("self");
  await Promise.all(Array.from({ length: 64 }, async () => {
    while (performance.now() < until) {
      const clientId = ++n;
      const at = performance.now();
      const verdict = await service.decisions.request(
        hookRequest("on_publish", { clientId, stream: `s${clientId}` }),
        CONTEXT,
      );
      times.push(performance.now() - at);
      if (verdict.kind !== "allow") throw new Error(JSON.stringify(verdict));
      void verdict.lease.end(ENDING);
    }
  }));
  report(name, n, performance.now() - from, processCpuMs("self") - cpu, times);
  await service.drain(10_000);
  await service.close();
}

/** Sessions that come at a rate, each on_connect, on_publish, on_unpublish, on_close. */
async function sessions(name: string, rate: number, path: string): Promise<void> {
  const options = hooksOptions(vhostHooks(allEvents(url)), { path });
  const service = await HookService.open(options, { log: LOG, clock: new SystemClock() });
  const from = performance.now();
  const cpu = processCpuMs("self");
  const times: number[] = [];
  const running = new Set<Promise<void>>();
  const idle = () => new Promise<void>((resolve) => setTimeout(resolve, 1));
  let n = 0;
  while (performance.now() - from < seconds * 1000) {
    const due = Math.min(rate * (performance.now() - from) / 1000, n + 64 - running.size);
    while (n < due) {
      n++;
      const session = one(service, times).then(() => void running.delete(session));
      running.add(session);
    }
    if (rate === Infinity) await Promise.race(running);
    else await idle();
  }
  await Promise.all(running);
  await service.drain(10_000);
  report(name, n, performance.now() - from, processCpuMs("self") - cpu, times);
  await service.close();
}

async function one(service: HookService, times: number[]): Promise<void> {
  const clientId = service.clientIds.next();
  const leases = [];
  for (const event of ["on_connect", "on_publish"] as const) {
    const at = performance.now();
    const verdict = await service.decisions.request(
      hookRequest(event, { clientId, stream: `s${clientId}` }),
      CONTEXT,
    );
    times.push(performance.now() - at);
    if (verdict.kind !== "allow") throw new Error(JSON.stringify(verdict));
    leases.push(verdict.lease);
  }
  for (const lease of leases.reverse()) await lease.end(ENDING);
}

function report(name: string, count: number, ms: number, cpu: number, times: number[]): void {
  times.sort((a, b) => a - b);
  const at = (part: number) => (times[Math.floor(times.length * part)] ?? 0).toFixed(2);
  const rate = Math.round(count / ms * 1000);
  const line = `${name}: ${rate}/s, request p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, CPU ${
    (cpu / count).toFixed(3)
  } ms each\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}
