/**
 * The text that Prometheus reads.
 *
 * @module
 */
import { MetricsText } from "../../http/metrics_text.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("MetricsText writes metrics with their samples together, labels escaped", () => {
  const text = new MetricsText();
  text.addOne({ name: "a_total", type: "counter", help: "All of a." }, 3);
  text.add({ name: "b", type: "gauge", help: "By name." }, [
    [{ name: 'say "x"\\\n', kind: "k" }, 0.5],
    [{ name: "" }, 0],
  ]);
  text.add({ name: "none", type: "gauge", help: "Nothing." }, []);
  const lines = [
    "# HELP a_total All of a.",
    "# TYPE a_total counter",
    "a_total 3",
    "# HELP b By name.",
    "# TYPE b gauge",
    'b{name="say \\"x\\"\\\\\\n",kind="k"} 0.5',
    'b{name=""} 0',
  ];
  assertEquals(text.toString(), `${lines.join("\n")}\n`);
});
