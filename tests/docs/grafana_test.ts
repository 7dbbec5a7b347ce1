/**
 * docs/grafana/srs.json asks for metrics that are there, by labels that they have: Grafana shows an empty panel
 * otherwise, and says nothing.
 *
 * @module
 */
import { assert, assertEquals } from "../support/assert.ts";
import { metricsParts, metricsText } from "../support/http/metrics_parts.ts";

/** What Prometheus adds to every series. */
const ADDED_LABELS = ["instance", "job"];

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}

const { panels } = JSON.parse(
  await Deno.readTextFile(new URL("../../docs/grafana/srs.json", import.meta.url)),
);
const TARGETS: readonly Target[] = panels.flatMap((panel: { targets: readonly Target[] }) => panel.targets);

/** The labels of each series' name. */
function seriesLabels(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, ReadonlySet<string>>();
  for (const line of metricsText(metricsParts(), "prometheus").split("\n")) {
    const [, name, labels = ""] = /^([a-z_0-9]+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (name === undefined) continue;
    found.set(name, new Set(labels.matchAll(/([a-z_0-9]+)="/g).map(([, label = ""]) => label)));
  }
  return found;
}

Deno.test("the Grafana dashboard asks for metrics and labels that are there", () => {
  const series = seriesLabels();
  assert(TARGETS.length > 20, `${TARGETS.length}`);
  for (const { expr, legendFormat } of TARGETS) {
    const names = [...expr.matchAll(/\b(?:srs|process)_[a-z_0-9]+/g)].map(([name]) => name);
    assert(names.length > 0, expr);
    const grouped = [...expr.matchAll(/ by \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(", "));
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
    for (const name of names) {
      const labels = series.get(name);
      assert(labels !== undefined, `no metric ${name}: ${expr}`);
      const missing = [...grouped, ...shown].filter((label) =>
        !labels.has(label) && !ADDED_LABELS.includes(label)
      );
      assertEquals(missing, [], expr);
    }
  }
});
