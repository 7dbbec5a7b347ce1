/**
 * The hooks and their outbox. Pure.
 *
 * @module
 */
import type { EndpointSnapshot, HooksSnapshot } from "../../hooks/mod.ts";
import type { MetricsParts } from "./metrics_parts.ts";
import { type Labels, labelText, type MetricSample, type MetricsText } from "./metrics_text.ts";

const MS_PER_SECOND = 1000;

interface NamedEndpoint {
  readonly endpoint: EndpointSnapshot;
  readonly labels: Labels;
}

/** Add each address, each origin and the outbox. */
export function addHooks(text: MetricsText, { hooks, mask }: Pick<MetricsParts, "hooks" | "mask">): void {
  const named = namedEndpoints(hooks.endpoints, mask);
  text.addEach(
    { name: "srs_hook_calls_total", type: "counter", help: "Calls by what came of them." },
    named.flatMap(({ endpoint: { verdicts }, labels }) =>
      Object.entries(verdicts).map(([verdict, count]) => [{ ...labels, verdict }, count] as const)
    ),
  );
  text.add(
    { name: "srs_hook_call_seconds", type: "summary", help: "Duration of calls since the start." },
    named.flatMap(durationsOf),
  );
  addOrigins(text, hooks);
  addOutbox(text, hooks);
}

function durationsOf({ endpoint, labels }: NamedEndpoint): readonly MetricSample[] {
  const { p50Ms, p90Ms, p99Ms, totalMs, calls } = endpoint;
  const quantiles = [["0.5", p50Ms], ["0.9", p90Ms], ["0.99", p99Ms]] as const;
  const own = labelText(labels);
  return [
    ...quantiles.map(([quantile, ms]): MetricSample => ({
      labels: labelText({ ...labels, quantile }),
      value: ms / MS_PER_SECOND,
    })),
    { suffix: "_sum", labels: own, value: totalMs / MS_PER_SECOND },
    { suffix: "_count", labels: own, value: calls },
  ];
}

function addOrigins(text: MetricsText, { origins }: HooksSnapshot): void {
  text.addEach(
    { name: "srs_hook_breaker_closed", type: "gauge", help: "1 while an origin's breaker lets calls pass." },
    origins.map(({ origin, breaker }) => [{ origin }, breaker === "closed" ? 1 : 0]),
  );
  text.addEach(
    { name: "srs_hook_active_calls", type: "gauge", help: "Calls on their way." },
    origins.map(({ origin, activeCalls }) => [{ origin }, activeCalls]),
  );
  text.addEach(
    { name: "srs_hook_waiting_requests", type: "gauge", help: "Requests that wait for a free call." },
    origins.map(({ origin, waitingRequests }) => [{ origin }, waitingRequests]),
  );
  text.addEach(
    { name: "srs_hook_queued_events", type: "gauge", help: "Events that wait for their delivery." },
    origins.map(({ origin, queued }) => [{ origin }, queued]),
  );
  text.addEach(
    { name: "srs_hook_oldest_event_seconds", type: "gauge", help: "Age of the oldest undelivered event." },
    origins.map(({ origin, oldestMs }) => [{ origin }, oldestMs / MS_PER_SECOND]),
  );
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
