/**
 * Reloads that meet each other, a drain, a stop and a takeover: each gets an answer, and a process that drains or has been
 * taken over listens no longer.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { freePort } from "../support/net/free_ports.ts";
import { pause, shown } from "../support/process/show.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import { GapPlayer, LivePublisher } from "../support/rtmp/live_client.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";
import { ReloadTrial } from "../support/reload/reload_trial.ts";
import { until } from "../support/wait.ts";

/** Enough that a reload takes a while. */
const VHOSTS = 60;
/** How long after a reload the other one comes, milliseconds: in all of its steps. */
const DELAYS_MS = shown([0, 5, 10, 20, 30, 40, 50, 60, 70, 80, 100, 120], [10, 45]);

function vhosts(round: number): Record<string, string> {
  const names = Array.from({ length: VHOSTS }, (_, n) => `vhost."v${n}.example".play.queue_length`);
  return Object.fromEntries(names.map((name) => [name, String(10 + round)]));
}

function tomlOf(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings).map(([path, value]) => `${path} = ${value}\n`).join("");
}

/** Nobody listens there. */
async function isRefused(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ port })).close();
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return true;
    throw error;
  }
}

for (const workers of [1, 2]) {
  const threads = `with ${workers} workers`;

  Deno.test(`reloads at once ${threads}: one after the other, by signal and API, and the last file is in force`, async () => {
    await using trial = await ReloadTrial.start({ workers: `${workers}`, ...vhosts(0) });
    const rounds = shown(20, 3);
    for (let round = 1; round <= rounds; round++) {
      await trial.write(vhosts(round));
      trial.server.signal("SIGHUP");
      const replies = await Promise.all([trial.post(), trial.post(), trial.post()]);
      assertEquals(replies.map(({ status }) => status), [200, 200, 200]);
      // Those that come later find nothing to do.
      const changed = replies.map((reply) => reply.changed.length).filter((count) => count > 0);
      assert(changed.length <= 1 && changed.every((count) => count === VHOSTS), JSON.stringify(changed));
      assertEquals(await trial.inForce("v7.example", "play.queue_length"), String(10 + round));
    }
    await trial.assertAllThere();
  });

  Deno.test(`a drain during a reload ${threads}: nobody is accepted any more`, async () => {
    for (const delayMs of DELAYS_MS) {
      const listen = `"127.0.0.1:${freePort()}"`;
      await using trial = await ReloadTrial.start({ workers: `${workers}`, listen, ...vhosts(0) });
      const { server, player, api } = trial;
      await trial.write(vhosts(1));
      const reply = trial.post();
      await pause(delayMs);
      server.signal("SIGQUIT");
      const { status, problems } = await reply;
      if (status !== 200) {
        assertEquals([status, problems.map(({ text }) => text)], [400, ["The server is stopping"]]);
      }
      await until(async () => (await (await fetch(`${api}/api/v1/summaries`)).json()).data.draining);
      await until(() =>
        Deno.connect({ port: server.port }).then((conn) => conn.close(), () => true) as never
      );
      // Again while it drains: refused at once.
      const later = await trial.post();
      assertEquals([later.status, later.problems.map(({ text }) => text)], [400, ["The server is stopping"]]);
      assert(await isRefused(server.port));
      await trial.playsOn();
      assert(player.frames > 0);
    }
  });

  Deno.test(`a stop during a reload ${threads}: in order, and at once`, async () => {
    for (const delayMs of DELAYS_MS) {
      await using trial = await ReloadTrial.start({ workers: `${workers}`, ...vhosts(0) });
      await trial.write(vhosts(1));
      trial.server.signal("SIGHUP");
      await pause(delayMs);
      trial.server.signal("SIGTERM");
      assertEquals(await trial.server.finished, { code: 0, signal: null });
    }
  });

  Deno.test(`a reload during a takeover ${threads}: the old process does not listen again, the new one has the file`, async () => {
    await using directory = await temporaryDirectory();
    const [rtmp, api] = [freePort(), freePort()];
    const settings = {
      ...{ listen: `"127.0.0.1:${rtmp}"`, pid: '"srs.pid"', workers: `${workers}` },
      ...{ "http_server.enabled": "false", "http_api.listen": `"127.0.0.1:${api}"` },
      ...{ "hooks.outbox.path": '"objs/outbox.db"', "vhost.__defaultVhost__.min_latency": "true" },
    };
    const textOf = (round: number) => tomlOf({ ...settings, ...vhosts(round) });
    const start = (args: readonly string[]) =>
      ServerProcess.start({ toml: textOf(0), directory: directory.path, args });
    // Nobody reads half of it.
    const write = async (round: number) => {
      await Deno.writeTextFile(`${file}.new`, textOf(round));
      await Deno.rename(`${file}.new`, file);
    };
    const file = `${directory.path}/srs.toml`;
    const servers = [await start([])];
    try {
      for (const [round, delayMs] of DELAYS_MS.entries()) {
        const old = servers.at(-1);
        assert(old !== undefined);
        await using _publisher = await LivePublisher.publish(rtmp, "cam");
        await using player = await GapPlayer.play(rtmp, "cam");
        const starting = start(["--takeover"]);
        // All through the start of the new one, and at its end in steps of some milliseconds.
        let isOver = false;
        const reloads = (async () => {
          await until(async () => await Deno.readTextFile(file) === textOf(0));
          for (let count = 0; !isOver; count++) {
            // Each of them finds something to do.
            await write(100 + count % 2);
            old.signal("SIGHUP");
            await pause(20 + delayMs);
          }
        })();
        let next: ServerProcess;
        try {
          next = await starting;
          servers.push(next);
          await old.waitForLine(/\] Draining by="takeover/);
          await next.waitForLine(/\] Took over pid=\d+/);
          await pause(delayMs);
        } finally {
          isOver = true;
          await reloads;
        }
        const from = next.lines.length;
        await write(round);
        next.signal("SIGHUP");
        await next.waitForLine(new RegExp(`Configuration changed .*to=${10 + round}\\b`), { from });
        const { pid } = await (await fetch(`http://127.0.0.1:${api}/api/v1/versions`)).json();
        assertEquals(pid, String(next.pid));
        // Every one of many connections goes to the new one.
        for (let i = 0; i < 20; i++) await (await RtmpTestClient.connect({ port: rtmp })).close();
        const { frames } = player;
        await until(() => player.frames > frames);
        const after = old.lines.slice(old.lines.findIndex((line) => line.includes("Draining by")));
        const served = after.filter((line) => /Connect accepted/.test(line));
        assertEquals(served, []);
      }
    } finally {
      for (const server of servers) await server[Symbol.asyncDispose]();
    }
  });
}

