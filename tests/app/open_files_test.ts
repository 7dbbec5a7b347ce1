/**
 * The limit of open files against what the configuration permits.
 *
 * @module
 */
import { fileNeeds, openFilesWarning } from "../../app/open_files.ts";
import { loadConfig } from "../../config/mod.ts";
import { assert, assertEquals, assertMatch } from "../support/assert.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { QUIET_TOML, ServerProcess } from "../support/process/server_process.ts";

const API_TOML = QUIET_TOML.replace("enabled = false", 'listen = "127.0.0.1:0"');
const WARNING = /\[warn\]\[-\] max_connections = \d+ needs up to \d+ open files/;

function needsOf(text: string): ReturnType<typeof fileNeeds> {
  const { config } = loadConfig({ text, file: "a.toml", env: {}, version: "1.2.3", serverId: "vid-0000000" });
  return fileNeeds(config);
}

Deno.test("fileNeeds() counts connections, players, API, threads, and the calls to each origin once", () => {
  const hooks = (name: string, url: string, calls: number) =>
    `[vhost."${name}".http_hooks]\nenabled = true\nmax_concurrency = ${calls}\non_publish = "${url}"\non_play = "${url}x"\n`;
  assertEquals(needsOf("http_api.enabled = false\nmax_connections = 5\n"), {
    connections: 5,
    others: 64 + 5,
  });
  assertEquals(needsOf("workers = 3\n"), { connections: 1000, others: 64 + 32 + 100 + 1000 });
  const two = hooks("a", "http://127.0.0.1:8085/", 10) + hooks("b", "http://127.0.0.1:8085/", 20) +
    hooks("c", "http://127.0.0.1:8086/", 30);
  assertEquals(needsOf(two).others, 64 + 100 + 1000 + 20 + 30);
});

Deno.test("openFilesWarning() names the number that fits and the limit that would", () => {
  const needs = { connections: 1000, others: 164 };
  assertEquals(openFilesWarning(needs, 1164), undefined);
  assertMatch(
    openFilesWarning(needs, 1000) ?? "",
    /^max_connections = 1000 needs up to 1164 open files .* may open 1000: set max_connections to 836 or less, or raise the limit to 2048 \(LimitNOFILE=2048 in systemd, ulimit -n 2048 in a shell/,
  );
  assertMatch(openFilesWarning(needs, 100) ?? "", /may open 100: raise the limit to 2048 \(/);
});

/** A server that may have 300 files open. */
function start(top: string): Promise<ServerProcess> {
  const wrapper = ["sh", "-c", 'ulimit -n 300; exec "$@"', "sh"];
  return ServerProcess.start({ toml: `${top}\n${API_TOML}`, wrapper });
}

Deno.test("srs warns of max_connections above the limit of open files, and serves as many as it says fit", async () => {
  const tooMany = await start("max_connections = 1000");
  const line = await tooMany.waitForLine(WARNING);
  await tooMany.stop();
  const fitting = Number(/set max_connections to (\d+) or less/.exec(line)?.[1]);
  assert(fitting > 50 && fitting < 250, line);
  await using server = await start(`max_connections = ${fitting}`);
  await using clients = new AsyncDisposableStack();
  for (let i = 0; i < fitting; i++) clients.use(await RtmpTestClient.connect({ port: server.port }));
  const api = /address=(\S+)/.exec(await server.waitForLine(/Listening for the API address=/))?.[1];
  assertEquals((await (await fetch(`http://${api}/api/v1/versions`)).json()).code, 0);
  assert(!server.lines.some((line) => WARNING.test(line) || /open files/.test(line)));
});
