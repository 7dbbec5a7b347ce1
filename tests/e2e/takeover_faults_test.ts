/**
 * Processes that are to take over and do not come that far: the one that serves goes on, and is the one to be found.
 *
 * @module
 */
import {
  DRAIN,
  DRAINING,
  LATE,
  listenAtSocket,
  parseTake,
  readLine,
  removeSocket,
  writeLine,
} from "../../app/takeover/takeover_socket.ts";
import { assertEquals, assertMatch } from "../support/assert.ts";
import { freePort } from "../support/net/free_ports.ts";
import { QUIET_TOML, runSrsIn, ServerProcess } from "../support/process/server_process.ts";
import { temporaryDirectory } from "../support/temporary_directory.ts";
import { until } from "../support/wait.ts";

const TOML = `pid = "srs.pid"\n${QUIET_TOML}`;
const BANS_FILE = "objs/srs.bans.json";

/** A process that takes over from the test, and waits for the answer to `drain`. */
async function takeFromTest(directory: string, toml: string) {
  const pidPath = `${directory}/srs.pid`;
  await Deno.writeTextFile(pidPath, `${Deno.pid}\n`);
  const listener = await listenAtSocket(pidPath);
  const starting = ServerProcess.start({ toml, directory, args: ["--takeover"] });
  const conn = await listener.accept();
  const pid = parseTake(await readLine(conn) ?? "");
  const greeting = { program: "srs", version: "1.2.3", serverId: "vid-abcdefg", nextClientId: 1 };
  await writeLine(conn, JSON.stringify({ ...greeting, pid: Deno.pid }));
  const server = await starting;
  assertEquals([pid, await readLine(conn)], [server.pid, DRAIN]);
  return {
    ...{ server, conn },
    pid: async () => Number(await Deno.readTextFile(pidPath)),
    close: () => {
      conn.close();
      listener.close();
      removeSocket(pidPath);
    },
  };
}

Deno.test("srs --takeover has its id in the pid file once the other process drains, and not before", async () => {
  await using directory = await temporaryDirectory();
  const taking = await takeFromTest(directory.path, TOML);
  await using server = taking.server;
  assertEquals(await taking.pid(), Deno.pid);
  await writeLine(taking.conn, DRAINING);
  await server.waitForLine(/\] Took over pid=/);
  taking.close();
  await until(async () => await taking.pid() === server.pid);
});

Deno.test("srs --takeover that the other process no longer waits for ends, with the reason", async () => {
  await using directory = await temporaryDirectory();
  const taking = await takeFromTest(directory.path, TOML);
  await using server = taking.server;
  await writeLine(taking.conn, LATE);
  assertEquals(await server.finished, { code: 1, signal: null });
  await server.waitForLine(
    /^srs: Cannot take over: process \d+ has waited too long for this one, and serves on/,
  );
  assertEquals(await taking.pid(), Deno.pid);
  taking.close();
});

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  Deno.test(`srs --takeover that gets ${signal} before it serves leaves the other process alone`, async () => {
    await using directory = await temporaryDirectory();
    const port = freePort();
    const toml = TOML.replace("127.0.0.1:0", `127.0.0.1:${port}`);
    await using server = await ServerProcess.start({ toml, directory: directory.path });
    // The start waits where it reads the bans.
    const fifo = `${directory.path}/${BANS_FILE}`;
    await new Deno.Command("mkfifo", { args: [fifo] }).output();
    const starting = ServerProcess.start({ toml, directory: directory.path, args: ["--takeover"] })
      .catch((error: unknown) => String(error));
    const bans = await Deno.open(fifo, { write: true });
    const second = await runSrsIn(directory.path, ["-c", "srs.toml", "--takeover"]);
    const pid = Number(/process (\d+) is taking over from process/.exec(second.stderr)?.[1]);
    assertMatch(second.stderr, /\(end that one, or try again in \d+ s, when its time is up\)/);
    Deno.kill(pid, signal);
    // One that is killed reads no more.
    if (signal === "SIGTERM") await bans.write(new TextEncoder().encode("[]"));
    bans.close();
    await Deno.remove(fifo);
    const next = await starting;
    assertEquals(
      typeof next === "string" ? undefined : (await next.finished).code,
      signal === "SIGTERM" ? 0 : undefined,
    );
    assertEquals(server.lines.filter((line) => line.includes("Draining")), []);
    assertEquals(Number(await Deno.readTextFile(`${directory.path}/srs.pid`)), server.pid);
    await using last = await ServerProcess.start({ toml, directory: directory.path, args: ["--takeover"] });
    await last.waitForLine(/\] Took over pid=/);
    assertEquals(await server.finished, { code: 0, signal: null });
  });
}
