/**
 * An origin, an edge on two threads and a third server as processes: ffmpeg publishes at the origin, players of all
 * protocols watch at the edge through one pull and stay when the origin is killed, a publish at the edge reaches the
 * origin, and the origin forwards what it has.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { FlvClient } from "../support/http/flv_client.ts";
import { asBody, type Body } from "../support/http/api_harness.ts";
import { type MediaTools, mediaTools, ToolProcess } from "../support/process/ffmpeg.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import { GapPlayer, LivePublisher } from "../support/rtmp/live_client.ts";
import { probeStreams } from "../support/stream/test_stream.ts";
import { until } from "../support/wait.ts";

const SECRET = "a-secret-of-this-test";
const KEY = "a-key-of-a-platform";
const CLUSTER = `[cluster]\nsecret = "${SECRET}"\nrelay_allow = "127.0.0.1"\n[hooks.outbox]\npath = ""\n`;

function origin(port: number, third: number): string {
  return `listen = "127.0.0.1:${port}"
${CLUSTER}[http_api]
listen = "127.0.0.1:0"
[http_server]
enabled = false
[vhost.__defaultVhost__.forward]
enabled = true
destination = ["127.0.0.1:${third}"]
`;
}

function edge(originPort: number): string {
  return `listen = "127.0.0.1:0"
workers = 2
${CLUSTER}[http_api]
listen = "127.0.0.1:0"
[http_server]
listen = "127.0.0.1:0"
[vhost.__defaultVhost__.cluster]
mode = "remote"
origin = "127.0.0.1:${originPort}"
`;
}

/** Sound and pictures, 320 x 180, a key frame each second. */
function publish({ ffmpeg }: MediaTools, url: string): ToolProcess {
  return ToolProcess.start(ffmpeg, [
    ...["-v", "error", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25"],
    ...["-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac"],
    ...["-f", "flv", url],
  ], { timeoutMs: 150_000 });
}

async function address(server: ServerProcess, what: RegExp): Promise<string> {
  return /address=(\S+)/.exec(await server.waitForLine(what))?.[1] ?? "";
}

async function ask(api: string, path: string, init: RequestInit = {}): Promise<Body> {
  return asBody(await (await fetch(`http://${api}/api/v1${path}`, init)).json());
}

async function listed(api: string, list: string): Promise<readonly Body[]> {
  const members = (await ask(api, `/${list}`))[list];
  assert(Array.isArray(members));
  return members.map(asBody);
}

/** A viewer of HLS, by the paths that its first list has. */
class HlsViewer {
  readonly #list: URL;

  private constructor(list: URL) {
    this.#list = list;
  }

  static async open(http: string, name: string): Promise<HlsViewer> {
    const first = new URL(`http://${http}/live/${name}.m3u8`);
    const master = await (await fetch(first)).text();
    return new HlsViewer(new URL(master.trim().split("\n").at(-1) ?? "", first));
  }

  /** The newest segment's name, once it is there whole. */
  async newest(): Promise<string | undefined> {
    const list = await (await fetch(this.#list)).text();
    const name = list.split("\n").findLast((line) => line !== "" && !line.startsWith("#"));
    if (name === undefined) return undefined;
    const response = await fetch(new URL(name, this.#list));
    const { byteLength } = await response.arrayBuffer();
    return response.ok && byteLength > 0 ? name : undefined;
  }
}

Deno.test("an edge on two threads pulls once for players of all protocols, who stay when the origin is killed; a publish reaches the origin, and what it has is forwarded", async () => {
  const tools = await mediaTools();
  await using third = await ServerProcess.start();
  const first = await ServerProcess.start({ toml: origin(0, third.port) });
  await using edgeServer = await ServerProcess.start({ toml: edge(first.port) });
  const http = await address(edgeServer, /Listening for players by HTTP/);
  const api = await address(first, /Listening for the API/);
  const publisher = publish(tools, first.rtmpUrl("live/cam"));
  await first.waitForLine(/Stream format url=\/live\/cam/);

  await using players = new AsyncDisposableStack();
  const rtmp = await Promise.all(
    Array.from({ length: 4 }, async () => players.use(await GapPlayer.play(edgeServer.port, "cam"))),
  );
  const flv = players.use(await FlvClient.open({ port: Number(http.split(":")[1]), path: "/live/cam.flv" }));
  const hls = await HlsViewer.open(http, "cam");
  await until(() => rtmp.every(({ frames }) => frames > 25) && pictures(flv) > 25);
  await until(async () => await hls.newest() !== undefined);
  assertEquals(await probeStreams(tools, edgeServer.rtmpUrl("live/cam")), [
    "aac,audio",
    "h264,video,320,180",
  ]);

  // One of them plays for all of the edge.
  const pulls = (await listed(api, "clients")).filter(({ publish }) => publish === false);
  assertEquals(pulls.length, 1);
  await using _camera = await LivePublisher.publish(edgeServer.port, "door");
  await first.waitForLine(/Stream format url=\/live\/door/);
  for (const name of ["cam", "door"]) await third.waitForLine(new RegExp(`Stream format url=/live/${name}`));

  await checkForwards(await address(edgeServer, /Listening for the API/), third);
  const told = edgeServer.lines.filter((line) => line.includes(KEY));
  assertEquals(told, [], "a key in the log");

  const segment = await hls.newest();
  const port = first.port;
  await first.kill();
  await publisher.kill();
  await edgeServer.waitForLine(/Pull failed/);
  const before = [...rtmp.map(({ frames }) => frames), pictures(flv)];
  await using back = await ServerProcess.start({ toml: origin(port, third.port) });
  await using _again = publish(tools, back.rtmpUrl("live/cam"));
  const now = () => [...rtmp.map(({ frames }) => frames), pictures(flv)];
  await until(() => now().every((count, i) => count > (before[i] ?? 0) + 25));
  await until(async () => {
    const newest = await hls.newest();
    return newest !== undefined && newest !== segment;
  });
  // The publisher at the edge does not connect again: its one connection is pushed once more.
  await back.waitForLine(/Stream format url=\/live\/door/);
});

/** The camera's stream of the edge, whose publisher is on one of two threads, and forwards of it by the API. */
async function checkForwards(api: string, third: ServerProcess): Promise<void> {
  const door = (await listed(api, "streams")).find(({ name }) => name === "door");
  const path = `/streams/${door?.["id"]}/forwards`;
  const add = (url: string) =>
    ask(api, path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ url }),
    });
  const list = async () => {
    const { forwards } = await ask(api, path);
    assert(Array.isArray(forwards));
    return forwards.map(asBody);
  };
  const target = `rtmp://127.0.0.1:${third.port}/platform/${KEY}`;
  assertEquals((await add(target)).code, 0);
  assertEquals((await add(target)).code, 4918, "twice to one target");
  assertEquals((await add("http://127.0.0.1/live/x")).code, 4918);
  // Nothing listens there.
  assertEquals((await add("rtmp://127.0.0.1:1/live/[stream]")).code, 0);
  await third.waitForLine(/Stream format url=\/platform/);
  await until(async () => (await list()).some(({ state, kbps }) => state === "live" && Number(kbps) > 0));
  await until(async () => (await list()).some(({ state, error }) => state === "waiting" && error !== null));
  const forwards = await list();
  assertEquals(forwards.map(({ url }) => url), [
    `rtmp://127.0.0.1:${third.port}/platform/***`,
    "rtmp://127.0.0.1:1/live/***",
  ]);
  for (const { id } of forwards) {
    assertEquals((await ask(api, `${path}/${id}`, { method: "DELETE" })).code, 0);
  }
  assertEquals((await ask(api, `${path}/${forwards[0]?.["id"]}`, { method: "DELETE" })).code, 4917);
  assertEquals(await list(), []);
  await third.waitForLine(/Publish ended url=\/platform/);
}

function pictures({ tags }: FlvClient): number {
  return tags.items.filter(({ typeId }) => typeId === 9).length;
}
