/**
 * What is counted, for Prometheus. Counters are since the start of the process. Pure.
 *
 * @module
 */
import { streamsOf } from "../api/views/stream_view.ts";
import { addHooks } from "./hook_metrics.ts";
import { addMedia } from "./media_metrics.ts";
import type { MetricsParts } from "./metrics_parts.ts";
import { type MetricsFormat, MetricsText } from "./metrics_text.ts";
import { addProcess } from "./process_metrics.ts";
import { addRelays } from "./relay_metrics.ts";
import { addOmitted, type StreamLabels, streamPieces } from "./stream_metrics.ts";
import { addThreads } from "./thread_metrics.ts";

/** All metrics as text, in pieces, of which those of the streams are made as they are asked for. */
export function metricsOf(
  parts: MetricsParts,
  format: MetricsFormat,
  labels: StreamLabels,
): Generator<Uint8Array<ArrayBuffer>> {
  const text = new MetricsText(format);
  const streams = streamsOf(parts.snapshot.clients);
  addProcess(text, parts);
  addMedia(text, parts, streams);
  addThreads(text, parts.snapshot);
  addRelays(text, parts.snapshot);
  addHooks(text, parts);
  const isShown = streams.length <= parts.maxStreams;
  addOmitted(text, isShown ? 0 : streams.length);
  return streamPieces(text, isShown ? streams : [], labels);
}
