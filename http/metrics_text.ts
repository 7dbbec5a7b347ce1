/**
 * Samples as Prometheus reads them: the text exposition format 0.0.4. Pure.
 *
 * @module
 */

/** What the format is called in `Content-Type`. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Labels of a sample. */
export type Labels = Readonly<Record<string, string>>;

/** What a metric is. */
export interface MetricHead {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
}

/** Collects samples; those of one metric stand together. */
export class MetricsText {
  readonly #lines: string[] = [];

  /** A metric and all its samples; one without samples is left out. */
  add({ name, type, help }: MetricHead, samples: Iterable<readonly [labels: Labels, value: number]>): void {
    const lines = Array.from(samples, ([labels, value]) => `${name}${labelText(labels)} ${value}`);
    if (lines.length > 0) this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines);
  }

  /** A metric with one sample without labels. */
  addOne(head: MetricHead, value: number): void {
    this.add(head, [[{}, value]]);
  }

  /** All lines, the last one ended. */
  toString(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}
