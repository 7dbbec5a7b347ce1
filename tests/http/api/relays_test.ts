import type { RelayInfo } from "../../../core/mod.ts";
import { relaysOf, relayView } from "../../../http/api/views/relay_view.ts";
import { MetricsText } from "../../../http/metrics/metrics_text.ts";
import { addRelays } from "../../../http/metrics/relay_metrics.ts";
import { NO_USAGE, type ServerSnapshot } from "../../../stream/live/mod.ts";
import { assertEquals, assertStringIncludes } from "../../support/assert.ts";

const BASE: RelayInfo = {
  ...{ id: "7-1", kind: "forward", streamId: "vid-1", vhost: "v", app: "live", stream: "b" },
  ...{ address: "rtmp://live.example.com/app/***", state: "waiting", stateMs: 1500, attempts: 3 },
  ...{ bytes: 4096, kbps: 12, lastError: "No such key=abcdefghijkl" },
};

function snapshot(...threads: (readonly RelayInfo[])[]): ServerSnapshot {
  return {
    ...{ connections: 0, accepted: 0, usage: NO_USAGE, clients: [] },
    threads: threads.map((relays, i) => ({
      ...{ thread: String(i), connections: 0, streams: 0, usage: NO_USAGE, formats: [], relays },
    })),
  };
}

Deno.test("relaysOf() has those of all threads, pulls first, then by their streams", () => {
  const pull: RelayInfo = { ...BASE, id: "vid-2", kind: "pull", stream: "z" };
  const push: RelayInfo = { ...BASE, id: "vid-3", kind: "push", stream: "a" };
  const first: RelayInfo = { ...BASE, id: "7-2", stream: "a" };
  const names = relaysOf(snapshot([BASE, push], [first, pull])).map(({ kind, stream }) =>
    `${kind} ${stream}`
  );
  assertEquals(names, ["pull z", "push a", "forward a", "forward b"]);
});

Deno.test("relayView() shows a relay, secrets masked", () => {
  assertEquals(relayView(BASE, (text) => text.replace("abcdefghijkl", "***")), {
    ...{ id: "7-1", kind: "forward", vhost: "v", app: "live", stream: "b", stream_id: "vid-1" },
    ...{ url: "rtmp://live.example.com/app/***", state: "waiting", since: 1.5, attempts: 3, bytes: 4096 },
    ...{ kbps: 12, error: "No such key=***" },
  });
});

Deno.test("addRelays() counts relays by kind and state, and adds their bitrates", () => {
  const text = new MetricsText("prometheus");
  const live: RelayInfo = { ...BASE, id: "7-2", state: "live", kbps: 30 };
  addRelays(text, snapshot([BASE], [live, { ...live, id: "7-3" }]));
  const lines = new TextDecoder().decode(text.end());
  assertStringIncludes(lines, 'srs_relays{kind="forward",state="live"} 2');
  assertStringIncludes(lines, 'srs_relays{kind="forward",state="waiting"} 1');
  assertStringIncludes(lines, 'srs_relays{kind="pull",state="live"} 0');
  assertStringIncludes(lines, 'srs_relay_kbps{kind="forward"} 72');
});
