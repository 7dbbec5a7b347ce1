import { HookService } from "../../hooks/hook_service.ts";
import { SystemClock } from "../../system/mod.ts";
import type { Hooks } from "../../core/mod.ts";
import { assert, assertEquals } from "../support/assert.ts";
import {
  allEvents,
  FAST_TIMINGS,
  hookRequest,
  hooksOptions,
  MemoryLog,
  TestContext,
  vhostHooks,
} from "../support/hooks/hook_fixtures.ts";
import { HookReceiver } from "../support/hooks/hook_receiver.ts";

const GONE = { reason: "client", sendBytes: 3421, recvBytes: 9_182_734 } as const;

Deno.test("HookService requests and notifications a publish, field by field", async () => {
  await using receiver = await HookReceiver.start();
  const service = await HookService.open(hooksOptions(vhostHooks(allEvents(receiver.url()))), {
    log: new MemoryLog(),
    timings: FAST_TIMINGS,
    clock: new SystemClock(),
  });
  const hooks: Hooks = service.decisions;
  const verdict = await hooks.request(hookRequest("on_publish"), new TestContext());
  assert(verdict.kind === "allow");
  await verdict.lease.end(GONE);
  const [start, end] = await receiver.waitFor(() => true, 2);
  assert(start !== undefined && end !== undefined);
  const common = {
    client_id: 4,
    ip: "192.168.1.10",
    vhost: "__defaultVhost__",
    app: "live",
    stream: "livestream",
    tcUrl: "rtmp://video.test.com/live",
    param: "?token=x",
    stream_url: "/live/livestream",
    stream_id: "vid-0k1j2h3",
    server_id: "vid-858kb84",
    service_id: service.serviceId,
    session_id: start.json.session_id,
    protocol: "rtmp",
  };
  assertEquals(
    JSON.stringify(start.json),
    JSON.stringify({ action: "on_publish", ...common, time: start.json.time }),
  );
  assertEquals(
    JSON.stringify(end.json),
    JSON.stringify({
      action: "on_unpublish",
      ...common,
      time: end.json.time,
      reason: "client",
      duration_ms: end.json.duration_ms,
      send_bytes: 3421,
      recv_bytes: 9_182_734,
    }),
  );
  await service.drain(1000);
  await service.close();
});
