/**
 * Attacks on what surrounds the media: hooks, logs, permissions. The server runs as a process, as an operator runs it.
 *
 * @module
 */
import { mediaPermissions } from "../../app/threads/media_permissions.ts";
import { loadConfig } from "../../config/build/load_config.ts";
import { MessageType } from "../../rtmp/wire/message.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertStringIncludes } from "../support/assert.ts";
import { attackTest } from "../support/attacks/attacks.ts";
import { bytes } from "../support/bytes.ts";
import { PlayingPair } from "../support/rtmp/playing_pair.ts";
import { avcKeyFrame } from "../support/stream/media.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { QUIET_TOML, ServerProcess } from "../support/process/server_process.ts";
import { readSourceFiles } from "../support/source_file.ts";
import { fullHeader, nextHeader, unlessEnded } from "./support.ts";

const ROOT = new URL("../../", import.meta.url);

/** How long the server's main thread works during a flood, milliseconds. */
const FLOOD_MS = 3000;
/** What a flood has sent before it counts: more than the server reads at a time. */
const FULL_BYTES = 1024 * 1024;
/** Of an honest pair that waits for each frame before it sends the next; undisturbed it has hundreds a second. */
const LEAST_FRAMES = 15;

/** How long the main thread of a process has been on a core, milliseconds: proc(5), `/proc/pid/schedstat`. */
async function workedMs(pid: number): Promise<number> {
  const [nanoseconds] = (await Deno.readTextFile(`/proc/${pid}/schedstat`)).split(" ");
  return Number(nanoseconds) / 1e6;
}

function hooked(receiver: HookReceiver): string {
  const events = ["on_connect", "on_publish", "on_play", "on_close", "on_unpublish", "on_stop"];
  const lines = events.map((event) => `${event} = "${receiver.url(`/${event}`)}"`);
  return `${QUIET_TOML}[vhost.__defaultVhost__.http_hooks]\nenabled = true\n${lines.join("\n")}\n`;
}

attackTest(21, "a redirect is not followed, and counts as no answer", async () => {
  await using receiver = await HookReceiver.start();
  await using trap = await HookReceiver.start();
  receiver.reply("on_publish", { status: 302, headers: { Location: trap.url("/internal") }, body: "0" });
  await using server = await ServerProcess.start({ toml: hooked(receiver) });
  await using client = await RtmpTestClient.connect({ port: server.port });
  assertEquals((await client.publish("livestream")).code, "NetStream.Publish.Rejected");
  assertEquals(trap.requests, []);
});

attackTest(21, "no text of a client gets into an address that is called", async () => {
  await using receiver = await HookReceiver.start();
  await using server = await ServerProcess.start({ toml: hooked(receiver) });
  const tcUrl = `rtmp://127.0.0.1/live?x=/../../admin&url=http://evil.test/`;
  await using client = await RtmpTestClient.connect({
    port: server.port,
    tcUrl,
    extras: { pageUrl: "http://evil.test/%0d%0aHost:x", swfUrl: "file:///etc/passwd" },
  });
  await client.publish("stream@evil.test?a=/%2e%2e/&b=\r\nX-Evil: 1");
  await receiver.waitFor("on_publish");
  assertEquals(receiver.requests.map(({ path }) => path), ["/on_connect", "/on_publish"]);
  assert(
    receiver.requests.every(({ headers }) => headers["x-evil"] === undefined),
  );
});

attackTest(22, "one event is one line, and no line is what a client wrote", async () => {
  await using server = await ServerProcess.start();
  const forged = "x\n[2026-01-01 00:00:00.000][error][1] forged \x1b[2J\u2028line\r";
  await using client = await RtmpTestClient.connect({
    port: server.port,
    extras: { pageUrl: forged, flashVer: forged, swfUrl: forged },
  });
  await client.publish(`livestream?p=${forged}`);
  await client.streamCommand(forged);
  await client.close();
  await server.waitForLine(/Connection ended|Publish ended/);
  await server.stop();
  const log = server.lines.join("\n");
  assert(!server.lines.some((line) => /^\[2026-01-01/.test(line)), log);
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]/.test(log), log);
  const started = server.lines.findIndex((line) => line.includes("Started"));
  for (const line of server.lines.slice(started)) {
    assert(/^\[\d{4}-\d\d-\d\d [\d:.]+\]\[\w+\]/.test(line), line);
  }
});

