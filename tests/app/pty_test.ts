/**
 * The server on a terminal. A compiled file that lacks a permission would ask there, and wait forever.
 *
 * @module
 */
import { assertEquals } from "../support/assert.ts";
import { QUIET_TOML, srsCommand } from "../support/process/server_process.ts";

const PATIENCE_MS = 60_000;

/** Everything that needs a file: outbox, pid, server id. */
const TOML = `pid = "srs.pid"\n${QUIET_TOML.replace('path = ""', 'path = "outbox.db"')}`;

Deno.test("srs asks nothing on a terminal", async () => {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  await Deno.writeTextFile(`${directory}/srs.toml`, TOML);
  const { program, args } = srsCommand();
  const shell = [program, ...args, "--config", "srs.toml"].map((word) => `'${word}'`).join(" ");
  const child = new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", shell, "/dev/null"],
    cwd: directory,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  let printed = "";
  let isStopped = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    const pid = /Started .*\bpid=(\d+)/.exec(printed)?.[1];
    if (isStopped || pid === undefined || !printed.includes("Listening for RTMP")) continue;
    isStopped = true;
    Deno.kill(Number(pid), "SIGTERM");
  }
  await child.stdin.close();
  const { code } = await child.status;
  clearTimeout(timer);
  await Deno.remove(directory, { recursive: true });
  assertEquals({ code, asked: /requests|Allow\?|\[y\/n/i.exec(printed)?.[0], isStopped }, {
    code: 0,
    asked: undefined,
    isStopped: true,
  }, printed);
});
