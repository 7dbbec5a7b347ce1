/**
 * One process after the other takes over, under load: nobody is lost who does nothing twice, and the service's record
 * pairs up over all of them.
 *
 * `SRS_SHOW=full`: ten in a row with 200 connections a second, 500 players by RTMP and 200 viewers of HLS.
 *
 * @module
 */
import { assertEquals, assertGreaterOrEqual, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import { pause, showFigure, shown } from "../support/process/show.ts";
import { runSrsIn, ServerProcess } from "../support/process/server_process.ts";
import { LoadCounts, MovingPublisher, PassingPlayers, viewHls } from "../support/process/takeover_load.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";

const TAKEOVERS = shown(10, 2);
const RATE = shown(200, 20);
const STAY_MS = 2500;
const VIEWERS = shown(200, 5);
const BETWEEN_MS = shown(4000, 1500);
/** Without the system's help one connection of a thousand may be lost: those in the queue of a listener that closes. */
const MAX_LOST = 0.001;
/** A short run has too few connections for a share; next to busy programs the queues are longer. */
const MAX_LOST_EACH = shown(0, 3);
const NAMES = ["one", "two"];
/** Lines of the servers that explain what was lost. */
const NOTABLE = /\[(?:warn|error)\]|Publish ended/;
const PAIRS: readonly string[] = ["on_publish,on_unpublish", "on_play,on_stop"];

/** A port that is free now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.transport === "tcp" ? listener.addr.port : 0;
}

function tomlOf(url: string, [rtmp, http, api]: readonly number[], workers: number): string {
  return `listen = "127.0.0.1:${rtmp}"
pid = "objs/srs.pid"
workers = ${workers}
max_connections = 5000
http_server.listen = "127.0.0.1:${http}"
http_api.listen = "127.0.0.1:${api}"
[limits]
max_connections_per_ip = 0
[vhost.__defaultVhost__.http_hooks]
enabled = true
timeout = 120
ask_timeout = 120
on_publish = "${url}"
on_unpublish = "${url}"
on_play = "${url}"
on_stop = "${url}"
[vhost.__defaultVhost__.hls]
enabled = true
hls_fragment = 1
`;
}

/** Each start has its ending, of the same process, and none has two. */
function assertPairs(receiver: HookReceiver): { sessions: number; processes: number } {
  const seen = new Map<string, string[]>();
  const clients = new Map<unknown, Set<unknown>>();
  for (const { json, action } of receiver.requests) {
    const key = `${json["service_id"]} ${json["client_id"]} ${json["session_id"]}`;
    seen.set(key, [...seen.get(key) ?? [], action]);
    const services = clients.get(json["client_id"]) ?? new Set();
    clients.set(json["client_id"], services.add(json["service_id"]));
  }
  const unpaired = [...seen].filter(([, events]) => !PAIRS.includes(events.join()));
  const bodies = receiver.requests.filter(({ json }) =>
    unpaired.some(([key]) => key.endsWith(` ${json["session_id"]}`))
  );
  assertEquals(unpaired, [], JSON.stringify(bodies.slice(0, 5).map(({ json }) => json), null, 1));
  for (const [id, services] of clients) assertEquals(services.size, 1, `client id ${id} in two processes`);
  const processes = new Set(receiver.requests.map(({ json }) => json["service_id"])).size;
  return { sessions: seen.size, processes };
}

for (const workers of [1, 2]) {
  Deno.test(`srs --takeover, ${workers} threads: nobody is lost, pairs are exact over all processes`, async () => {
    await using directory = await temporaryDirectory();
    await using receiver = await HookReceiver.start();
    const ports = [freePort(), freePort(), freePort()];
    const [rtmp = 0, http = 0, api = 0] = ports;
    const toml = tomlOf(receiver.url(), ports, workers);
    const start = (args: readonly string[]) => ServerProcess.start({ toml, directory: directory.path, args });
    const servers = [await start([])];
    try {
      const counts = new LoadCounts();
      const publishers = await Promise.all(NAMES.map((name) => MovingPublisher.start(rtmp, name, counts)));
      const players = new PassingPlayers(rtmp, NAMES, { rate: RATE, stayMs: STAY_MS }, counts);
      const over = new AbortController();
      await pause(BETWEEN_MS);
      const viewers = Array.from(
        { length: VIEWERS },
        (_, i) => viewHls(http, NAMES[i % NAMES.length] ?? "", over.signal, counts),
      );
      const first = await (await fetch(`http://127.0.0.1:${api}/api/v1/versions`)).json();
      const bans = `http://127.0.0.1:${api}/api/v1/bans`;
      const ban = { kind: "ip", value: "192.0.2.7", reason: "a test" };
      const headers = { "Content-Type": "application/json" };
      await (await fetch(bans, { method: "POST", headers, body: JSON.stringify(ban) })).body?.cancel();
      for (let i = 0; i < TAKEOVERS; i++) {
        const next = await start(["--takeover"]);
        servers.push(next);
        await next.waitForLine(/\] Took over pid=\d+ version=\S+ server_id=\S+/);
        await pause(BETWEEN_MS);
      }
      const last = await (await fetch(`http://127.0.0.1:${api}/api/v1/versions`)).json();
      assertEquals([last.server, last.pid], [first.server, String(servers.at(-1)?.pid)]);
      const [kept] = (await (await fetch(bans)).json()).bans;
      assertEquals(kept?.value, ban.value);
      over.abort();
      await Promise.all(viewers);
      await players.stop();
      await Promise.all(publishers.map((publisher) => publisher.stop()));
      const ends = await Promise.all(servers.slice(0, -1).map((server) => server.finished));
      assertEquals(new Set(ends.map(({ code }) => code)), new Set([0]));
      assertEquals((await servers.at(-1)?.stop())?.code, 0);
      const moves = publishers.map((publisher) => publisher.moves);
      const statuses = JSON.stringify([...counts.statuses]);
      showFigure(
        `${workers} threads: ${counts.connects} connections, ${counts.requests} requests of HLS ${statuses}, ` +
          `lost ${counts.lost.length}, moves ${moves}`,
      );
      for (const line of counts.lost.slice(0, 10)) showFigure(line);
      for (
        const line of servers.flatMap(({ lines }) => lines).filter((line) => NOTABLE.test(line)).slice(0, 20)
      ) {
        showFigure(line);
      }
      const { sessions, processes } = assertPairs(receiver);
      showFigure(`${sessions} sessions in ${processes} processes, all paired`);
      assertEquals([processes, moves], [TAKEOVERS + 1, NAMES.map(() => TAKEOVERS)]);
      const mayBeLost = Math.max(counts.connects * MAX_LOST, TAKEOVERS * workers * MAX_LOST_EACH);
      assertGreaterOrEqual(mayBeLost, counts.lost.length, counts.lost.join("\n"));
      // A session that another process did not know would be 404, an ended one 410.
      assertEquals([...counts.statuses.keys()].filter((status) => status !== 200 && status !== 503), []);
    } finally {
      for (const server of servers) await server[Symbol.asyncDispose]();
    }
  });
}

