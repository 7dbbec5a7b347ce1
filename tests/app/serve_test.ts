/**
 * The server as its service manager sees it: start, signals, files, end.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { until } from "../support/wait.ts";
import { QUIET_TOML, ServerProcess, srsCommand } from "../support/process/server_process.ts";

/** A directory for one test. */
async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("srs prints what to type next, with the port that it listens on", async () => {
  await using server = await ServerProcess.start();
  assert(server.port > 0);
  await server.waitForLine(new RegExp(`ffplay rtmp://localhost:${server.port}/live/livestream`));
  await server.waitForLine(/OBS +server rtmp:\/\/localhost:\d+\/live/);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`srs ends with 0 after ${signal}`, async () => {
    await using server = await ServerProcess.start();
    server.signal(signal);
    assertEquals(await server.finished, { code: 0, signal: null });
    await server.waitForLine(new RegExp(`Stopping signal=${signal}`));
    await server.waitForLine(/Stopped ms=\d+ undelivered=0/);
  });
}

Deno.test("srs names the port that is taken and the way out", async () => {
  await using server = await ServerProcess.start();
  const toml = QUIET_TOML.replace("127.0.0.1:0", `127.0.0.1:${server.port}`);
  const error = await assertRejects(() => ServerProcess.start({ toml }), Error);
  assertMatch(error.message, new RegExp(`srs: Cannot listen for RTMP on 127\\.0\\.0\\.1:${server.port}: `));
  assertStringIncludes(error.message, "set another listen");
});

Deno.test("srs writes its pid and removes it at the end", () =>
  inDirectory(async (directory) => {
    const server = await ServerProcess.start({ directory, toml: `pid = "run/srs.pid"\n${QUIET_TOML}` });
    assertMatch(await Deno.readTextFile(`${directory}/run/srs.pid`), /^\d+\n$/);
    await server.stop();
    await assertRejects(() => Deno.stat(`${directory}/run/srs.pid`), Deno.errors.NotFound);
  }));

Deno.test("srs leaves the pid file of a server that runs alone, and says so", () =>
  inDirectory(async (directory) => {
    const toml = `pid = "run/srs.pid"\n${QUIET_TOML}`;
    const pid = async () => Number(await Deno.readTextFile(`${directory}/run/srs.pid`));
    await using first = await ServerProcess.start({ directory, toml });
    const second = await ServerProcess.start({ directory, toml });
    await second.waitForLine(
      new RegExp(
        `The pid file run/srs\\.pid belongs to process ${first.pid}, which serves: this process \\(${second.pid}\\) has none ` +
          String.raw`\(set another pid, or give each server a work_dir of its own\)$`,
      ),
    );
    assertEquals(await pid(), first.pid);
    await second.stop();
    assertEquals(await pid(), first.pid);

    first.signal("SIGKILL");
    await first.finished;
    await using third = await ServerProcess.start({ directory, toml });
    await third.waitForLine(/ffplay|Started/);
    assertEquals(await pid(), third.pid);
  }));

