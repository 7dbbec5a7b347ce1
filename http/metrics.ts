/**
 * What is counted, for Prometheus. ByteCounters are since the start of the process. No label has a client's or a stream's
 * name, so the number of series depends on the configuration alone. Pure.
 *
 * @module
 */
import type { EndpointSnapshot, HooksSnapshot } from "../hooks/mod.ts";
import type { ClientRole, ServerSnapshot } from "../stream/live/mod.ts";
import { type Labels, MetricsText } from "./metrics_text.ts";
import type { Identity, ProcessFacts } from "./ports.ts";
import { streamsOf } from "./api/views/stream_view.ts";

/** What metrics are made of. */
export interface MetricsParts {
  readonly snapshot: ServerSnapshot;
  readonly limits: Readonly<Record<string, number>>;
  readonly hooks: HooksSnapshot;
  readonly identity: Identity;
  readonly process: ProcessFacts;
  mask(text: string): string;
}

interface NamedEndpoint {
  readonly endpoint: EndpointSnapshot;
  readonly labels: Labels;
}

const ROLES: readonly ClientRole[] = ["publish", "play", "none"];
const MS_PER_SECOND = 1000;

/** All metrics as text. */
export function metricsOf(parts: MetricsParts): string {
  const text = new MetricsText();
  addProcess(text, parts);
  addMedia(text, parts);
  addHooks(text, parts);
  addOutbox(text, parts.hooks);
  return text.toString();
}

function addProcess(text: MetricsText, { identity, process }: MetricsParts): void {
  const { version, serverId } = identity;
  text.add({ name: "srs_info", type: "gauge", help: "What runs." }, [[{ version, server: serverId }, 1]]);
  text.addOne(
    { name: "process_start_time_seconds", type: "gauge", help: "When the process began, since 1970." },
    process.startedAt() / MS_PER_SECOND,
  );
  text.addOne(
    { name: "process_resident_memory_bytes", type: "gauge", help: "Memory in use." },
    process.memoryBytes(),
  );
}

function addMedia(text: MetricsText, { snapshot, limits }: MetricsParts): void {
  const { clients, connections, accepted, usage } = snapshot;
  text.addOne({ name: "srs_connections", type: "gauge", help: "Open connections." }, connections);
  text.addOne({ name: "srs_connections_total", type: "counter", help: "Connections served." }, accepted);
  text.add(
    { name: "srs_clients", type: "gauge", help: "Clients past connect, by what they do." },
    ROLES.map((role) => [{ role }, clients.filter((client) => client.role === role).length]),
  );
  const streams = streamsOf(clients);
  const published = streams.filter((stream) => stream.clients.some(({ role }) => role === "publish")).length;
  text.add({ name: "srs_streams", type: "gauge", help: "Streams that are published, or waited for." }, [
    [{ state: "live" }, published],
    [{ state: "waiting" }, streams.length - published],
  ]);
  text.addOne(
    { name: "srs_receive_bytes_total", type: "counter", help: "Bytes from clients." },
    usage.recvBytes,
  );
  text.addOne({ name: "srs_send_bytes_total", type: "counter", help: "Bytes to clients." }, usage.sendBytes);
  text.addOne(
    {
      name: "srs_player_jumps_total",
      type: "counter",
      help: "Times that slow players went on further ahead.",
    },
    usage.jumps,
  );
  text.addOne(
    {
      name: "srs_player_dropped_seconds_total",
      type: "counter",
      help: "Stream time that the jumps left out.",
    },
    usage.droppedMs / MS_PER_SECOND,
  );
  text.add(
    { name: "srs_limit_hits_total", type: "counter", help: "Clients that ran into a limit, by its key." },
    Object.entries(limits).map(([limit, count]) => [{ limit }, count]),
  );
}

function addHooks(text: MetricsText, { hooks: { endpoints, origins }, mask }: MetricsParts): void {
  const named = namedEndpoints(endpoints, mask);
  text.add(
    { name: "srs_hook_calls_total", type: "counter", help: "Calls by what came of them." },
    named.flatMap(({ endpoint: { verdicts }, labels }) =>
      Object.entries(verdicts).map(([verdict, count]) => [{ ...labels, verdict }, count] as const)
    ),
  );
  text.add(
    { name: "srs_hook_call_seconds", type: "gauge", help: "Duration of calls since the start, by quantile." },
    named.flatMap(({ endpoint: { p50Ms, p90Ms, p99Ms }, labels }) => [
      [{ ...labels, quantile: "0.5" }, p50Ms / MS_PER_SECOND] as const,
      [{ ...labels, quantile: "0.9" }, p90Ms / MS_PER_SECOND] as const,
      [{ ...labels, quantile: "0.99" }, p99Ms / MS_PER_SECOND] as const,
    ]),
  );
  text.add(
    { name: "srs_hook_breaker_closed", type: "gauge", help: "1 while an origin's breaker lets calls pass." },
    origins.map(({ origin, breaker }) => [{ origin }, breaker === "closed" ? 1 : 0]),
  );
  text.add(
    { name: "srs_hook_active_calls", type: "gauge", help: "Calls on their way." },
    origins.map(({ origin, activeCalls }) => [{ origin }, activeCalls]),
  );
  text.add(
    { name: "srs_hook_waiting_requests", type: "gauge", help: "Requests that wait for a free call." },
    origins.map(({ origin, waitingRequests }) => [{ origin }, waitingRequests]),
  );
  text.add(
    { name: "srs_hook_queued_events", type: "gauge", help: "Events that wait for their delivery." },
    origins.map(({ origin, queued }) => [{ origin }, queued]),
  );
  text.add(
    { name: "srs_hook_oldest_event_seconds", type: "gauge", help: "Age of the oldest undelivered event." },
    origins.map(({ origin, oldestMs }) => [{ origin }, oldestMs / MS_PER_SECOND]),
  );
}

/** Addresses that differ in a secret alone are numbered: Prometheus refuses all of a text with equal series. */
function namedEndpoints(endpoints: readonly EndpointSnapshot[], mask: MetricsParts["mask"]): NamedEndpoint[] {
  const seen = new Map<string, number>();
  return endpoints.map((endpoint) => {
    const { vhost, event } = endpoint;
    const url = mask(endpoint.url);
    const key = JSON.stringify([vhost, event, url]);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return { endpoint, labels: { vhost, event, url: count === 1 ? url : `${url} (${count})` } };
  });
}

function addOutbox(text: MetricsText, { outbox }: HooksSnapshot): void {
  const { alarm, open, undelivered, undeliveredBytes, dead } = outbox;
  text.addOne({ name: "srs_outbox_open_sessions", type: "gauge", help: "Endings not yet due." }, open);
  text.addOne(
    { name: "srs_outbox_undelivered_events", type: "gauge", help: "Events to deliver." },
    undelivered,
  );
  text.addOne(
    { name: "srs_outbox_undelivered_bytes", type: "gauge", help: "Their size, roughly." },
    undeliveredBytes,
  );
  text.addOne({ name: "srs_outbox_dead_events", type: "gauge", help: "Events that were given up." }, dead);
  text.addOne(
    { name: "srs_outbox_alarm", type: "gauge", help: "1 while the outbox cannot write its file." },
    alarm === undefined ? 0 : 1,
  );
}
