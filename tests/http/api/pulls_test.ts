import type { PullAnswer, PullInfo, PullOrder } from "../../../core/mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { ApiHarness } from "../../support/http/api_harness.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

const PULL: PullInfo = {
  ...{ id: "vid-0000001", kind: "pull", streamId: "vid-0000001", vhost: "__defaultVhost__" },
  ...{ app: "live", stream: "cam", address: "rtmp://tv.example.com/live/cam", by: "api", isOnDemand: true },
  ...{ state: "waiting", stateMs: 1500, attempts: 3, bytes: 4096, kbps: 12 },
  lastError: "No such token=abcdefghijkl",
};

async function withAnswer(
  answer: PullAnswer,
  run: (api: ApiHarness, orders: readonly PullOrder[]) => Promise<void>,
): Promise<void> {
  const orders: PullOrder[] = [];
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server, {
    pull: (order) => {
      orders.push(order);
      return Promise.resolve(answer);
    },
  });
  await run(api, orders);
}

function post(body: unknown): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

Deno.test("GET pulls lists them with where they come from, their state, rate and last error", async () => {
  await withAnswer({ kind: "pulls", pulls: [PULL] }, async (api) => {
    const { code, total, pulls } = await api.json("pulls");
    assertEquals({ code, total, pulls }, {
      code: 0,
      total: 1,
      pulls: [{
        ...{ id: "vid-0000001", vhost: "__defaultVhost__", app: "live", stream: "cam" },
        ...{
          url: "rtmp://tv.example.com/live/cam",
          by: "api",
          on_demand: true,
          state: "waiting",
          since: 1.5,
        },
        ...{ attempts: 3, recv_bytes: 4096, kbps: 12, error: "No such token=***" },
      }],
    });
  });
});

Deno.test("POST adds a pull; a body without a member that is needed, or with more, is refused before it is tried", async () => {
  await withAnswer({ kind: "added", pull: PULL }, async (api, orders) => {
    const body = { url: "rtmp://tv.example.com/live/cam?token=a-secret-key", app: "live", stream: "cam" };
    const { code, pull } = await api.json("pulls", post(body));
    assertEquals([code, Reflect.get(Object(pull), "id")], [0, "vid-0000001"]);
    assertEquals((await api.json("pulls", post({ ...body, vhost: "a", on_demand: true }))).code, 0);
    const text = "is to be text of at most 2000 characters";
    const bad = [
      { sent: {}, why: `url ${text}` },
      { sent: { ...body, url: 1 }, why: `url ${text}` },
      { sent: { ...body, more: 1 }, why: "but may have url, app" },
      { sent: { ...body, on_demand: 1 }, why: "on_demand is true or false" },
      { sent: { ...body, vhost: 7 }, why: `vhost ${text}` },
      { sent: { url: body.url, app: "live" }, why: `stream ${text}` },
      { sent: { ...body, stream: "x".repeat(2001) }, why: `stream ${text}` },
    ];
    for (const { sent, why } of bad) {
      const answer = await api.json("pulls", post(sent));
      assertEquals(answer.code, 4906);
      assertStringIncludes(JSON.stringify(answer), why);
    }
    assertEquals(orders, [
      { kind: "add", pull: { ...body, vhost: "__defaultVhost__", isOnDemand: false } },
      { kind: "add", pull: { ...body, vhost: "a", isOnDemand: true } },
    ]);
    assert(!JSON.stringify(api.lines).includes("a-secret-key"));
    assertEquals(api.lines.map(([, , message]) => message), [
      "Pull added by the API",
      "Pull added by the API",
    ]);
  });
});

Deno.test("a pull that cannot be, one that stays and one that is not there have codes of their own", async () => {
  const body = { url: "rtmp://a/b/c", app: "live", stream: "cam" };
  const cases = [
    [{ kind: "refused", reason: "It is not permitted" }, 4920, 4920],
    [{ kind: "unknown" }, 4920, 4919],
    [{ kind: "removed" }, 4920, 0],
  ] as const;
  for (const [answer, added, removed] of cases) {
    await withAnswer(answer, async (api, orders) => {
      assertEquals((await api.json("pulls", post(body))).code, added);
      assertEquals((await api.json("pulls/vid-0000001", { method: "DELETE" })).code, removed);
      assertEquals(orders.at(-1), { kind: "remove", id: "vid-0000001" });
    });
  }
});
