/**
 * Samples as Prometheus reads them: the text exposition format 0.0.4, and OpenMetrics 1.0. Pure.
 *
 * @module
 */
import { ByteText, utf8 } from "../byte_text.ts";

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
const SPACE = 0x20;
const LINE_END = 0x0a;

/** Of thousands of rows: the labels as {@link labelText} makes them, in bytes. */
export interface LabelledRow {
  readonly labels: Uint8Array;
}

/** Collects samples; those of one metric stand together. */
export class MetricsText {
  readonly #format: MetricsFormat;
  readonly #text = new ByteText();

  /** No sample yet. */
  constructor(format: MetricsFormat) {
    this.#format = format;
  }

  /** A metric and all its samples; one without samples is left out. */
  add(head: MetricHead, samples: readonly MetricSample[]): void {
    if (samples.length === 0) return;
    this.#addHead(head);
    for (const { suffix = "", labels, value } of samples) {
      this.#text.addText(`${head.name}${suffix}${labels} ${value}\n`);
    }
  }

  /** A metric with one sample. */
  addOne(head: MetricHead, value: number, labels: Labels = {}): void {
    this.add(head, [{ labels: labelText(labels), value }]);
  }

  /** A metric with a sample for each of `rows`. */
  addEach(head: MetricHead, rows: Iterable<readonly [labels: Labels, value: number]>): void {
    this.add(head, Array.from(rows, ([labels, value]) => ({ labels: labelText(labels), value })));
  }

  /**
   * A metric with a sample for each of thousands of rows.
   *
   * @param addValue Adds the value of a row.
   * @returns What was added before, and some hundreds of lines in each piece, made as it is asked for.
   */
  *column<T extends LabelledRow>(
    head: MetricHead,
    rows: readonly T[],
    addValue: (row: T, to: ByteText) => void,
  ): Generator<Uint8Array<ArrayBuffer>> {
    if (rows.length === 0) return;
    const text = this.#text;
    const name = utf8(head.name);
    this.#addHead(head);
    for (let from = 0; from < rows.length; from += PIECE_LINES) {
      for (const row of rows.slice(from, from + PIECE_LINES)) {
        text.add(name);
        text.add(row.labels);
        text.addByte(SPACE);
        addValue(row, text);
        text.addByte(LINE_END);
      }
      yield text.take();
    }
  }

  /** What is left, and nothing follows. */
  end(): Uint8Array<ArrayBuffer> {
    if (this.#format === "openmetrics") this.#text.addText("# EOF\n");
    return this.#text.take();
  }

  #addHead({ name, type, help }: MetricHead): void {
    // OpenMetrics names a counter without the suffix that its samples have.
    const family = this.#format === "openmetrics" && type === "counter" ? name.replace(/_total$/, "") : name;
    this.#text.addText(`# HELP ${family} ${help}\n# TYPE ${family} ${type}\n`);
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
