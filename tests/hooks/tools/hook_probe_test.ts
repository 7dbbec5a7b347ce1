import { SystemClock } from "../../../system/mod.ts";
import { probeHook, type ProbeValues } from "../../../hooks/tools/hook_probe.ts";
import type { HookEventName } from "../../../core/mod.ts";
import type { HooksOptions } from "../../../hooks/options.ts";
import { assert, assertEquals, assertStringIncludes } from "../../support/assert.ts";
import { hooksOptions, type UrlTable, vhostHooks } from "../../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../../support/hooks/hook_receiver.ts";

const CLOCK = new SystemClock();
const VALUES: ProbeValues = {
  vhost: "__defaultVhost__",
  app: "live",
  stream: "cam",
  param: "?token=x",
  ip: "1.2.3.4",
};

function options(urls: UrlTable): HooksOptions {
  return hooksOptions(vhostHooks(urls));
}

Deno.test("probeHook() sends the event and reads the answer, address by address", async () => {
  await using receiver = await HookReceiver.start();
  receiver.reply("on_publish", (request) => request.path === "/b" ? { code: 1, msg: "not you" } : 0);
  const configured = options({ on_publish: [receiver.url("/a"), receiver.url("/b")] });
  const [first, second] = await probeHook(configured, "on_publish", VALUES, CLOCK);
  assertEquals([first?.status, first?.verdict, first?.detail], [200, "yes", ""]);
  assertEquals([second?.status, second?.verdict, second?.detail], [200, "no", "not you"]);
  const [request] = receiver.requests;
  assertEquals([request?.json["stream"], request?.json["param"], request?.json["ip"]], [
    "cam",
    "?token=x",
    "1.2.3.4",
  ]);
  assertEquals(request?.body, first?.requestBody);
  assertStringIncludes(request?.headers["user-agent"] ?? "", "srs(simple rtmp server)");
});

Deno.test("probeHook() distinguishes a missing service from one that denies", async () => {
  const receiver = await HookReceiver.start();
  const configured = options({ on_play: [receiver.url()], on_stop: [receiver.url()] });
  await receiver.stop();
  const [asked] = await probeHook(configured, "on_play", VALUES, CLOCK);
  assertEquals([asked?.status, asked?.verdict], [undefined, "error"]);
  assert(asked?.detail !== "");
  const [ending] = await probeHook(configured, "on_stop", VALUES, CLOCK);
  assertEquals(ending?.verdict, "retry");
});

for (const event of ["on_close", "on_unpublish", "on_stop"] as const satisfies readonly HookEventName[]) {
  Deno.test(`probeHook() sends ${event} with a reason and its counts`, async () => {
    await using receiver = await HookReceiver.start();
    const [result] = await probeHook(options({ [event]: [receiver.url()] }), event, VALUES, CLOCK);
    assertEquals(result?.verdict, "delivered");
    const { reason, duration_ms, send_bytes, recv_bytes } = receiver.requests[0]?.json ?? {};
    assertEquals([reason, duration_ms, send_bytes, recv_bytes], ["client", 1000, 3000, 4000]);
  });
}

Deno.test("probeHook() has nothing to call where nothing is configured", async () => {
  assertEquals(await probeHook(options({}), "on_publish", VALUES, CLOCK), []);
  assertEquals(await probeHook(options({}), "on_publish", { ...VALUES, vhost: "other" }, CLOCK), []);
});
