/**
 * What a reload does to what runs, kind by kind, while a stream is published and played.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { freePort } from "../support/net/free_ports.ts";
import { CA_CERT, SERVER_CERT, TLS_SERVER_KEY } from "../support/net/tls_fixtures.ts";
import { ReloadTrial, type Settings, VHOST } from "../support/reload/reload_trial.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { until } from "../support/wait.ts";

const FILES = { "cert.pem": SERVER_CERT, "key.pem": TLS_SERVER_KEY };

function portOf(origin: string): number {
  return Number(new URL(origin).port);
}

/** Reload with changes that can be made. */
async function change(trial: ReloadTrial, settings: Settings): Promise<void> {
  const { status, problems } = await trial.reload(settings);
  assertEquals([status, problems], [200, []]);
}

async function publishCode(port: number, name: string): Promise<string> {
  await using client = await RtmpTestClient.connect({ port });
  return (await client.publish(name)).description;
}

/** A play's answer by HTTP, without its media. */
async function statusOf(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const reply = await fetch(url, { headers });
  await reply.body?.cancel();
  return reply.status;
}

for (const workers of [1, 2]) {
  const start = (settings: Settings = {}) => ReloadTrial.start({ workers: `${workers}`, ...settings }, FILES);
  const threads = `with ${workers} workers`;

  Deno.test(`reload ${threads}: listeners come and go, and their connections stay`, async () => {
    const [one, two, tls] = [freePort(), freePort(), freePort()];
    await using trial = await start();
    await change(trial, { listen: `["127.0.0.1:0", "127.0.0.1:${one}"]` });
    await using stays = await LivePublisher.publish(one, "stays");
    await change(trial, {
      listen: `["127.0.0.1:0", "127.0.0.1:${two}"]`,
      "rtmps.listen": `"127.0.0.1:${tls}"`,
      "rtmps.cert": '"cert.pem"',
      "rtmps.key": '"key.pem"',
    });
    await assertRejects(
      () => Deno.connect({ hostname: "127.0.0.1", port: one }),
      Deno.errors.ConnectionRefused,
    );
    const secure = await Deno.connectTls({ hostname: "127.0.0.1", port: tls, caCerts: [CA_CERT] });
    secure.close();
    assertEquals(await publishCode(two, "new"), "Started publishing stream.");
    const { frames } = stays;
    await until(() => stays.frames > frames);
    // The ports change hands.
    await change(trial, {
      listen: `["127.0.0.1:0", "127.0.0.1:${tls}"]`,
      "rtmps.listen": `"127.0.0.1:${two}"`,
    });
    assertEquals(await publishCode(tls, "moved"), "Started publishing stream.");
    await change(trial, { "rtmps.enabled": "false" });
    await assertRejects(
      () => Deno.connect({ hostname: "127.0.0.1", port: two }),
      Deno.errors.ConnectionRefused,
    );
    await trial.assertAllThere();
  });

  Deno.test(`reload ${threads}: the log goes on elsewhere, by another level and form`, async () => {
    await using trial = await start();
    const { server } = trial;
    await change(trial, { srs_log_tank: '"file"', srs_log_file: '"logs/srs.log"', srs_log_format: '"json"' });
    await change(trial, { srs_log_level: '"warn"' });
    const printed = server.lines.length;
    assertEquals(await publishCode(server.port, "quiet"), "Started publishing stream.");
    await change(trial, { srs_log_level: '"trace"', srs_log_tank: '"console"', srs_log_format: '"text"' });
    await server.waitForLine(/Configuration reloaded .*changed=3/, { from: printed });
    const lines = (await Deno.readTextFile(`${server.directory}/logs/srs.log`)).trim().split("\n");
    const messages = lines.map((line) => String(JSON.parse(line).message));
    assert(messages.includes("Configuration changed"), messages.join("\n"));
    assert(!messages.includes("Publish accepted"), messages.join("\n"));
    assertMatch(server.lines[printed] ?? "", /Configuration changed/);
    await trial.assertAllThere();
  });

  Deno.test(`reload ${threads}: rules and limits hold for the next client`, async () => {
    await using trial = await start();
    const { server: { port }, http } = trial;
    await change(trial, {
      [`${VHOST}.access.publish_keys`]: '"0123456789abcdef0123"',
      "limits.wrong_key_delay": "0",
    });
    assertMatch(await publishCode(port, "x"), /key/i);
    assertEquals(await publishCode(port, "x?key=0123456789abcdef0123"), "Started publishing stream.");
    await change(trial, { [`${VHOST}.access.publish_keys`]: "[]", [`${VHOST}.security.enabled`]: "true" });
    await assertRejects(() => publishCode(port, "x"), Error, "This address may not connect");
    await change(trial, { [`${VHOST}.security.enabled`]: "false", "limits.max_publishers_per_vhost": "1" });
    assertEquals(await publishCode(port, "x"), "Publisher limit reached");
    await change(trial, { "limits.max_publishers_per_vhost": "0", [`${VHOST}.http_remux.missing`]: '"404"' });
    assertEquals(await statusOf(`${http}/live/nobody.flv`), 404);
    await change(trial, { [`${VHOST}.http_remux.mount`]: '"[app]/[stream].ts"' });
    assertEquals(await statusOf(`${http}/live/cam.ts`), 200);
    await change(trial, { max_connections: "2" });
    await assertRejects(() => RtmpTestClient.connect({ port }));
    await change(trial, { max_connections: "1000" });
    assertEquals(await publishCode(port, "x"), "Started publishing stream.");
    await trial.assertAllThere();
  });

  Deno.test(`reload ${threads}: a publisher's deadlines are those of now`, async () => {
    await using trial = await start();
    const { port } = trial.server;
    const client = await RtmpTestClient.connect({ port, tcUrl: "rtmp://quiet.example/live" });
    assertEquals((await client.publish("silent")).description, "Started publishing stream.");
    await using silent = await LivePublisher.begin(client);
    await until(() => silent.frames > 2);
    silent.stop();
    await change(trial, { 'vhost."quiet.example".publish.normal_timeout': "100" });
    await trial.server.waitForLine(/Publish ended .*silent.*reason=timeout/);
    await trial.assertAllThere();
  });

  Deno.test(`reload ${threads}: forwards and named pulls begin and end`, async () => {
    await using other = await ReloadTrial.start();
    await using trial = await start();
    const there = `127.0.0.1:${other.server.port}`;
    const from = other.server.lines.length;
    await change(trial, {
      [`${VHOST}.forward.enabled`]: "true",
      [`${VHOST}.forward.destination`]: `"rtmp://${there}/fwd/[stream]"`,
    });
    await other.server.waitForLine(/Publish accepted url=\/fwd\/cam/, { from });
    await change(trial, { [`${VHOST}.forward.enabled`]: "false" });
    await other.server.waitForLine(/Publish ended url=\/fwd\/cam/, { from });
    const pull = (list: string) => trial.reload({ [`${VHOST}.pull`]: list });
    await pull(`[{ url = "rtmp://${there}/live/cam", app = "pulled", stream = "cam" }]`);
    await trial.server.waitForLine(/Publish accepted url=\/pulled\/cam/);
    await pull("[]");
    await trial.server.waitForLine(/Publish ended url=\/pulled\/cam/);
    await trial.assertAllThere();
  });

  Deno.test(`reload ${threads}: who may call the API, and by which names`, async () => {
    await using trial = await start();
    const call = (headers: Record<string, string> = {}) => statusOf(`${trial.api}/api/v1/versions`, headers);
    const password = btoa("admin:a long password");
    const auth = { enabled: "true", username: '"admin"', password: '"a long password"' };
    await change(
      trial,
      Object.fromEntries(Object.entries(auth).map(([key, value]) => [`http_api.auth.${key}`, value])),
    );
    assertEquals([await call(), await call({ authorization: `Basic ${password}` })], [401, 200]);
    assertMatch(await trial.hangUp({ "http_api.auth.enabled": "false" }), /changed=1/);
    assertEquals(await call(), 200);
    await trial.assertAllThere();
    const { host } = new URL(trial.api);
    assertMatch(await trial.hangUp({ "http_api.enabled": "false" }), /changed=1/);
    await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port: portOf(trial.api) }));
    assertMatch(
      await trial.hangUp({ "http_api.enabled": "true", "http_api.listen": `"${host}"` }),
      /changed=2/,
    );
    await trial.assertAllThere();
  });

  Deno.test(`reload ${threads}: recordings begin with the next publish, and other folders need a restart of threads`, async () => {
    await using trial = await start();
    const path = '"./rec/[app]/[stream].flv"';
    const reply = await trial.reload({ [`${VHOST}.dvr.enabled`]: "true", [`${VHOST}.dvr.dvr_path`]: path });
    const key = `${VHOST}.dvr.dvr_path`;
    assertEquals(reply.restart.map((other) => other.key), workers === 1 ? [] : [key]);
    assertEquals((await trial.reload()).restart.map((other) => other.key), workers === 1 ? [] : [key]);
    await using recorded = await LivePublisher.publish(trial.server.port, "recorded");
    await until(() => recorded.frames > 20);
    await recorded.leave("recorded");
    const line = await trial.server.waitForLine(/Recording finished file=/);
    assertStringIncludes(line, workers === 1 ? "rec/live/recorded.flv" : "objs/nginx/html/live/recorded");
    await trial.assertAllThere();
  });
}
