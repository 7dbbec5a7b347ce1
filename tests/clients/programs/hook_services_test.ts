/**
 * The services of docs/HOOKS.md at work: a server whose hooks they are, ffmpeg as publisher and player.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { ExampleService } from "../../support/hooks/example_service.ts";
import { type MediaTools, mediaTools, ToolProcess } from "../../support/process/ffmpeg.ts";
import { ServerProcess } from "../../support/process/server_process.ts";
import { probePackets, publishStream } from "../../support/stream/test_stream.ts";
import { temporaryDirectory } from "../../support/temporary_directory.ts";
import { until } from "../../support/wait.ts";

const GOP = { gopSeconds: 1 };

/** The configuration that the document shows for a service, on ports of the system's choice. */
function tomlOf(service: ExampleService, events: readonly string[]): string {
  return [
    'listen = "127.0.0.1:0"',
    "[http_api]",
    "enabled = false",
    "[http_server]",
    "enabled = false",
    "[vhost.__defaultVhost__.http_hooks]",
    "enabled = true",
    ...events.map((event) => `${event} = "${service.url}"`),
  ].join("\n");
}

/** Play until it is stopped; nothing is kept. */
function play({ ffmpeg }: MediaTools, url: string): ToolProcess {
  return ToolProcess.start(ffmpeg, ["-v", "error", "-i", url, "-c", "copy", "-f", "null", "-"], {
    timeoutMs: 150_000,
  });
}

Deno.test("token_check.mjs lets clients in that have the token of the stream", async () => {
  await using directory = await temporaryDirectory();
  await using service = await ExampleService.start("token_check.mjs", directory.path);
  await using server = await ServerProcess.start({ toml: tomlOf(service, ["on_publish", "on_play"]) });
  const tools = await mediaTools();
  const url = (query: string) => server.rtmpUrl(`live/livestream${query}`);
  for (const query of ["", "?token=play-b07d4a", "?token="]) {
    const { code, stderr } = await publishStream(tools, url(query), GOP).result;
    assert(code !== 0);
    assertStringIncludes(stderr, "This stream needs its token");
  }
  await using _publisher = publishStream(tools, url("?token=publish-3c9e51"), GOP);
  await server.waitForLine(/Stream format url=\/live\/livestream/);
  assert((await probePackets(tools, url("?token=play-b07d4a"), 1)).length > 25);
  await using refused = play(tools, url("?token=publish-3c9e51"));
  assert((await refused.result).code !== 0);
});

Deno.test("stream_keys.py makes a public name of a secret key", async () => {
  await using directory = await temporaryDirectory();
  await using service = await ExampleService.start("stream_keys.py", directory.path);
  await using server = await ServerProcess.start({ toml: tomlOf(service, ["on_publish"]) });
  const tools = await mediaTools();
  const { stderr } = await publishStream(tools, server.rtmpUrl("live/alice"), GOP).result;
  assertStringIncludes(stderr, "Unknown stream key");
  await using _publisher = publishStream(tools, server.rtmpUrl("live/sk-4f1d9c7730"), GOP);
  await server.waitForLine(/Stream format url=\/live\/alice /);
  assert((await probePackets(tools, server.rtmpUrl("live/alice"), 1)).length > 25);
  await using other = publishStream(tools, server.rtmpUrl("live/sk-b82e07a1d5"), GOP);
  await server.waitForLine(/Stream format url=\/live\/bob /);
  await other.stop();
});

Deno.test("viewer_count.py counts viewers, over a crash of the server", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/viewers.db`;
  await using service = await ExampleService.start("viewer_count.py", directory.path, { args: [file] });
  const options = { toml: tomlOf(service, ["on_play", "on_stop"]), directory: directory.path };
  const tools = await mediaTools();
  await using server = await ServerProcess.start(options);
  await using _publisher = publishStream(tools, server.rtmpUrl("live/livestream"), GOP);
  await server.waitForLine(/Stream format url=\/live\/livestream/);
  const playing = async () => {
    const from = server.lines.length;
    const player = play(tools, server.rtmpUrl("live/livestream"));
    await server.waitForLine(/Play accepted/, { from });
    return player;
  };
  await using first = await playing();
  await using _second = await playing();
  assertEquals(await service.shown(), { "/live/livestream": 2 });
  await first.stop();
  await server.waitForLine(/Hook called event=on_stop verdict=delivered/);
  assertEquals(await service.shown(), { "/live/livestream": 1 });

  await server.kill();
  assertEquals(await service.shown(), { "/live/livestream": 1 });
  await using _again = await ServerProcess.start(options);
  // The ending before the crash may come once more first.
  await until(async () => JSON.stringify(await service.shown()) === "{}");
});
