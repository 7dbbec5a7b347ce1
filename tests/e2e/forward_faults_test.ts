/**
 * A stream that is forwarded to targets of which each fails in its own way: what the API says of them, and that the
 * publisher and its player notice nothing.
 *
 * @module
 */
import { assert, assertEquals, assertLess, assertStringIncludes } from "../support/assert.ts";
import { asBody, type Body } from "../support/http/api_harness.ts";
import { SilentRelay } from "../support/net/silent_relay.ts";
import { EXPIRED_CERT, SERVER_CERT, TLS_SERVER_KEY } from "../support/net/tls_fixtures.ts";
import { ServerProcess } from "../support/process/server_process.ts";
import { pause, percentile, showFigure, shown } from "../support/process/show.ts";
import { GapPlayer, LivePublisher } from "../support/rtmp/live_client.ts";
import { until } from "../support/wait.ts";

const QUIET = '[hooks.outbox]\npath = ""\n[http_server]\nenabled = false\n';

function target(port = 0, hook = ""): string {
  const hooks = hook === ""
    ? ""
    : `[vhost.__defaultVhost__.http_hooks]\nenabled = true\non_publish = "${hook}"\n`;
  return `listen = "127.0.0.1:${port}"\n${QUIET}[http_api]\nenabled = false\n${hooks}`;
}

/** Accepts connections, and neither reads nor writes. */
class DeafListener implements AsyncDisposable {
  readonly #listener: Deno.Listener;
  readonly #conns: Deno.Conn[] = [];
  readonly #accepting: Promise<void>;

  constructor(listener: Deno.Listener) {
    this.#listener = listener;
    this.#accepting = this.#accept();
  }

  get port(): number {
    const { addr } = this.#listener;
    return "port" in addr ? addr.port : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const conn of this.#conns) conn.close();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    for await (const conn of this.#listener) this.#conns.push(conn);
  }
}

/** Nobody gets to the end of a handshake with it: its certificate is bad. */
function withCertificate(cert: string): DeafListener {
  return new DeafListener(
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key: TLS_SERVER_KEY }),
  );
}

async function forwards(api: string): Promise<readonly Body[]> {
  const ask = async (path: string) => asBody(await (await fetch(`http://${api}/api/v1/${path}`)).json());
  const { relays } = await ask("relays?count=50");
  assert(Array.isArray(relays));
  return relays.map(asBody);
}

Deno.test("targets that refuse, hang, restart, stop reading or have a bad certificate leave the publisher and its player alone", async () => {
  await using service = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json({ code: 1, msg: "No such key" }),
  );
  await using refusing = await ServerProcess.start({
    toml: target(0, `http://127.0.0.1:${service.addr.port}/`),
  });
  await using hanging = new DeafListener(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  await using untrusted = withCertificate(SERVER_CERT);
  await using expired = withCertificate(EXPIRED_CERT);
  await using fine = await ServerProcess.start({ toml: target() });
  await using cut = SilentRelay.to(fine.port);
  const restarting = await ServerProcess.start({ toml: target() });
  const named: readonly (readonly [string, number])[] = [
    ...[["refuses", refusing.port], ["hangs", hanging.port], ["restarts", restarting.port]] as const,
    ...[["stops", cut.port], ["fine", fine.port]] as const,
  ];
  const urls = [
    ...named.map(([app, port]) => `rtmp://127.0.0.1:${port}/${app}/[stream]`),
    `rtmps://127.0.0.1:${untrusted.port}/untrusted/[stream]`,
    `rtmps://127.0.0.1:${expired.port}/expired/[stream]`,
  ];
  await using server = await ServerProcess.start({
    toml: `listen = "127.0.0.1:0"\n${QUIET}[http_api]\nlisten = "127.0.0.1:0"\n` +
      `[vhost.__defaultVhost__.forward]\nenabled = true\ndestination = ${JSON.stringify(urls)}\n`,
  });
  const api = /address=(\S+)/.exec(await server.waitForLine(/Listening for the API/))?.[1] ?? "";
  await using publisher = await LivePublisher.publish(server.port, "cam");
  await using player = await GapPlayer.play(server.port, "cam");
  await until(() => player.frames > 25);
  const from = performance.now();
  const stateOf = async (app: string) =>
    (await forwards(api)).find(({ url }) => String(url).includes(`/${app}/`)) ?? {};
  await until(async () =>
    (await stateOf("fine")).state === "live" && (await stateOf("stops")).state === "live"
  );
  await restarting.waitForLine(/Stream format url=\/restarts\/cam/);
  const { port } = restarting;
  await restarting.kill();
  cut.cut();
  await until(async () => (await stateOf("restarts")).error !== null);
  await using back = await ServerProcess.start({ toml: target(port) });
  await back.waitForLine(/Stream format url=\/restarts\/cam/);
  await until(async () => / within | came for /.test(String((await stateOf("hangs")).error)));
  assertStringIncludes(String((await stateOf("refuses")).error), "No such key");
  assertStringIncludes(String((await stateOf("untrusted")).error), "UnknownIssuer");
  assertStringIncludes(String((await stateOf("expired")).error), "certificate expired");
  // What stopped reading fills the socket first.
  await pause(shown(60_000, 0));
  const errors = (await forwards(api)).map(({ url, state, attempts, error }) =>
    `${String(url).replace(/:\d+/, "")} ${state}, ${attempts} attempts, ${error}`
  );
  for (const line of errors) showFigure(line);
  const { frames } = player;
  await until(() => player.frames > frames + 25);
  const gaps = player.gapsSince(from);
  showFigure(
    `player: ${player.frames} frames, gaps p50 ${percentile(gaps, 0.5).toFixed(0)} ms, ` +
      `p99 ${percentile(gaps, 0.99).toFixed(0)} ms, longest ${Math.max(...gaps).toFixed(0)} ms`,
  );
  // Nothing of the stream is missing, and nobody was disconnected.
  assertLess(publisher.frames - player.frames, 100);
  assertEquals(server.lines.filter((line) => /Publish ended|Play ended|Player too slow/.test(line)), []);
});
