/**
 * The log level over the API.
 *
 * @module
 */
import { LogThreshold } from "../../../system/log/log_threshold.ts";
import { ApiHarness, asBody, type Body } from "../../support/http/api_harness.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { EventClient } from "../../support/http/event_client.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

/** An API, and what sets the level over it. */
async function withLog(
  run: (
    api: ApiHarness,
    threshold: LogThreshold,
    post: (body: string) => Promise<[number, Body]>,
  ) => Promise<void>,
): Promise<void> {
  await using harness = RtmpHarness.start();
  const logThreshold = LogThreshold.at("trace");
  await using api = await ApiHarness.start(harness.server, { logThreshold });
  await run(api, logThreshold, async (body) => {
    const headers = { "Content-Type": "application/json" };
    const reply = await fetch(`${api.url}/api/v1/log`, { method: "POST", headers, body });
    return [reply.status, asBody(await reply.json())];
  });
}

Deno.test("POST /api/v1/log changes the level, and the log has a line of it at either level", () =>
  withLog(async (api, threshold, post) => {
    assertEquals((await api.json("log"))["log"], { level: "trace", configured: "trace" });
    for (const level of ["error", "verbose", "verbose"] as const) {
      const [status, reply] = await post(JSON.stringify({ level }));
      assertEquals([status, reply["code"], reply["log"]], [200, 0, { level, configured: "trace" }]);
      assertEquals(threshold.level, level);
    }
    assertEquals((await api.json("log"))["log"], { level: "verbose", configured: "trace" });
    const changes = api.lines.map(([, , message, fields]) => [message, fields?.["from"], fields?.["to"]]);
    assertEquals(changes, [
      ["Log level changed by the API", "trace", "error"],
      ["Log level changed by the API", "error", "verbose"],
      ["Log level changed by the API", "verbose", "verbose"],
    ]);
  }));

Deno.test("POST /api/v1/log is an event for those who listen", async () => {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server);
  await using listener = await EventClient.listen({ port: api.port, query: "?kind=log_level" });
  const headers = { "Content-Type": "application/json" };
  await api.json("log", { method: "POST", headers, body: '{"level":"warn"}' });
  const { data: { action, from, to } } = await listener.next();
  assertEquals([action, from, to], ["log_level", "trace", "warn"]);
});

const REFUSED: readonly (readonly [body: string, why: string])[] = [
  ["", "it is not an object"],
  ["{}", "level is one of verbose, info, trace, warn, error"],
  ['{"level":"debug"}', "level is one of"],
  ['{"level":2}', "level is one of"],
  ['{"level":"info","for":60}', 'a member "for"'],
];
Deno.test("POST /api/v1/log refuses any other body, and keeps the level", () =>
  withLog(async (api, threshold, post) => {
    for (const [body, why] of REFUSED) {
      const [status, reply] = await post(body);
      assertEquals([status, reply["code"]], [400, 4906], body);
      assertStringIncludes(String(reply["msg"]), why);
    }
    assertEquals([threshold.level, api.lines], ["trace", []]);
  }));
