/**
 * The graceful end with a service that answers, one that hangs, and an operator without patience.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { QUIET_TOML, ServerProcess, srsCommand } from "../support/process/server_process.ts";

/** Time for everything beyond what the configuration allows, milliseconds. */
const SLACK_MS = 20_000;

function hooksToml(url: string): string {
  return `grace_final_wait = 300\n${QUIET_TOML}
[vhost.__defaultVhost__.http_hooks]
enabled = true
timeout = 1
on_connect = "${url}"
on_close = "${url}"
`;
}

/** A server with one connected client, and the service that it asks. */
async function withClient(
  run: (server: ServerProcess, receiver: HookReceiver) => Promise<void>,
): Promise<void> {
  await using receiver = await HookReceiver.start();
  await using server = await ServerProcess.start({ toml: hooksToml(receiver.url()) });
  await using _client = await RtmpTestClient.connect({ port: server.port });
  await run(server, receiver);
}

Deno.test("srs tells its endings before it ends", () =>
  withClient(async (server, receiver) => {
    server.signal("SIGTERM");
    const [closed] = await receiver.waitFor("on_close");
    assertEquals(closed?.json["reason"], "shutdown");
    assertEquals((await server.finished).code, 0);
  }));

Deno.test("srs names what is left when a hanging service outlasts the deadline, and ends with 0", () =>
  withClient(async (server, receiver) => {
    receiver.reply("on_close", "hang");
    const startedAt = performance.now();
    server.signal("SIGTERM");
    assertEquals((await server.finished).code, 0);
    assert(performance.now() - startedAt < 1300 + SLACK_MS, `${performance.now() - startedAt} ms`);
    const left = await server.waitForLine(/Event left undelivered/);
    assertMatch(
      left,
      /\[warn\]\[\d+\] Event left undelivered event=on_close url=http:\/\/127\.0\.0\.1:\d+\/hooks/,
    );
  }));

Deno.test("srs ends at once when a second signal comes", () =>
  withClient(async (server, receiver) => {
    receiver.reply("on_close", "hang");
    server.signal("SIGINT");
    await receiver.waitFor("on_close");
    server.signal("SIGINT");
    assertEquals((await server.finished).code, 130);
    await server.waitForLine(/Stopping at once: a second signal came/);
  }));

Deno.test("srs ends in time although nobody reads its standard output", async () => {
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  const toml = `srs_log_level = "verbose"\ngrace_final_wait = 300\n${QUIET_TOML}`;
  await Deno.writeTextFile(`${directory}/srs.toml`, toml);
  const { program, args } = srsCommand();
  const child = new Deno.Command(program, {
    args: [...args, "--config", "srs.toml"],
    cwd: directory,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const killer = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const reader = child.stdout.getReader();
  try {
    const port = await portOf(reader);
    // Lines for more than a pipe of 64 KiB and what the reader takes ahead.
    for (let i = 0; i < 400; i++) {
      await using _client = await RtmpTestClient.connect({ port });
    }
    const startedAt = performance.now();
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
    assert(performance.now() - startedAt < 2300 + SLACK_MS, `${performance.now() - startedAt} ms`);
  } finally {
    clearTimeout(killer);
    await reader.cancel();
    await Deno.remove(directory, { recursive: true });
  }
});

/** The port that the server says it listens on; nothing is read after it. */
async function portOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<number> {
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The server ended: ${text}`);
    text += new TextDecoder().decode(value);
    const port = /Listening for RTMP address=\S+:(\d+)\n/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
}

Deno.test("srs logs nothing after Stopped, also when connections are left at the deadline", async () => {
  await using receiver = await HookReceiver.start();
  await using server = await ServerProcess.start({ toml: hooksToml(receiver.url()) });
  await using _client = await RtmpTestClient.connect({ port: server.port });
  receiver.reply("on_close", "hang");
  server.signal("SIGTERM");
  await server.finished;
  assertMatch(
    server.lines.filter((line) => line !== "").at(-1) ?? "",
    /\[trace\]\[-\] Stopped ms=\d+ undelivered=1$/,
  );
});
