/**
 * `srs hooks test`, `list`, `dead`, `replay` and `drop`, the latter next to a running server.
 *
 * @module
 */
import { assertEquals, assertMatch, assertStringIncludes } from "../../support/assert.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import { RtmpTestClient } from "../../support/rtmp/rtmp_client.ts";
import { QUIET_TOML, runSrs, runSrsIn, ServerProcess } from "../../support/process/server_process.ts";

function hooksToml(lines: string): string {
  return `${QUIET_TOML.replace('path = ""', 'path = "outbox.db"')}
[vhost.__defaultVhost__.http_hooks]
enabled = true
${lines}
`;
}

Deno.test("srs hooks test shows request, reply, verdict and time", async () => {
  await using receiver = await HookReceiver.start();
  const url = receiver.url("/hooks?key=hush");
  const files = { "a.toml": hooksToml(`on_publish = "${url}"\nheaders = { X-Key = "hidden" }`) };
  const args = ["hooks", "test", "on_publish", "-c", "a.toml", "--stream", "cam", "--param", "token=x"];
  const { code, stdout } = await runSrs(args, files);
  assertEquals(code, 0);
  assertStringIncludes(stdout, `POST ${receiver.url("/hooks?key=***")}`);
  assertEquals(receiver.requests[0]?.path, "/hooks?key=hush");
  assertStringIncludes(stdout, '"stream":"cam"');
  assertStringIncludes(stdout, '"param":"?token=x"');
  assertMatch(stdout, /^200 in \d+\.\d ms$/m);
  assertMatch(stdout, /^yes$/m);
  assertMatch(stdout, /^ {2}x-key: \*\*\*$/m);
  assertEquals(receiver.requests[0]?.headers["x-key"], "hidden");
});

Deno.test("srs hooks test exits with 1 when the service says no", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_play", { code: 5, msg: "pay first" });
  const files = { "a.toml": hooksToml(`on_play = "${receiver.url()}"`) };
  const { code, stdout, stderr } = await runSrs(["hooks", "test", "on_play", "-c", "a.toml"], files);
  assertEquals(code, 1);
  assertMatch(stdout, /^no: pay first$/m);
  assertStringIncludes(stderr, `no from ${receiver.url()}`);
});

Deno.test("srs hooks test says what is not configured", async () => {
  const { code, stderr } = await runSrs(["hooks", "test", "on_play"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "http_hooks] has no on_play");
});

Deno.test("srs hooks list, replay --to and drop after an address is gone, next to the running server", async () => {
  await using old = await HookReceiver.start();
  await using today = await HookReceiver.start();
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  const hooks = (...words: readonly string[]) => runSrsIn(directory, ["hooks", ...words, "-c", "srs.toml"]);
  const dead = (count: number) =>
    eventually(() => hooks("dead"), ({ stdout }) => stdout.endsWith(`${count} dead\n`));
  old.reply("*", ({ action }) => action === "on_close" || action === "on_unpublish" ? { status: 503 } : 0);
  {
    const addresses = ["on_unpublish", "on_close"].map((event) => `${event} = "${old.url()}"`);
    await using server = await ServerProcess.start({ directory, toml: hooksToml(addresses.join("\n")) });
    {
      await using client = await RtmpTestClient.connect({ port: server.port });
      await client.publish("cam");
    }
    await server.waitForLine(/Hook called event=on_unpublish verdict=retry/);
    const listed = await eventually(() => hooks("list"), ({ stdout }) => /^2 due/m.test(stdout));
    assertMatch(
      listed.stdout,
      /^due (\S+-on_unpublish-0) .* next=20\d\d-\S+Z .*\ndue \S+-on_close-0 .* after=\1\n/,
    );
    await server.kill();
  }
  const calls = old.requests.length;
  const toml = `${QUIET_TOML.replace('path = ""', 'path = "outbox.db"')}
[vhost."other.example".http_hooks]
enabled = true
on_unpublish = "${today.url("/unpublished")}"
`;
  await using server = await ServerProcess.start({ directory, toml });
  await server.waitForLine(
    /Hook outbox moved events without an address to the dead letters count=2 cause="no longer configured"/,
  );
  const { stdout } = await dead(2);
  const [, close = ""] = /^dead (\S+-on_close-0) /m.exec(stdout) ?? [];
  const refused = await hooks("replay", close, "--to", today.url("/unpublished"));
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, "no vhost has this address for on_close");
  const dropped = await hooks("drop", close);
  assertEquals([dropped.code, dropped.stdout], [0, "1 dropped\n"]);
  const replayed = await hooks("replay", "--all", "--to", today.url("/unpublished"));
  assertEquals([replayed.code, replayed.stdout], [0, "1 put back\n"]);
  const [unpublish] = await today.waitFor("on_unpublish");
  assertEquals([unpublish?.path, unpublish?.json.stream], ["/unpublished", "cam"]);
  await dead(0);
  assertEquals(old.requests.length, calls);
  await server.stop();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("srs hooks dead and replay bring back what a service had refused", async () => {
  await using receiver = await HookReceiver.start();
  const directory = await Deno.makeTempDir({ prefix: "srs-test-" });
  const url = receiver.url();
  const toml = hooksToml(`on_connect = "${url}"\non_close = "${url}"`);
  receiver.reply("on_close", { status: 403 });
  {
    await using server = await ServerProcess.start({ directory, toml });
    const client = await RtmpTestClient.connect({ port: server.port });
    assertMatch(
      (await runSrsIn(directory, ["hooks", "list", "-c", "srs.toml"])).stdout,
      /^0 due, 1 open, 0 asked, 0 dead$/m,
    );
    await client.close();
    await receiver.waitFor("on_close");
    await server.waitForLine(/Hook called event=on_close verdict=dead/);
    const dead = await eventually(
      () => runSrsIn(directory, ["hooks", "dead", "-c", "srs.toml"]),
      ({ stdout }) => /^1 dead$/m.test(stdout),
    );
    assertMatch(
      dead.stdout,
      /^dead \S+-on_close-0 on_close client=\d+ stream="__defaultVhost__\/live" url=\S+ attempts=1/,
    );

    receiver.reply("on_close", 0);
    const replayed = await runSrsIn(directory, ["hooks", "replay", "--all", "-c", "srs.toml"]);
    assertEquals([replayed.code, replayed.stdout], [0, "1 put back\n"]);
    const [first, second] = await receiver.waitFor("on_close", 2);
    await server.waitForLine(/ Hook outbox delivers what was put back undelivered=1 cut_off_sessions=0$/);
    assertEquals(server.lines.filter((line) => line.includes("earlier process")), []);
    assertEquals(second?.headers["webhook-id"], first?.headers["webhook-id"]);
  }
  const unknown = await runSrsIn(directory, ["hooks", "replay", "nothing", "-c", "srs.toml"]);
  assertEquals(unknown.code, 1);
  assertStringIncludes(unknown.stderr, "Not among the dead calls: nothing");
  await Deno.remove(directory, { recursive: true });
});

/** What `look` says once it is what is waited for: the server's writes reach the file a moment later. */
async function eventually<T>(look: () => Promise<T>, isThere: (value: T) => boolean): Promise<T> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const value = await look();
    if (isThere(value) || performance.now() > deadline) return value;
  }
}
