/**
 * A configuration that changes while a stream is published and played: vhosts and hooks, by signal and by the API, and
 * files with problems.
 *
 * @module
 */
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "../support/assert.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";
import { ReloadTrial, VHOST } from "../support/reload/reload_trial.ts";
import { RtmpTestClient } from "../support/rtmp/rtmp_client.ts";
import { runSrsIn } from "../support/process/server_process.ts";

function nameOf(file: string | null): string | undefined {
  return file?.split("/").at(-1);
}

for (const workers of [1, 2]) {
  const threads = `with ${workers} workers`;

  Deno.test(`reload ${threads}: a vhost comes, is disabled, and goes; nobody else notices`, async () => {
    await using trial = await ReloadTrial.start({ workers: `${workers}` });
    const { port } = trial.server;
    const tcUrl = `rtmp://tv.example/live`;
    const added = await trial.reload({ 'vhost."tv.example".play.gop_cache': "false" });
    assertEquals(added.changed, [
      { key: 'vhost."tv.example"', from: null, to: "enabled", when: "next" },
    ]);
    for (const disable of [true, false]) {
      await using publisher = await RtmpTestClient.connect({ port, tcUrl });
      assertEquals((await publisher.publish("one")).code, "NetStream.Publish.Start");
      await using idle = await RtmpTestClient.connect({ port, tcUrl });
      const change = disable
        ? { 'vhost."tv.example".enabled': "false" }
        : { 'vhost."tv.example".play.gop_cache': undefined, 'vhost."tv.example".enabled': undefined };
      const { changed: [changed] } = await trial.reload(change);
      assertEquals(changed?.when, "live");
      const { code, description } = await publisher.status();
      assertEquals([code, description], ["NetStream.Publish.Rejected", "This vhost is no longer served"]);
      assertEquals([await publisher.closed, await idle.closed], ["fin", "fin"]);
      await trial.server.waitForLine(/Publish ended .*reason=reload/);
      if (!disable) break;
      await assertRejects(() => RtmpTestClient.connect({ port, tcUrl }), Error, "No vhost tv.example");
      await trial.reload({ 'vhost."tv.example".enabled': "true" });
    }
    await trial.assertAllThere();
  });

  Deno.test(`reload ${threads}: hooks come, change and go; what is owed goes where it was owed to`, async () => {
    await using one = await HookReceiver.start();
    await using two = await HookReceiver.start();
    await using trial = await ReloadTrial.start({ workers: `${workers}` });
    const { port } = trial.server;
    const hooks = (receiver: HookReceiver) => ({
      [`${VHOST}.http_hooks.enabled`]: "true",
      [`${VHOST}.http_hooks.on_publish`]: `"${receiver.url("/publish")}"`,
      [`${VHOST}.http_hooks.on_unpublish`]: `"${receiver.url("/unpublish")}"`,
    });
    assertMatch(await trial.hangUp(hooks(one)), /Configuration reloaded .*changed=3 restart=0/);
    await using first = await RtmpTestClient.connect({ port });
    await first.publish("first");
    assertEquals(one.requests.map(({ action }) => action), ["on_publish"]);

    await trial.hangUp({
      ...hooks(two),
      [`${VHOST}.http_hooks.headers`]: '{ Authorization = "Bearer new" }',
    });
    await using second = await RtmpTestClient.connect({ port });
    await second.publish("second");
    assertEquals(two.requests.map(({ action }) => action), ["on_publish"]);
    await first.close();
    const [unpublished] = await one.waitFor(({ action }) => action === "on_unpublish");
    assertEquals(unpublished?.headers["authorization"], "Bearer new");

    two.reply("on_publish", { code: 1, msg: "not today" });
    await using third = await RtmpTestClient.connect({ port });
    assertEquals((await third.publish("third")).description, "not today");
    await trial.hangUp({ [`${VHOST}.http_hooks.enabled`]: "false" });
    await using fourth = await RtmpTestClient.connect({ port });
    assertEquals((await fourth.publish("fourth")).code, "NetStream.Publish.Start");
    await second.close();
    await two.waitFor(({ action }) => action === "on_unpublish");
    await trial.assertAllThere();
  });

  Deno.test(`reload ${threads}: a file with problems changes nothing, and says which`, async () => {
    await using trial = await ReloadTrial.start({ workers: `${workers}` });
    const good = await Deno.readTextFile(`${trial.server.directory}/srs.toml`);
    await trial.writeText(`${good}max_connections = 7\n${VHOST}.play.gop_cach = true\nlimts.x = 1\n`);
    const { status, code, problems } = await trial.post();
    assertEquals([status, code], [400, 4921]);
    assertEquals(problems.map(({ file, key }) => [nameOf(file), key]), [
      ["srs.toml", `${VHOST}.play.gop_cach`],
      ["srs.toml", "limts"],
    ]);
    assertEquals(problems[0]?.line, good.split("\n").length + 1);
    assertStringIncludes(problems[0]?.text ?? "", 'did you mean "gop_cache"?');
    assertEquals(await trial.inForce(null, "max_connections"), "1000");
    await trial.writeText("listen = [");
    assertEquals((await trial.post()).status, 400);
    await trial.writeText(good);
    assertEquals((await trial.post()).changed, []);
    await trial.assertAllThere();
  });

  Deno.test(`reload ${threads}: a port that another program has refuses all of it`, async () => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using trial = await ReloadTrial.start({ workers: `${workers}` });
    const { port } = taken.addr;
    const reply = await trial.reload({
      listen: `["127.0.0.1:0", "127.0.0.1:${port}"]`,
      max_connections: "9",
    });
    assertEquals(reply.status, 400);
    assertEquals(reply.problems.map(({ file, line, key }) => [nameOf(file), line, key]), [[
      "srs.toml",
      1,
      "listen",
    ]]);
    assertStringIncludes(reply.problems[0]?.text ?? "", "Address already in use");
    assertEquals(await trial.inForce(null, "max_connections"), "1000");
    await trial.assertAllThere();
  });
}

