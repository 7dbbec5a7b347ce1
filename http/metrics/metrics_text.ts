/**
 * Samples as Prometheus reads them: the text exposition format 0.0.4, and OpenMetrics 1.0. Pure.
 *
 * @module
 */

/** One of the two formats. */
export type MetricsFormat = "prometheus" | "openmetrics";

/** What the formats are called in `Content-Type`. */
export const METRICS_TYPES: Readonly<Record<MetricsFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** Labels of a sample. */
export type Labels = Readonly<Record<string, string>>;

/** What a metric is. */
export interface MetricHead {
  /** A counter's ends with `_total`. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "summary";
  readonly help: string;
}

/** A sample of a histogram or a summary has a suffix to its metric's name. */
export interface MetricSample {
  readonly suffix?: "_bucket" | "_sum" | "_count";
  /** As {@link labelText} makes it: samples that share labels share the text. */
  readonly labels: string;
  readonly value: number;
}

/** Lines that are sent at once. */
const PIECE_LINES = 500;

/** Collects samples; those of one metric stand together. */
export class MetricsText {
  readonly #format: MetricsFormat;
  readonly #pieces: string[] = [];
  #piece = "";
  #pieceLines = 0;

  /** No sample yet. */
  constructor(format: MetricsFormat) {
    this.#format = format;
  }

  /** A metric and all its samples; one without samples is left out. */
  add(head: MetricHead, samples: readonly MetricSample[]): void {
    if (samples.length === 0) return;
    this.#addHead(head);
    for (const { suffix = "", labels, value } of samples) {
      this.#addLine(`${head.name}${suffix}${labels} ${value}`);
    }
  }

  /** A metric with a sample for each of `rows`, which have their labels: for thousands, without an object for each. */
  addColumn<T extends Pick<MetricSample, "labels">>(
    head: MetricHead,
    rows: readonly T[],
    value: (row: T) => number,
  ): void {
    if (rows.length === 0) return;
    this.#addHead(head);
    for (const row of rows) this.#addLine(`${head.name}${row.labels} ${value(row)}`);
  }

  /** A metric with one sample. */
  addOne(head: MetricHead, value: number, labels: Labels = {}): void {
    this.add(head, [{ labels: labelText(labels), value }]);
  }

  /** A metric with a sample for each of `rows`. */
  addEach(head: MetricHead, rows: Iterable<readonly [labels: Labels, value: number]>): void {
    this.add(head, Array.from(rows, ([labels, value]) => ({ labels: labelText(labels), value })));
  }

  /** All lines, each ended, some hundreds in each piece. */
  *pieces(): Generator<string> {
    yield* this.#pieces;
    if (this.#piece !== "") yield this.#piece;
    if (this.#format === "openmetrics") yield "# EOF\n";
  }

  #addHead({ name, type, help }: MetricHead): void {
    // OpenMetrics names a counter without the suffix that its samples have.
    const family = this.#format === "openmetrics" && type === "counter" ? name.replace(/_total$/, "") : name;
    this.#addLine(`# HELP ${family} ${help}`);
    this.#addLine(`# TYPE ${family} ${type}`);
  }

  #addLine(line: string): void {
    this.#piece += `${line}\n`;
    if (++this.#pieceLines < PIECE_LINES) return;
    this.#pieces.push(this.#piece);
    this.#piece = "";
    this.#pieceLines = 0;
  }
}

/** Labels with their braces, `""` for none. */
export function labelText(labels: Labels): string {
  let text = "";
  for (const [name, value] of Object.entries(labels)) {
    text += `${text === "" ? "{" : ","}${name}="${escapeLabel(value)}"`;
  }
  return text === "" ? "" : `${text}}`;
}

function escapeLabel(value: string): string {
  return /["\\\n]/.test(value)
    ? value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')
    : value;
}
