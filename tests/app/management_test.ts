/**
 * What load balancers and Prometheus get of a running server, and of one that is stopping.
 *
 * @module
 */
import { assertEquals, assertMatch } from "../support/assert.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import { EventClient } from "../support/http/event_client.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { until } from "../support/wait.ts";

function tomlOf(hook: string): string {
  return `listen = "127.0.0.1:0"
http_server.enabled = false
hooks.outbox.path = ""
[http_api]
listen = "127.0.0.1:0"
[exporter]
enabled = true
listen = "127.0.0.1:0"
label = "cn"
[vhost.__defaultVhost__.http_hooks]
enabled = true
timeout = 60
on_close = "${hook}"
`;
}

/** Where one of the listeners is. */
async function originOf(server: ServerProcess, listener: string): Promise<string> {
  const line = await server.waitForLine(new RegExp(`Listening for ${listener} address=`));
  return `http://${line.slice(line.indexOf("address=") + "address=".length)}`;
}

async function get(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const reply = await fetch(url);
  return { status: reply.status, text: await reply.text() };
}

Deno.test("a server that is stopping says so to load balancers, and is watched to its end", async () => {
  await using receiver = await HookReceiver.start();
  await using server = await ServerProcess.start({ toml: tomlOf(receiver.url()) });
  const api = await originOf(server, "the API");
  const exporter = await originOf(server, "Prometheus");
  await using _client = await RtmpTestClient.connect({ port: server.port });

  const ready = await get(`${api}/readyz`);
  assertEquals([ready.status, JSON.parse(ready.text)], [
    200,
    { code: 0, listening: true, outbox: true, draining: false },
  ]);
  const metrics = await get(`${exporter}/metrics`);
  assertEquals(metrics.status, 200);
  assertMatch(metrics.text, /^srs_build_info\{.*label="cn"\} 1$/m);
  assertMatch(metrics.text, /^srs_clients_total 1$/m);
  assertEquals((await get(`${exporter}/api/v1/clients`)).status, 404);

  // The end waits for this answer.
  receiver.reply("on_close", "hang");
  server.signal("SIGTERM");
  await receiver.waitFor("on_close");
  const draining = await get(`${api}/readyz`);
  assertEquals([draining.status, JSON.parse(draining.text)], [
    503,
    { code: 1001, listening: false, outbox: true, draining: true },
  ]);
  assertEquals((await get(`${api}/healthz`)).status, 200);
  assertMatch((await get(`${exporter}/metrics`)).text, /^srs_clients_total 1$/m);
  server.signal("SIGTERM");
  assertEquals((await server.finished).code, 130);
});

Deno.test("a listener of events learns of a recording that is whole", async () => {
  const toml = `listen = "127.0.0.1:0"
http_server.enabled = false
hooks.outbox.path = ""
http_api.listen = "127.0.0.1:0"
[vhost.__defaultVhost__.dvr]
enabled = true
dvr_path = "./rec/[stream].flv"
`;
  await using server = await ServerProcess.start({ toml });
  const port = Number(new URL(await originOf(server, "the API")).port);
  await using listener = await EventClient.listen({ port, query: "?kind=on_dvr" });
  await using publisher = await LivePublisher.publish(server.port, "cam");
  await until(() => publisher.frames > 25);
  await publisher.leave("cam");
  const { kind, data } = await listener.next();
  assertEquals([kind, data["app"], data["stream"], data["file"]], ["on_dvr", "live", "cam", "./rec/cam.flv"]);
  const { size } = await Deno.stat(`${server.directory}/rec/cam.flv`);
  assertEquals([data["bytes"], data["ip"]], [size, undefined]);
});