Deno.test("reload: a file that is gone changes nothing, and the log says so", async () => {
  await using trial = await ReloadTrial.start({ auto_reload: "true" });
  const file = `${trial.server.directory}/srs.toml`;
  const good = await Deno.readTextFile(file);
  await Deno.remove(file);
  await trial.server.waitForLine(/Cannot read the configuration file .*No such file/);
  await trial.server.waitForLine(/Configuration invalid; keeping the running one .*by=file/);
  const { status, problems } = await trial.post();
  assertEquals([status, problems.length], [400, 1]);
  assertStringIncludes(problems[0]?.text ?? "", "Cannot read the configuration file");
  await trial.writeText(good);
  await trial.server.waitForLine(/Configuration reloaded .*changed=0 .*/);
  await trial.assertAllThere();
});

Deno.test("srs ctl reload shows what has changed", async () => {
  const chosen = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = chosen.addr;
  chosen.close();
  await using trial = await ReloadTrial.start({ "http_api.listen": `"127.0.0.1:${port}"` });
  await trial.write({ [`${VHOST}.play.queue_length`]: "7", pid: '"x.pid"' });
  const reload = () => runSrsIn(trial.server.directory, ["ctl", "reload", "-c", "srs.toml"]);
  const { code, stdout } = await reload();
  assertEquals(code, 0, stdout);
  assertEquals(stdout.trim().split("\n").map((line) => line.trim().split(/\s{2,}/)), [
    ["WHEN", "KEY", "FROM", "TO"],
    ["new", `${VHOST}.play.queue_length`, "30", "7"],
    ["restart", "pid", '""', '"x.pid"'],
  ]);
  await trial.write({ pid: undefined });
  assertEquals((await reload()).stdout.trim(), "Nothing has changed");
});

Deno.test("auto_reload reloads a file that has changed, once, and none that is switched off again", async () => {
  await using trial = await ReloadTrial.start({ auto_reload: "true" });
  await trial.write({ [`${VHOST}.play.queue_length`]: "7", auto_reload: "false" });
  await trial.server.waitForLine(/Configuration is being reloaded .*by=file/);
  await trial.server.waitForLine(/Configuration reloaded .*changed=2/);
  assertEquals(await trial.inForce("__defaultVhost__", "play.queue_length"), "7");
  await trial.assertAllThere();
});
