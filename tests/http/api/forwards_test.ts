import type { ForwardAnswer, ForwardOrder, RelayInfo } from "../../../core/mod.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { ApiHarness } from "../../support/http/api_harness.ts";
import { RtmpHarness } from "../../support/rtmp/rtmp_harness.ts";

const FORWARD: RelayInfo = {
  id: "7-1",
  kind: "forward",
  ...{ streamId: "vid-0000001", vhost: "__defaultVhost__", app: "live", stream: "cam" },
  address: "rtmp://live.example.com:1935/app/***",
  state: "waiting",
  stateMs: 1500,
  attempts: 3,
  bytes: 4096,
  kbps: 12,
  lastError: "No such key=abcdefghijkl",
};
const PATH = "streams/vid-0000001/forwards";

async function withAnswer(
  answer: ForwardAnswer,
  run: (api: ApiHarness, orders: readonly ForwardOrder[]) => Promise<void>,
): Promise<void> {
  const orders: ForwardOrder[] = [];
  await using harness = RtmpHarness.start();
  await using api = await ApiHarness.start(harness.server, {
    forward: (order) => {
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

Deno.test("GET forwards lists a stream's targets with their state, rates and last error", async () => {
  await withAnswer({ kind: "forwards", forwards: [FORWARD] }, async (api, orders) => {
    const { code, total, forwards } = await api.json(PATH);
    assertEquals({ code, total, forwards }, {
      code: 0,
      total: 1,
      forwards: [{
        id: "7-1",
        stream: "vid-0000001",
        url: "rtmp://live.example.com:1935/app/***",
        state: "waiting",
        since: 1.5,
        attempts: 3,
        send_bytes: 4096,
        kbps: 12,
        error: "No such key=***",
      }],
    });
    assertEquals(orders, [{ kind: "list", streamId: "vid-0000001" }]);
  });
});

Deno.test("POST adds a forward; a body without an address, or with more, is refused before it is tried", async () => {
  await withAnswer({ kind: "added", forward: FORWARD }, async (api, orders) => {
    const url = "rtmp://live.example.com/app/a-secret-key";
    const { code, forward } = await api.json(PATH, post({ url }));
    assertEquals([code, Reflect.get(Object(forward), "id")], [0, "7-1"]);
    const bad = [{}, { url: 1 }, { url, more: 1 }, { url: `rtmp://host/app/${"x".repeat(2000)}` }];
    for (const body of bad) assertEquals((await api.json(PATH, post(body))).code, 4906);
    assertEquals(orders, [{ kind: "add", streamId: "vid-0000001", url }]);
    assert(!JSON.stringify(api.lines).includes("a-secret-key"));
    assertEquals(api.lines.map(([, , message]) => message), ["Forward added by the API"]);
  });
});

Deno.test("a target that cannot be, a forward that is not there and a stream that nobody publishes have codes of their own", async () => {
  const cases = [
    [{ kind: "refused", reason: "loop: a, b, a" }, 2048, 4918, 2048],
    [{ kind: "unknown" }, 2048, 2048, 4917],
    [{ kind: "none" }, 2048, 2048, 2048],
  ] as const;
  for (const [answer, listed, added, removed] of cases) {
    await withAnswer(answer, async (api) => {
      assertEquals((await api.json(PATH)).code, listed);
      assertEquals((await api.json(PATH, post({ url: "rtmp://a/b/c" }))).code, added);
      assertEquals((await api.json(`${PATH}/7-1`, { method: "DELETE" })).code, removed);
    });
  }
});

Deno.test("DELETE ends a forward", async () => {
  await withAnswer({ kind: "removed" }, async (api, orders) => {
    assertEquals((await api.json(`${PATH}/7-1`, { method: "DELETE" })).code, 0);
    assertEquals(orders, [{ kind: "remove", streamId: "vid-0000001", id: "7-1" }]);
  });
});
