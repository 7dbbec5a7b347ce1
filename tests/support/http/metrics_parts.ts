/**
 * A server with something of everything, as its metrics see it.
 *
 * @module
 */
import { ACTIVITY_KINDS } from "../../../core/activity_event.ts";
import { metricsOf } from "../../../http/metrics/metrics.ts";
import type { MetricsParts } from "../../../http/metrics/metrics_parts.ts";
import type { MetricsFormat } from "../../../http/metrics/metrics_text.ts";
import { StreamLabels } from "../../../http/metrics/stream_metrics.ts";
import type { ClientSnapshot, ServerSnapshot, ThreadSnapshot } from "../../../stream/live/snapshot.ts";
import { maskSecrets } from "../../../system/log/mask.ts";
import { NO_HOOKS, TEST_KERNEL, TEST_PROCESS } from "./api_harness.ts";

const USAGE = { sendBytes: 1000, recvBytes: 500, jumps: 1, droppedMs: 250 };
const VERDICTS = { yes: 1, no: 0, error: 0, delivered: 0, retry: 0, dead: 0 };
const STATS = { calls: 1, verdicts: VERDICTS, totalMs: 3, p50Ms: 1, p90Ms: 2, p99Ms: 3, lastError: "" };

/** A client that publishes or plays. */
export function clientOf(clientId: number, changes: Partial<ClientSnapshot> = {}): ClientSnapshot {
  const stream = changes.stream ?? "livestream";
  return {
    clientId,
    ip: "192.0.2.1",
    vhost: "__defaultVhost__",
    app: "live",
    stream,
    streamId: `vid-${stream}`,
    streamUrl: `/live/${stream}`,
    tcUrl: "rtmp://h/live",
    pageUrl: "",
    swfUrl: "",
    protocol: "rtmp",
    role: "play",
    aliveMs: 1000,
    sendKbps: 80,
    recvKbps: 0,
    ...USAGE,
    ...changes,
  };
}

/** A publisher. */
export function publisherOf(clientId: number, stream: string): ClientSnapshot {
  return clientOf(clientId, {
    role: "publish",
    stream,
    recvKbps: 800,
    publication: {
      media: { videoCodec: "H.264", audioCodec: "AAC" },
      aliveMs: 2500,
      audioMessages: 40,
      videoMessages: 30,
      forward: [],
    },
  });
}

/** One thread. */
export function threadOf(thread: string): ThreadSnapshot {
  const buckets = [5, 3, 0, 0, 0, 0, 0, 0, 0, 0, 2];
  return {
    thread,
    connections: 2,
    streams: 1,
    usage: USAGE,
    formats: [{ format: "rtmp", outputs: 1, players: 1, heldBytes: 65_536, lagMs: 350 }],
    loopDelay: { buckets, sumMs: 6008 },
  };
}

/** A publisher with two players on two threads. */
export function fullSnapshot(): ServerSnapshot {
  return {
    clients: [publisherOf(1, "livestream"), clientOf(2), clientOf(3, { protocol: "hls" })],
    connections: 2,
    accepted: 9,
    usage: USAGE,
    threads: [threadOf("0"), threadOf("1"), { ...threadOf("main"), connections: 0, formats: [] }],
  };
}

/** All parts, with what a test changes; hooks call these addresses. */
export function metricsParts(
  changes: Partial<MetricsParts> = {},
  urls: readonly string[] = ["http://a/"],
): MetricsParts {
  const origin = { origin: "http://a", breaker: "closed", down: false, activeCalls: 1, waitingRequests: 0 };
  const kinds = ACTIVITY_KINDS.map((kind) => [kind, 1]);
  return {
    snapshot: fullSnapshot(),
    limits: { max_connections: 2, "play.queue_length": 0 },
    hooks: {
      ...NO_HOOKS.snapshot(),
      endpoints: urls.map((url) => ({ vhost: "v", event: "on_publish", url, origin: "http://a", ...STATS })),
      origins: [{ ...origin, queued: 3, oldestMs: 1500 }],
    },
    identity: { version: "1.2.3", serverId: 'edge "1"', serviceId: "abcdefgh", pid: 7 },
    process: { ...TEST_PROCESS, usage: () => ({ ...TEST_PROCESS.usage(), cpuShare: 0.0199812 }) },
    kernel: TEST_KERNEL,
    certificates: [{
      ...{ listener: "rtmps", file: "cert.pem", subject: "CN=tv.example.com" },
      ...{ notBeforeMs: 0, notAfterMs: 1_700_000_000_000, loadedMs: 0 },
    }],
    sessions: { byKind: Object.fromEntries(kinds), errors: 4 },
    label: "",
    tag: "",
    maxStreams: 10,
    mask: maskSecrets,
    ...changes,
  };
}

/** All metrics in one piece. */
export function metricsText(parts: MetricsParts, format: MetricsFormat): string {
  const decoder = new TextDecoder();
  return [...metricsOf(parts, format, new StreamLabels())].map((piece) => decoder.decode(piece)).join("");
}
