/**
 * ffmpeg publishes to the server as a process and plays from it; the default hook server is asked.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../support/assert.ts";
import { type MediaTools, mediaTools, runTool, ToolProcess } from "../support/ffmpeg.ts";
import { QUIET_TOML, ServerProcess, srsCommand } from "../support/server_process.ts";

const STREAM_SEEN = /\[trace\]\[\d+\] stream url=\/live\/livestream video=h264/;
const PLAY_SECONDS = 5;
const FRAME_RATE = 25;

/** Publish a generated 720p picture with a tone, in real time. */
function publish(tools: MediaTools, url: string, options: { readonly gopSeconds: number }): ToolProcess {
  return ToolProcess.start(tools.ffmpeg, [
    ...["-v", "error", "-re", "-f", "lavfi", "-i", `testsrc2=size=1280x720:rate=${FRAME_RATE}`],
    ...["-re", "-f", "lavfi", "-i", "sine=frequency=440"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", String(FRAME_RATE * options.gopSeconds)],
    ...["-sc_threshold", "0", "-pix_fmt", "yuv420p", "-c:a", "aac", "-t", "60", "-f", "flv", url],
  ], { timeoutMs: 90_000 });
}

/** Packets of `seconds` as `codec_type,pts_time,dts_time,flags`. */
async function packets(tools: MediaTools, url: string, seconds: number): Promise<string[][]> {
  const { stdout, stderr, code } = await runTool(tools.ffprobe, [
    ...["-v", "error", "-read_intervals", `%+${seconds}`, "-of", "csv=p=0"],
    ...["-show_entries", "packet=codec_type,pts_time,dts_time,flags", url],
  ]);
  assertEquals(code, 0, stderr);
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => line.split(","));
}

Deno.test("ffmpeg publishes, and others play it whole, in order and without an error", async () => {
  const tools = await mediaTools();
  await using server = await ServerProcess.start();
  await using _publisher = publish(tools, server.rtmpUrl(), { gopSeconds: 2 });
  await server.waitForLine(STREAM_SEEN);

  const [played, found, streams] = await Promise.all([
    runTool(tools.ffmpeg, [
      ...["-v", "error", "-xerror", "-i", server.rtmpUrl(), "-t", String(PLAY_SECONDS)],
      ...["-map", "0:v", "-map", "0:a", "-fps_mode", "passthrough", "-f", "null", "-"],
    ]),
    packets(tools, server.rtmpUrl(), PLAY_SECONDS),
    runTool(tools.ffprobe, [
      "-v",
      "error",
      "-show_entries",
      "stream=codec_name",
      "-of",
      "csv=p=0",
      server.rtmpUrl(),
    ]),
  ]);
  assertEquals({ code: played.code, stderr: played.stderr }, { code: 0, stderr: "" });
  assertMatch(new TextDecoder().decode(streams.stdout), /^h264$/m);
  assertMatch(new TextDecoder().decode(streams.stdout), /^aac$/m);

  for (const type of ["video", "audio"]) {
    const times = found.filter(([kind]) => kind === type).map((packet) => Number(packet[2]));
    assert(times.length > PLAY_SECONDS * 10, `only ${times.length} ${type} packets`);
    assertEquals(times, [...times].sort((a, b) => a - b), `${type} goes back in time`);
  }
  const video = found.filter(([kind]) => kind === "video");
  assertStringIncludes(video[0]?.[3] ?? "", "K");
  const gopFrames = 2 * FRAME_RATE;
  assert(Math.abs(video.length - PLAY_SECONDS * FRAME_RATE) <= gopFrames, `${video.length} frames`);
});

Deno.test("a player that joins in the middle of a long GOP gets its key frame at once", async () => {
  const tools = await mediaTools();
  await using server = await ServerProcess.start();
  await using _publisher = publish(tools, server.rtmpUrl(), { gopSeconds: 30 });
  await server.waitForLine(STREAM_SEEN);
  const started = performance.now();
  const [first] = (await packets(tools, server.rtmpUrl(), 0.1)).filter(([kind]) => kind === "video");
  assertStringIncludes(first?.[3] ?? "", "K");
  assert(performance.now() - started < 15_000, "the key frame came with the next GOP");
});

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

Deno.test("the default hook server is asked and told about a publisher and a player", () =>
  withHookServer([], async (url, printed) => {
    const tools = await mediaTools();
    await using server = await ServerProcess.start({ toml: hooksToml(url) });
    const publisher = publish(tools, `${server.rtmpUrl()}?token=hello`, { gopSeconds: 1 });
    await server.waitForLine(STREAM_SEEN);
    await packets(tools, server.rtmpUrl(), 1);
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
    const { code, stderr } = await publish(tools, server.rtmpUrl(), { gopSeconds: 1 }).result;
    assert(code !== 0);
    assertStringIncludes(stderr, "on_publish is denied");
  }));