attackTest(22, "credentials of an address reach the hooks and never the log", async () => {
  await using receiver = await HookReceiver.start();
  await using server = await ServerProcess.start({ toml: hooked(receiver) });
  const secrets = ["pass0rd-one", "tok3n-two", "k3y-three", "s1gn-four", "s3cret-five", "us3r-six"];
  const [password, token, key, sign, secret, user] = secrets;
  const tcUrl = `rtmp://${user}:${password}@127.0.0.1/live?token=${token}`;
  await using client = await RtmpTestClient.connect({
    port: server.port,
    tcUrl,
    extras: { pageUrl: `https://tv.test/?secret=${secret}`, swfUrl: `https://tv.test/?password=${password}` },
  });
  await client.publish(`livestream?key=${key}&sign=${sign}`);
  const [connected] = await receiver.waitFor("on_connect");
  const [published] = await receiver.waitFor("on_publish");
  assertEquals(connected?.json.tcUrl, tcUrl);
  assertEquals(connected?.json.pageUrl, `https://tv.test/?secret=${secret}`);
  assertEquals(published?.json.param, `?token=${token}&key=${key}&sign=${sign}`);
  assertEquals(published?.json.stream, "livestream");
  await using bad = await RtmpTestClient.connect({ port: server.port, tcUrl });
  await bad.publish(`..?key=${key}`);
  await using worse = await RtmpTestClient.open({ port: server.port });
  const badPort = `rtmp://${user}:${password}@:bad/?token=${token}`;
  await worse.connectApp({ port: server.port, tcUrl: badPort });
  await client.leave("livestream");
  await receiver.waitFor("on_close");
  await server.stop();
  const log = server.lines.join("\n");
  assertStringIncludes(log, "Connect accepted");
  for (const text of secrets) assert(!log.includes(text), `${text} is in the log:\n${log}`);
});

