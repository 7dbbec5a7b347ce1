/**
 * The text that Prometheus reads.
 *
 * @module
 */
import { MetricsText } from "../../../http/metrics/metrics_text.ts";
import { assertEquals } from "../../support/assert.ts";

function example(format: "prometheus" | "openmetrics"): string {
  const text = new MetricsText(format);
  text.addOne({ name: "a_total", type: "counter", help: "All of a." }, 3);
  text.addEach({ name: "b", type: "gauge", help: "By name." }, [
    [{ name: 'say "x"\\\n', kind: "k" }, 0.5],
    [{ name: "" }, 0],
  ]);
  text.add({ name: "c_seconds", type: "summary", help: "Times." }, [{
    suffix: "_count",
    labels: "",
    value: 1,
  }]);
  text.addEach({ name: "none", type: "gauge", help: "Nothing." }, []);
  return new TextDecoder().decode(text.end());
}

const LINES = [
  "# HELP b By name.",
  "# TYPE b gauge",
  'b{name="say \\"x\\"\\\\\\n",kind="k"} 0.5',
  'b{name=""} 0',
  "# HELP c_seconds Times.",
  "# TYPE c_seconds summary",
  "c_seconds_count 1",
];

Deno.test("MetricsText writes metrics with their samples together, labels escaped", () => {
  const lines = ["# HELP a_total All of a.", "# TYPE a_total counter", "a_total 3", ...LINES];
  assertEquals(example("prometheus"), `${lines.join("\n")}\n`);
});

Deno.test("MetricsText writes OpenMetrics", () => {
  const lines = ["# HELP a All of a.", "# TYPE a counter", "a_total 3", ...LINES, "# EOF"];
  assertEquals(example("openmetrics"), `${lines.join("\n")}\n`);
});
