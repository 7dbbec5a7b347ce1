import { parseForwardAnswer } from "../../../hooks/contract/answer.ts";
import { assertEquals } from "../../support/assert.ts";
import {
  allEvents,
  CLIENT_LEFT,
  hooksOptions,
  ServiceUnderTest,
  vhostHooks,
} from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver, type HookReply } from "../../support/hooks/hook_receiver.ts";

const RELAY = "rtmp://relay.example.com/live/livestream";

function answer(text: string) {
  return parseForwardAnswer(200, new TextEncoder().encode(text));
}

Deno.test("parseForwardAnswer() takes SRS's form, an empty list included, and nothing else", () => {
  assertEquals(answer(`{"code":0,"data":{"urls":["${RELAY}",7,"http://a/b"]}}`), {
    kind: "allow",
    decisions: { forward: [RELAY] },
  });
  assertEquals(answer('{"code":0,"data":{"urls":[]}}'), { kind: "allow", decisions: { forward: [] } });
  const unusable = ["0", '{"code":0}', '{"code":0,"data":null}', '{"code":0,"data":{"urls":"x"}}', "x"];
  assertEquals(unusable.map((text) => answer(text).kind), unusable.map(() => "error"));
  assertEquals(["1", '{"code":1}'].map((text) => answer(text).kind), ["deny", "deny"]);
});

async function publishWith(
  replies: { readonly publish: HookReply; readonly forward: HookReply },
  changes: Parameters<typeof vhostHooks>[1] = {},
) {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_publish", replies.publish);
  receiver.reply("on_forward", replies.forward);
  const urls = { ...allEvents(receiver.url()), on_forward: receiver.url("/forward") };
  await using tested = await ServiceUnderTest.open(hooksOptions(vhostHooks(urls, changes)));
  const verdict = await tested.request("on_publish");
  if (verdict.kind === "allow") await verdict.lease.end(CLIENT_LEFT);
  await tested.settle();
  return { verdict, requests: receiver.requests };
}

Deno.test("on_forward is asked once on_publish has allowed, about the public name, and adds its addresses", async () => {
  const { verdict, requests } = await publishWith({
    publish: { code: 0, data: { stream: "alice", forward: ["rtmp://other.example.com/live/x"] } },
    forward: { code: 0, data: { urls: [RELAY] } },
  });
  assertEquals(verdict.kind === "allow" ? verdict.decisions.forward : verdict, [
    "rtmp://other.example.com/live/x",
    RELAY,
  ]);
  assertEquals(requests.map(({ action }) => action), ["on_publish", "on_forward", "on_unpublish"]);
  const { stream, stream_url, tcUrl } = requests[1]?.json ?? {};
  assertEquals([stream, stream_url, typeof tcUrl], ["alice", undefined, "string"]);
});

Deno.test("a publish is refused where on_forward says no or gives no usable answer, and on_publish had allowed it", async () => {
  for (const forward of [1, 0, { status: 500 }] as const) {
    const { verdict, requests } = await publishWith({ publish: 0, forward });
    assertEquals([verdict.kind, verdict.kind === "deny" ? verdict.rule : ""], ["deny", "on_forward"]);
    assertEquals(requests.map(({ action }) => action), ["on_publish", "on_forward", "on_unpublish"]);
    assertEquals(requests[2]?.json.reason, "rejected_later");
  }
});

Deno.test("on_error of on_forward may let a publish go on without, which is not reported later", async () => {
  const onError = { default: "deny", on_forward: "allow" } as const;
  const { verdict, requests } = await publishWith({ publish: 0, forward: { status: 500 } }, { onError });
  assertEquals(verdict.kind === "allow" ? verdict.decisions : verdict, {});
  assertEquals(requests.map(({ action }) => action), ["on_publish", "on_forward", "on_unpublish"]);
});

Deno.test("on_forward is not asked about a publish that on_publish refuses", async () => {
  const { requests } = await publishWith({ publish: 1, forward: { code: 0, data: { urls: [RELAY] } } });
  assertEquals(requests.map(({ action }) => action), ["on_publish"]);
});
