/**
 * What `on_error` decides where the service gives no usable answer.
 *
 * @module
 */
import type { ReceivedHook } from "../../support/hooks/hook_request_reader.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";
import { pause } from "../../support/process/show.ts";

const verdictOf = (request: ReceivedHook) => `${request.action} ${request.headers["srs-verdict"] ?? "-"}`;

Deno.test("on_error last decides as the service last did for the same question", async () => {
  await using receiver = await HookReceiver.start();
  const vhost = vhostHooks(allEvents(receiver.url()), { onError: { default: "last" }, breakerFailures: 100 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  receiver.reply("on_publish", { code: 0, data: { stream: "show" } });
  await (await tested.admitted("on_publish", { stream: "good" })).end(CLIENT_LEFT);
  receiver.reply("on_publish", { code: 1, msg: "banned" });
  await tested.request("on_publish", { stream: "bad" });
  await tested.settle();
  receiver.reply(
    "on_publish",
    (request) => request.headers["srs-verdict"] === undefined ? { status: 503 } : 0,
  );
  const before = receiver.requests.length;
  const verdict = await tested.request("on_publish", { stream: "good" });
  assert(verdict.kind === "allow");
  assertEquals(verdict.decisions.stream, "show");
  assertEquals(await tested.request("on_publish", { stream: "bad" }), {
    kind: "deny",
    rule: "on_publish",
    reason: "banned",
    address: receiver.url(),
  });
  assertEquals((await tested.request("on_publish", { stream: "new" })).kind, "deny");
  assertEquals((await tested.request("on_publish", { stream: "good", param: "?token=other" })).kind, "deny");
  assertEquals((await tested.request("on_publish", { stream: "good", ip: "192.168.1.11" })).kind, "deny");
  await verdict.lease.end(CLIENT_LEFT);
  await tested.settle();
  const received = receiver.requests.slice(before).map(verdictOf).filter((text) => text !== "on_publish -");
  assertEquals(received, ["on_publish last", "on_unpublish -"]);
});

Deno.test("A no counts as answered although another address failed and on_error allowed it", async () => {
  await using receiver = await HookReceiver.start();
  const urls = [receiver.url("/down"), receiver.url("/no")];
  const vhost = vhostHooks({ on_play: urls }, { onError: { default: "allow" } });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  receiver.reply("on_play", ({ path }) => path === "/down" ? { status: 503 } : 1);
  assertEquals(await tested.request("on_play"), {
    kind: "deny",
    rule: "on_play",
    reason: "on_play was refused",
    address: receiver.url("/no"),
  });
});

Deno.test("An answer that is older than last_ttl decides nothing", async () => {
  await using receiver = await HookReceiver.start();
  const vhost = vhostHooks({ on_play: receiver.url() }, { onError: { default: "last" }, lastTtlMs: 20 });
  await using tested = await ServiceUnderTest.open(hooksOptions(vhost));
  await tested.admitted("on_play");
  await pause(40);
  receiver.reply("*", { status: 500 });
  assertEquals((await tested.request("on_play")).kind, "deny");
});
