/**
 * A server as a process that is drained: by a signal, by the API, on one thread and on two.
 *
 * @module
 */
import { Amf0Object } from "../../rtmp/wire/amf0.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "../support/assert.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import { runSrsIn, ServerProcess } from "../support/process/server_process.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { GapPlayer, LivePublisher } from "../support/rtmp/live_client.ts";
import { until } from "../support/wait.ts";

const RECONNECT = "NetConnection.Connect.ReconnectRequest";

/** A port that is free now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.transport === "tcp" ? listener.addr.port : 0;
}

interface Drained {
  readonly server: ServerProcess;
  readonly receiver: HookReceiver;
  readonly api: string;
}

/** A server that reports to a service, with an API. */
async function withServer(top: string, run: (drained: Drained) => Promise<void>): Promise<void> {
  await using receiver = await HookReceiver.start();
  const port = freePort();
  const toml = `${top}
listen = "127.0.0.1:0"
http_server.enabled = false
http_api.listen = "127.0.0.1:${port}"
[vhost.__defaultVhost__.http_hooks]
enabled = true
on_publish = "${receiver.url()}"
on_unpublish = "${receiver.url()}"
on_play = "${receiver.url()}"
on_stop = "${receiver.url()}"
`;
  await using server = await ServerProcess.start({ toml });
  await run({ server, receiver, api: `http://127.0.0.1:${port}` });
}

async function draining(api: string): Promise<unknown> {
  return (await (await fetch(`${api}/api/v1/summaries`)).json()).data.draining;
}

for (const workers of [1, 2]) {
  Deno.test(`srs drains at SIGQUIT with ${workers} threads: nobody new, requests to reconnect, the end with the last`, () =>
    withServer(`workers = ${workers}`, async ({ server, receiver, api }) => {
      await using plain = await LivePublisher.publish(server.port, "livestream");
      await using willing = await RtmpTestClient.connect({ port: server.port, extras: { capsEx: 1 } });
      await willing.publish("other");
      await using player = await GapPlayer.play(server.port, "livestream");
      await until(() => player.frames > 0);
      assertEquals([await draining(api), (await fetch(`${api}/readyz`)).status], [false, 200]);
      server.signal("SIGQUIT");
      await server.waitForLine(/\[trace\]\[-\] Draining by=SIGQUIT grace_ms=0/);
      const info = (await willing.waitForCommand("onStatus")).args.find((arg) => arg instanceof Amf0Object);
      assertEquals(info?.get("code"), RECONNECT);
      await until(async () => {
        const refused = await Deno.connect({ port: server.port }).then(
          (conn) => conn.close(),
          () => "refused",
        );
        return refused === "refused";
      });
      assertEquals([await draining(api), (await fetch(`${api}/readyz`)).status], [true, 503]);
      const before = player.frames;
      await until(() => player.frames > before + 10);
      await until(async () => (await (await fetch(`${api}/api/v1/drain`)).json()).drain.connections === 3);
      await willing.close();
      await player[Symbol.asyncDispose]();
      await plain.leave("livestream");
      await plain.client.close();
      assertEquals(await server.finished, { code: 0, signal: null });
      await server.waitForLine(/\] Drained ms=\d+ connections=0/);
      await receiver.waitFor("on_unpublish", 2);
      await receiver.waitFor("on_stop");
    }));
}

Deno.test("srs drains at the API's word for grace_drain, then ends who is left", () =>
  withServer("grace_drain = 0.5", async ({ server, receiver, api }) => {
    await using _publisher = await LivePublisher.publish(server.port, "livestream");
    const { code, stdout } = await runSrsIn(server.directory, ["ctl", "drain", "-c", "srs.toml"]);
    assertEquals(code, 0);
    assertMatch(stdout, /draining +true\n(?:connections +\d+\n)?longest wait +0\.5 s\n/);
    assertEquals(await server.finished, { code: 0, signal: null });
    await server.waitForLine(/Draining by="?[\w ]+ at 127\.0\.0\.1"? grace_ms=500/);
    await server.waitForLine(/\[warn\]\[-\] Clients left after grace_drain ms=\d+ connections=1/);
    const [ending] = await receiver.waitFor("on_unpublish");
    assertEquals(ending?.json["reason"], "shutdown");
    await assertRejects(() => fetch(`${api}/healthz`));
  }));

for (const signal of ["SIGQUIT", "SIGTERM"] as const) {
  Deno.test(`srs that drains stops at ${signal}`, () =>
    withServer("", async ({ server, receiver }) => {
      await using _publisher = await LivePublisher.publish(server.port, "livestream");
      server.signal("SIGQUIT");
      await server.waitForLine(/Draining by=SIGQUIT/);
      server.signal(signal);
      assertEquals(await server.finished, { code: 0, signal: null });
      await server.waitForLine(new RegExp(`Stopping signal=${signal}`));
      const [ending] = await receiver.waitFor("on_unpublish");
      assert(ending?.json["reason"] === "shutdown");
    }));
}
