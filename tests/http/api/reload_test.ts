/**
 * `POST /api/v1/reload`: what has changed, what waits for a restart, and what is wrong.
 *
 * @module
 */
import type { ReloadOutcome } from "../../../core/reload.ts";
import { assertEquals } from "../../support/assert.ts";
import { ApiHarness } from "../../support/http/api_harness.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

async function answerTo(
  outcome: ReloadOutcome,
): Promise<{ readonly status: number; readonly body: unknown }> {
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server, {
    reload: ({ ip, name }) => {
      assertEquals([ip, name], ["127.0.0.1", "everybody"]);
      return Promise.resolve(outcome);
    },
  });
  const reply = await fetch(`${api.url}/api/v1/reload`, { method: "POST" });
  return { status: reply.status, body: await reply.json() };
}

Deno.test("POST /api/v1/reload answers with what has changed and what needs a restart", async () => {
  const { status, body } = await answerTo({
    kind: "reloaded",
    changed: [
      { key: "vhost.a.http_hooks.on_play", from: "[]", to: '"http://127.0.0.1/"', when: "next" },
      { key: "vhost.b", from: "enabled", to: undefined, when: "live" },
    ],
    restart: [{ key: "workers", from: "1", to: "2", when: "restart" }],
  });
  assertEquals([status, body], [200, {
    ...{ code: 0, server: "vid-0123456", service: "abcdefgh", pid: "7" },
    data: {
      changed: [
        { key: "vhost.a.http_hooks.on_play", from: "[]", to: '"http://127.0.0.1/"', when: "next" },
        { key: "vhost.b", from: "enabled", to: null, when: "live" },
      ],
      restart: [{ key: "workers", from: "1", to: "2", when: "restart" }],
    },
  }]);
});

Deno.test("POST /api/v1/reload answers 400 with all problems", async () => {
  const { status, body } = await answerTo({
    kind: "refused",
    problems: [
      { file: "srs.toml", line: 3, key: "limts", text: 'Unknown key "limts"' },
      { file: undefined, line: undefined, key: "", text: "The server is stopping" },
    ],
  });
  assertEquals([status, body], [400, {
    code: 4921,
    msg: "The configuration has 2 problem(s); nothing has changed",
    problems: [
      { file: "srs.toml", line: 3, key: "limts", text: 'Unknown key "limts"' },
      { file: null, line: null, key: "", text: "The server is stopping" },
    ],
  }]);
});
