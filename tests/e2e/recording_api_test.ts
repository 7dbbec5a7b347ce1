/** Recordings that the service or an operator decides about, on two threads. */
import { assert, assertEquals, assertGreater } from "../support/assert.ts";
import { HookHarness } from "../support/hooks/hook_harness.ts";
import { asBody, type Body } from "../support/http/api_harness.ts";
import { pause } from "../support/process/show.ts";
import { LivePublisher } from "../support/rtmp/live_client.ts";
import { until } from "../support/wait.ts";

/** What `data.record` is for each stream. */
const DECISIONS: Readonly<Record<string, unknown>> = {
  yes: true,
  vip: "vip/[stream].mp4",
  out: "../[stream].mp4",
  root: "/[stream].mp4",
};
/** Long enough for a fragment. */
const LIVE_MS = 2500;

async function records(stage: HookHarness, query = ""): Promise<readonly Body[]> {
  const { records } = JSON.parse(await stage.api(`/api/v1/records${query}`));
  assert(Array.isArray(records));
  return records.map(asBody);
}

Deno.test("data.record and the API decide what is recorded; a recording is listed, stopped, read and removed", async () => {
  await using stage = await HookHarness.open({
    top: ["workers = 2"],
    sections: ["[vhost.__defaultVhost__.dvr]", 'dvr_path = "./rec/[app]/[stream].flv"'],
  });
  stage.receiver.reply("on_publish", ({ json }) => ({
    code: 0,
    data: { record: DECISIONS[String(json.stream)] },
  }));
  const names = [...Object.keys(DECISIONS), "plain"];
  const publishers = await Promise.all(names.map((name) => LivePublisher.publish(stage.port, name)));
  await pause(LIVE_MS);

  const files = (await records(stage)).map(({ file }) => file);
  assertEquals(files.sort(), ["./rec/live/yes.flv.tmp", "./rec/vip/vip.mp4.tmp"]);
  const troubles = stage.server.lines.filter((line) => line.includes("Stream not recorded"));
  assertEquals(troubles.length, 2);

  const started = await stage.call("POST", "/api/v1/records", { stream: "/live/plain" });
  assertEquals(started["code"], 0);
  assertEquals((await stage.call("POST", "/api/v1/records", { stream: "/live/plain" }))["code"], 4915);
  await pause(LIVE_MS);
  const [running] = await records(stage, "?stream=plain");
  const [publish] = await stage.receiver.waitFor(({ action, json }) =>
    action === "on_publish" && json.stream === "plain"
  );
  assertEquals([running?.["id"], running?.["running"], running?.["reason"]], [started["id"], true, null]);
  assertEquals(running?.["session_id"], publish?.json.session_id);
  assertGreater(Number(running?.["bytes"]), 0);

  const path = `/api/v1/records/${started["id"]}`;
  assertEquals((await stage.call("DELETE", path))["code"], 0);
  const [report] = await stage.receiver.waitFor("on_dvr");
  assertEquals([report?.json.stream, report?.json.reason], ["plain", "stopped"]);
  const [whole] = await records(stage, "?stream=plain");
  assertEquals([whole?.["running"], whole?.["file"], whole?.["bytes"]], [
    false,
    report?.json.file,
    report?.json.bytes,
  ]);
  assertEquals((await stage.api(`${path}/file`)).slice(0, 3), "FLV");
  assertEquals((await stage.call("DELETE", path))["code"], 0);
  assertEquals(await records(stage, "?stream=plain"), []);
  assertEquals([...Deno.readDirSync(`${stage.directory}/rec/live`)].map(({ name }) => name), ["yes.flv.tmp"]);

  await Promise.all(publishers.map((publisher) => publisher[Symbol.asyncDispose]()));
  await until(async () => (await records(stage, "?running=true")).length === 0);
  await stage.stop();
});

for (const workers of [1, 2]) {
  Deno.test(`a recording that was started a moment ago is stopped, with ${workers} workers`, async () => {
    await using stage = await HookHarness.open({
      top: [`workers = ${workers}`],
      sections: ["[vhost.__defaultVhost__.dvr]", 'dvr_path = "./rec/[app]/[stream].[timestamp].mp4"'],
    });
    await using _publisher = await LivePublisher.publish(stage.port, "cam");
    for (let i = 0; i < 3; i++) {
      const { code, id } = await stage.call("POST", "/api/v1/records", { stream: "/live/cam" });
      assertEquals([code, (await stage.call("DELETE", `/api/v1/records/${id}`))["code"]], [0, 0]);
    }
    assertEquals(await records(stage, "?running=true"), []);
  });
}
