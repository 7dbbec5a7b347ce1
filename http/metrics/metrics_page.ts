/**
 * `/metrics`, wherever it is served.
 *
 * @module
 */
import type { CertificateFacts } from "../../core/mod.ts";
import type { ServerSnapshot } from "../../stream/live/mod.ts";
import { piecesReply } from "../api/reply.ts";
import type { HooksView, Identity, Media, MetricsWriter, ProcessFacts } from "../ports.ts";
import { metricsOf } from "./metrics.ts";
import type { KernelNames } from "./metrics_parts.ts";
import { METRICS_TYPES, type MetricsFormat } from "./metrics_text.ts";
import type { SessionTally } from "./session_tally.ts";
import { StreamLabels } from "./stream_metrics.ts";

/** What the metrics are read from. */
export interface MetricsDeps {
  /** Counts what clients ran into. */
  readonly media: Pick<Media, "limitCounts">;
  /** Whose calls are counted. */
  readonly hooks: Pick<HooksView, "snapshot">;
  /** What runs. */
  readonly identity: Identity;
  /** The process. */
  readonly process: ProcessFacts;
  /** What became of sessions. */
  readonly sessions: Pick<SessionTally, "counts">;
  /** What TLS identifies itself with. */
  certificates(): readonly CertificateFacts[];
  /** The machine. */
  readonly kernel: KernelNames;
  /** `text` with the values of secrets replaced. */
  mask(text: string): string;
}

/** What an operator says of them; as in `ExporterOptions`. */
export interface MetricsOptions {
  /** Label of the build, `""` for none. */
  readonly label: string;
  /** The same: another one. */
  readonly tag: string;
  /** With more streams than this nothing is said of single ones. */
  readonly maxStreams: number;
}

/** Writes metrics. */
export class MetricsPage implements MetricsWriter {
  readonly #options: MetricsOptions;
  readonly #deps: MetricsDeps;
  readonly #labels = new StreamLabels();

  /** Metrics of one server. */
  constructor(options: MetricsOptions, deps: MetricsDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** The answer to a request that accepts this (RFC 9110 §12.5.1): OpenMetrics where it is named. */
  answer(snapshot: ServerSnapshot, accept: string): Response {
    const format = formatOf(accept);
    return piecesReply(this.#pieces(snapshot, format), METRICS_TYPES[format]);
  }

  #pieces(snapshot: ServerSnapshot, format: MetricsFormat): Generator<Uint8Array<ArrayBuffer>> {
    const { media, hooks, identity, process, sessions, kernel, mask, certificates } = this.#deps;
    const { label, tag, maxStreams } = this.#options;
    return metricsOf(
      {
        snapshot,
        limits: media.limitCounts(),
        hooks: hooks.snapshot(),
        identity,
        process,
        kernel,
        certificates: certificates(),
        sessions: sessions.counts(),
        label,
        tag,
        maxStreams,
        mask,
      },
      format,
      this.#labels,
    );
  }
}

function formatOf(accept: string): MetricsFormat {
  return /\bapplication\/openmetrics-text\b/i.test(accept) ? "openmetrics" : "prometheus";
}
