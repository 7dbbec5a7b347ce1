/**
 * ffmpeg publishes and plays while the default hook server gets its requests and notifications.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "../support/assert.ts";
import { mediaTools } from "../support/process/ffmpeg.ts";
import { QUIET_TOML, ServerProcess, srsCommand } from "../support/process/server_process.ts";
import { probePackets, publishStream } from "../support/stream/test_stream.ts";

const STREAM_SEEN = /\[trace\]\[\d+\] Stream format url=\/live\/livestream video=H264/;

/** The default hook server as a process; its lines. */
async function withHookServer(
  args: readonly string[],
  run: (url: string, lines: () => string) => Promise<void>,
): Promise<void> {
  const { program, args: first } = srsCommand();
  const command = new Deno.Command(program, {
    args: [...first, "hooks", "serve", "0", ...args],
    stdin: "null",
    stdout: "piped",
  });
  const child = command.spawn();
  let printed = "";
  const listening = Promise.withResolvers<string>();
  const read = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      printed += text;
      const port = /listen at port: (\d+),/.exec(printed)?.[1];
      if (port !== undefined) listening.resolve(`http://127.0.0.1:${port}/api/v1`);
    }
    listening.reject(new Error(`The hook server ended: ${printed}`));
  })();
  try {
    await run(await listening.promise, () => printed);
  } finally {
    child.kill("SIGTERM");
    await Promise.allSettled([read, listening.promise]);
    assertEquals((await child.status).code, 0);
  }
}

function hooksToml(url: string): string {
  return `${QUIET_TOML}
[vhost.__defaultVhost__.http_hooks]
enabled = true
on_connect = "${url}/clients"
on_close = "${url}/clients"
on_publish = "${url}/streams"
on_unpublish = "${url}/streams"
on_play = "${url}/sessions"
on_stop = "${url}/sessions"
`;
}

Deno.test("the default hook server gets requests and notifications about a publisher and a player", () =>
  withHookServer([], async (url, printed) => {
    const tools = await mediaTools();
    await using server = await ServerProcess.start({ toml: hooksToml(url) });
    const publisher = publishStream(tools, `${server.rtmpUrl()}?token=hello`, { gopSeconds: 1 });
    await server.waitForLine(STREAM_SEEN);
    await probePackets(tools, server.rtmpUrl(), 1);
    await publisher.stop();
    await server.stop();

    const lines = printed().split("\n").flatMap((line) =>
      /srs (on_\w+: client id=\d+)/.exec(line)?.[1] ?? []
    );
    const ofClient = (id: string) =>
      lines.filter((line) => line.endsWith(`=${id}`)).map((line) => line.split(":")[0]);
    const [publisherId] = lines.filter((line) => line.startsWith("on_publish")).map((line) =>
      line.split("=")[1] ?? ""
    );
    const [playerId] = lines.filter((line) => line.startsWith("on_play")).map((line) =>
      line.split("=")[1] ?? ""
    );
    assertEquals(ofClient(publisherId ?? ""), ["on_connect", "on_publish", "on_unpublish", "on_close"]);
    assertEquals(ofClient(playerId ?? ""), ["on_connect", "on_play", "on_stop", "on_close"]);
    assertStringIncludes(printed(), '"param":"?token=hello"');
    assert(!server.lines.some((line) => line.includes("hello")), "the server's log shows the token");
  }));

Deno.test("ffmpeg prints why it was refused", () =>
  withHookServer(["--deny", "on_publish", "--json"], async (url) => {
    const tools = await mediaTools();
    await using server = await ServerProcess.start({ toml: hooksToml(url) });
    const { code, stderr } = await publishStream(tools, server.rtmpUrl(), { gopSeconds: 1 }).result;
    assert(code !== 0);
    assertStringIncludes(stderr, "on_publish is denied");
  }));