Deno.test("srs --takeover names what keeps it from that, and a start without it refuses ports that are shared", async () => {
  await using directory = await temporaryDirectory();
  const port = freePort();
  const toml =
    `workers = 2\nlisten = "127.0.0.1:${port}"\npid = "srs.pid"\nhttp_server.enabled = false\nhttp_api.enabled = false\n`;
  await Deno.writeTextFile(`${directory.path}/srs.toml`, toml);
  const command = ["-c", "srs.toml"];
  const takeover = async () => (await runSrsIn(directory.path, [...command, "--takeover"])).stderr;
  assertMatch(
    await takeover(),
    /^srs: Cannot take over: .*No such file.* \(does the server run, with the same pid/,
  );
  await Deno.writeTextFile(`${directory.path}/srs.pid`, `${Deno.pid}\n`);
  assertMatch(
    await takeover(),
    /^srs: Cannot take over: process \d+ does not answer at srs\.pid\.takeover\/\d+\.sock: /,
  );
  await using server = await ServerProcess.start({ toml, directory: directory.path });
  const plain = await runSrsIn(directory.path, command);
  assertEquals(plain.code, 1);
  assertStringIncludes(plain.stderr, `Cannot listen for RTMP on 127.0.0.1:${port}: `);
  await Deno.writeTextFile(`${directory.path}/srs.toml`, `reuse_port = false\n${toml}`);
  assertStringIncludes(
    await takeover(),
    "Cannot take over: reuse_port is off (set reuse_port for both processes)",
  );
  await Deno.writeTextFile(`${directory.path}/srs.toml`, toml.replace('"srs.pid"', '""'));
  assertStringIncludes(
    await takeover(),
    "Cannot take over: it names no pid file (set pid for both processes)",
  );
  // A start that fails before it serves leaves the other one alone.
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const exporter = `exporter.enabled = true\nexporter.listen = "127.0.0.1:${taken.addr.port}"\n`;
  await Deno.writeTextFile(`${directory.path}/srs.toml`, `${exporter}${toml}`);
  assertStringIncludes(await takeover(), "Cannot listen for the exporter on 127.0.0.1:");
  // The one that serves was never disturbed.
  assertEquals(server.lines.filter((line) => line.includes("Draining")), []);
  (await Deno.connect({ port })).close();
  await server.stop();
  assertEquals(Array.from(Deno.readDirSync(directory.path), ({ name }) => name).sort(), ["objs", "srs.toml"]);
});