attackTest(24, "the hook server and the whole product have no way to start a program", async () => {
  const files = (await readSourceFiles(ROOT)).filter(({ path }) => !/^(?:tests|tools)\//.test(path));
  assert(files.some(({ path }) => path === "hooks/tools/hook_server.ts"));
  const starts = files.filter(({ code }) =>
    /\bDeno\.(?:Command|run|dlopen)\b|\beval\s*\(|\bnew\s+Function\b/.test(code)
  );
  assertEquals(starts.map(({ path }) => path), []);
  const modules = files.flatMap(({ imports }) => imports.map(({ specifier }) => specifier));
  assertEquals(
    modules.filter((name) => /^node:(?:child_process|cluster|vm|worker_threads|dgram)/.test(name)),
    [],
  );
});

attackTest(25, "by default the API listens on loopback alone", () => {
  const { http } = loadConfig({ env: {}, version: "", serverId: "" }).config;
  const addresses = http.api.listen.map(({ hostname }) => hostname);
  assertEquals(new Set(addresses), new Set(["127.0.0.1"]));
});

attackTest(
  26,
  "the compiled file has no permission to start programs, load libraries or import code",
  async () => {
    const compile = await Deno.readTextFile(new URL("tools/permission_flags.ts", ROOT));
    const flags = [...compile.matchAll(/"(--allow-[\w-]+(?:=[\w,]+)?|-A|--no-prompt)"/g)].map(([, flag]) =>
      flag
    );
    assertEquals(flags.toSorted(), [
      "--allow-env",
      "--allow-net",
      "--allow-read",
      "--allow-sys=uid,networkInterfaces,cpus,loadavg,osUptime,statfs,systemMemoryInfo",
      "--allow-write",
      "--no-prompt",
    ]);
  },
);

attackTest(
  26,
  "a media thread has permission for the network, to read files and to write recordings, and for nothing else",
  async () => {
    const threads = (await readSourceFiles(ROOT)).filter(({ path, code }) =>
      path.startsWith("app/threads/") && /\bnew Worker\(/.test(code)
    );
    assertEquals(threads.map(({ path }) => path), ["app/threads/media_thread.ts"]);
    assert(threads.every(({ code }) => code.includes("deno: { permissions }")));
    const sys: ("statfs" | "networkInterfaces")[] = ["statfs", "networkInterfaces"];
    const closed = { env: false, run: false, ffi: false, sys, import: false };
    const { vhosts } = loadConfig({ env: {}, version: "", serverId: "" }).config.rtmp;
    const folder = "./objs/nginx/html";
    assertEquals(mediaPermissions(vhosts), { net: true, read: true, write: [folder], ...closed });
    const recorded = Array.from(vhosts, ([name, vhost]) => {
      const dvr = { ...vhost.dvr, path: "/rec/[app]/[stream].flv" };
      return [name, { ...vhost, dvr }] as const;
    });
    const permissions = mediaPermissions(new Map(recorded));
    assertEquals(permissions, { net: true, read: true, write: ["/rec"], ...closed });
  },
);

for (const workers of [1, 2]) {
  attackTest(
    27,
    `a process with workers = ${workers} has no fault of its own, whatever is sent`,
    async () => {
      // A fault would fail the test when the server ends.
      await using server = await ServerProcess.start({ toml: `workers = ${workers}\n${QUIET_TOML}` });
      await using publisher = await RtmpTestClient.connect({ port: server.port });
      await publisher.publish("honest");
      await using player = await RtmpTestClient.connect({ port: server.port });
      await player.play("honest");
      for (let i = 0; i < 60; i++) {
        await using client = await RtmpTestClient.open({ port: server.port });
        if (i % 2 === 0) await client.connectApp({ port: server.port });
        if (i % 4 === 0) await client.publish(`noise${i}`);
        for (let typeId = i; typeId < 60; typeId += 7) {
          const payload = crypto.getRandomValues(new Uint8Array(i));
          // As bytes: an encoder of our own would not write what is malformed.
          const header = fullHeader({ chunkStreamId: 8, length: payload.length, typeId, timestamp: i });
          await unlessEnded(client.sendBytes(bytes(header, payload)));
        }
      }
      const frame = avcKeyFrame({ size: 3000 });
      await publisher.sendVideo(frame, 0);
      assertEquals((await player.waitFor(({ typeId }) => typeId === MessageType.Video)).payload, frame);
    },
  );
}

attackTest(13, "key frames of five bytes, without end, hold nobody up", async () => {
  // The honest publisher rests until its frame has come, which on a busy machine takes what it takes.
  const publish = "[vhost.__defaultVhost__.publish]\nnormal_timeout = 120000\n";
  const toml = `${QUIET_TOML}[vhost.__defaultVhost__]\nmin_latency = true\n${publish}`;
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await ServerProcess.start({ toml }));
  const client = async () => stack.use(await RtmpTestClient.connect({ port: server.port }));
  const honest = await PlayingPair.start({ client });
  const keyFrame = [0x17, 1, 0, 0, 0];
  const header = fullHeader({ chunkStreamId: 6, length: keyFrame.length });
  const flood = bytes(...Array.from({ length: 10_000 }, () => [nextHeader(6), ...keyFrame]));
  let flooding = true;
  const isFlooding = (): boolean => flooding;
  const flooders = await Promise.all([1, 2, 3].map(async (number) => {
    const publisher = await client();
    await publisher.publish(`flood${number}`);
    await publisher.sendBytes(bytes(header, keyFrame));
    // From here on there is always something to read.
    for (let sent = 0; sent < FULL_BYTES; sent += flood.length) await publisher.sendBytes(flood);
    return publisher;
  }));
  const floods = flooders.map(async (publisher) => {
    while (isFlooding()) await publisher.sendBytes(flood).catch(() => flooding = false);
  });
  // The server's own time, not that of the clock: other programs on its cores take turns too.
  const fromMs = await workedMs(server.pid);
  let frames = 0;
  for (; await workedMs(server.pid) - fromMs < FLOOD_MS; frames++) await honest.check();
  flooding = false;
  await Promise.all(floods);
  assertGreaterOrEqual(frames, LEAST_FRAMES);
});