Deno.test("srs works in work_dir and goes on in a new log file after SIGUSR1", () =>
  inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/work`);
    const toml = `work_dir = "work"\nsrs_log_tank = "file"\nsrs_log_file = "logs/srs.log"\n${QUIET_TOML}`;
    const running = ServerProcess.start({ directory, toml, listening: /ffplay rtmp/ });
    await using server = await running;
    const log = `${directory}/work/logs/srs.log`;
    await Deno.rename(log, `${log}.1`);
    server.signal("SIGUSR1");
    await fileWith(log, "Log file reopened");
    await server.stop();
    assertStringIncludes(await Deno.readTextFile(`${log}.1`), "Listening for RTMP");
    assertStringIncludes(await Deno.readTextFile(log), "Stopped");
  }));

Deno.test("srs reads its configuration again after SIGHUP, and keeps what runs where that has problems", () =>
  inDirectory(async (directory) => {
    await using server = await ServerProcess.start({ directory });
    server.signal("SIGHUP");
    await server.waitForLine(/\[trace\]\[-\] Configuration reloaded .*changed=0 restart=0/);
    await Deno.writeTextFile(`${directory}/srs.toml`, `${QUIET_TOML}\n[limts]\n`);
    server.signal("SIGHUP");
    await server.waitForLine(/\[error\]\[-\] Configuration: .*limts.*limits/);
    await server.waitForLine(/\[warn\]\[-\] Configuration invalid; keeping the running one/);
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    conn.close();
  }));

Deno.test("srs keeps its server id over a restart", () =>
  inDirectory(async (directory) => {
    const ids: (string | undefined)[] = [];
    for (let start = 0; start < 2; start += 1) {
      const server = await ServerProcess.start({ directory });
      const line = await server.waitForLine(/Started .*server_id=/);
      ids.push(/server_id=(vid-[0-9a-z]{7})$/.exec(line)?.[1]);
      await server.stop();
    }
    assert(ids[0] !== undefined && ids[0] === ids[1], `the ids are ${ids}`);
  }));

Deno.test("srs keeps its server id below work_dir", () =>
  inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/there/objs`, { recursive: true });
    await Deno.writeTextFile(`${directory}/there/objs/srs.server_id`, "vid-0123abc\n");
    await using server = await ServerProcess.start({ directory, toml: `work_dir = "there"\n${QUIET_TOML}` });
    await server.waitForLine(/Started .*server_id=vid-0123abc$/);
    await assertRejects(() => Deno.stat(`${directory}/objs`), Deno.errors.NotFound);
  }));

Deno.test("a second srs in one directory says so and takes a server id for itself", () =>
  inDirectory(async (directory) => {
    const id = async (server: ServerProcess) =>
      /server_id=(vid-[0-9a-z]{7})$/.exec(await server.waitForLine(/Started .*server_id=/))?.[1];
    const first = await ServerProcess.start({ directory });
    const firstId = await id(first);
    const second = await ServerProcess.start({ directory });
    const secondId = await id(second);
    assert(firstId !== undefined && secondId !== undefined && firstId !== secondId, `${firstId} ${secondId}`);
    await second.waitForLine(
      new RegExp(`\\[warn\\]\\[-\\] Another server has the server id .*this one is ${secondId}`),
    );
    await second.stop();
    // A killed server's lock ends with it.
    await first.kill();
    await using third = await ServerProcess.start({ directory });
    assertEquals(await id(third), firstId);
  }));

Deno.test("srs serves without a place for its server id, and says so", () =>
  inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/objs/srs.server_id`, { recursive: true });
    await using server = await ServerProcess.start({ directory });
    await server.waitForLine(
      /\[warn\]\[-\] Cannot keep the server id in objs\/srs\.server_id, .*set server_id/,
    );
  }));

Deno.test("srs serves although nothing can be printed, and logs to its file", async () => {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  const log = `${directory}/srs.log`;
  await Deno.writeTextFile(
    `${directory}/a.toml`,
    `srs_log_tank = "file"\nsrs_log_file = "srs.log"\n${QUIET_TOML}`,
  );
  const { program, args } = srsCommand();
  const words = [program, ...args, "-c", "a.toml"].map((word) => `'${word}'`).join(" ");
  const child = new Deno.Command("sh", { args: ["-c", `exec ${words} >/dev/full`], cwd: directory }).spawn();
  await fileWith(log, "Listening for RTMP");
  assertStringIncludes(await Deno.readTextFile(log), "Cannot print what to type next");
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 0);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("srs writes nothing but JSON lines where programs read its log", async () => {
  const toml = `srs_log_format = "json"\n${QUIET_TOML}`;
  await using server = await ServerProcess.start({ toml, listening: /"address":"[^"]*:\d+"/ });
  await server.stop();
  for (const line of server.lines) assertEquals(typeof JSON.parse(line).message, "string");
});

Deno.test("srs does not call a client that connects and leaves an error", async () => {
  await using server = await ServerProcess.start();
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  conn.close();
  await server.stop();
  assertEquals(server.lines.filter((line) => /\[(?:warn|error)\]/.test(line)), []);
});

async function fileWith(path: string, text: string): Promise<void> {
  await until(async () => {
    const found = await Deno.readTextFile(path).catch((error: unknown) => {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    });
    return found.includes(text);
  });
}
