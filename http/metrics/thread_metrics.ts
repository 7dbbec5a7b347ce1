/**
 * The threads: how the work is shared, what is played on each, and how late its event loop is. Pure.
 *
 * @module
 */
import { DELAY_BOUNDS_MS } from "../../core/mod.ts";
import type { ServerSnapshot, ThreadSnapshot } from "../../stream/live/mod.ts";
import { labelText, type MetricSample, type MetricsText } from "./metrics_text.ts";

const MS_PER_SECOND = 1000;

/** Add what each thread says of itself. */
export function addThreads(text: MetricsText, { threads }: ServerSnapshot): void {
  const media = threads.filter(({ thread }) => thread !== "main");
  text.addEach(
    { name: "srs_thread_connections", type: "gauge", help: "Clients of a media thread." },
    media.map(({ thread, connections }) => [{ thread }, connections]),
  );
  text.addEach(
    { name: "srs_thread_streams", type: "gauge", help: "Streams that are published or played on a thread." },
    media.map(({ thread, streams }) => [{ thread }, streams]),
  );
  text.addEach(
    { name: "srs_thread_send_bytes_total", type: "counter", help: "Bytes to clients of a thread." },
    media.map(({ thread, usage }) => [{ thread }, usage.sendBytes]),
  );
  addFormats(text, media);
  text.add(
    {
      name: "srs_event_loop_delay_seconds",
      type: "histogram",
      help:
        "By how much a timer of a thread was late, measured from the first scrape to ten minutes after the last; main is the one without media.",
    },
    threads.flatMap(delaysOf),
  );
}

function addFormats(text: MetricsText, threads: readonly ThreadSnapshot[]): void {
  const rows = threads.flatMap(({ thread, formats }) =>
    formats.map(({ format, ...figures }) => ({ labels: { thread, format }, figures }))
  );
  text.addEach(
    { name: "srs_outputs", type: "gauge", help: "Streams that are played on a thread, by format." },
    rows.map(({ labels, figures }) => [labels, figures.outputs]),
  );
  text.addEach(
    { name: "srs_output_players", type: "gauge", help: "Their players." },
    rows.map(({ labels, figures }) => [labels, figures.players]),
  );
  text.addEach(
    { name: "srs_output_log_bytes", type: "gauge", help: "Memory of their stream logs." },
    rows.map(({ labels, figures }) => [labels, figures.heldBytes]),
  );
  text.addEach(
    {
      name: "srs_output_lag_seconds",
      type: "gauge",
      help: "Stream time in a log that the player furthest behind has yet to be sent.",
    },
    rows.map(({ labels, figures }) => [labels, figures.lagMs / MS_PER_SECOND]),
  );
}

/** Buckets hold all that is not longer than their bound. */
function delaysOf({ thread, loopDelay }: ThreadSnapshot): readonly MetricSample[] {
  if (loopDelay === undefined) return [];
  let total = 0;
  const buckets = loopDelay.buckets.map((count, i): MetricSample => {
    total += count;
    const bound = DELAY_BOUNDS_MS[i];
    const le = bound === undefined ? "+Inf" : String(bound / MS_PER_SECOND);
    return { suffix: "_bucket", labels: labelText({ thread, le }), value: total };
  });
  const labels = labelText({ thread });
  return [
    ...buckets,
    { suffix: "_sum", labels, value: loopDelay.sumMs / MS_PER_SECOND },
    { suffix: "_count", labels, value: total },
  ];
}