Deno.test("a reload asks for its credentials before it opens an address of the API, and no longer where it fails", async () => {
  const own = `127.0.0.1:${freePort()}`;
  await using trial = await ReloadTrial.start({ "http_api.listen": `"${own}"`, ...vhosts(0) });
  const [port, taken] = [freePort(), Deno.listen({ hostname: "127.0.0.1", port: 0 })];
  const auth = {
    ...{ "http_api.auth.enabled": "true", "http_api.auth.username": '"a"' },
    "http_api.auth.password": '"a-long-password"',
  };
  await trial.write({ ...auth, "http_api.listen": `["${own}", "127.0.0.1:${taken.addr.port}"]` });
  assertEquals((await trial.post()).status, 400);
  taken.close();
  assertEquals((await fetch(`${trial.api}/api/v1/versions`)).status, 200);
  await trial.write({ ...vhosts(1), "http_api.listen": `["${own}", "127.0.0.1:${port}"]` });
  trial.server.signal("SIGHUP");
  let status: number | undefined;
  await until(async () => {
    const reply = await fetch(`http://127.0.0.1:${port}/api/v1/versions`).catch(() => undefined);
    await reply?.body?.cancel();
    status = reply?.status;
    return reply !== undefined;
  });
  assertEquals(status, 401);
});

Deno.test("a reload that gives up the API's credentials ends the connections that were asked for them", async () => {
  const [own, other] = [`127.0.0.1:${freePort()}`, freePort()];
  const auth = {
    ...{ "http_api.auth.enabled": "true", "http_api.auth.username": '"a"' },
    "http_api.auth.password": '"a-long-password"',
  };
  await using trial = await ReloadTrial.start({
    ...{ ...auth, ...vhosts(0) },
    "http_api.listen": `["${own}", "127.0.0.1:${other}"]`,
  });
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: other });
  const request = new TextEncoder().encode("GET /api/v1/versions HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  const buffer = new Uint8Array(4096);
  await conn.write(request);
  const length = await conn.read(buffer) ?? 0;
  assert(new TextDecoder().decode(buffer.subarray(0, length)).startsWith("HTTP/1.1 401"));
  const none = Object.fromEntries(Object.keys(auth).map((key) => [key, undefined]));
  await trial.write({ ...vhosts(1), ...none, "http_api.listen": `"${own}"` });
  trial.server.signal("SIGHUP");
  await trial.server.waitForLine(/Configuration reloaded/);
  // A request that crosses the end of its connection has no answer, or a reset.
  const answer = await conn.write(request).then(() => conn.read(buffer)).catch(() => null);
  assertEquals(answer, null, "the connection stays");
  await until(async () => {
    const reply = await fetch(`http://${own}/api/v1/versions`);
    await reply.body?.cancel();
    return reply.status === 200;
  });
});
