/**
 * Configurations of SRS with edges and forwards, and what becomes of them.
 *
 * @module
 */
import type { ConversionCase } from "./conversion_cases.ts";

/** Edges, clusters and forwards. */
export const CLUSTER_CASES: readonly ConversionCase[] = [
  {
    name: "edge of SRS 1",
    conf: "vhost a {\n  mode remote;\n  origin 10.0.0.1:1935;\n  token_traverse on;\n}",
    lost: [],
    lines: [
      ["[vhost.a.cluster]", "token_traverse = true"],
      ["[vhost.a.cluster]", 'mode = "remote"'],
      ["[vhost.a.cluster]", 'origin = "rtmp://10.0.0.1:1935"'],
    ],
  },
  {
    name: "an edge without an origin",
    conf: "vhost a.com { cluster { mode remote; } }",
    lost: ["cluster"],
    lines: [[
      '[vhost."a.com".cluster]',
      '# LOST: srs.conf:1: vhost."a.com".cluster.mode: left out. An edge has no',
    ]],
    absent: ['mode = "remote"'],
  },
  {
    name: "cluster of SRS 3, local",
    conf: "vhost a { cluster { mode local; origin 10.0.0.1; } mode local; origin 10.0.0.1; }",
    lost: [],
    lines: [["[vhost.a.cluster]", 'mode = "local"']],
  },
  {
    name: "cluster of SRS 3",
    conf: "vhost a {\n  cluster { mode remote; origin 10.0.0.1 10.0.0.2:1936; coworkers 10.0.0.3; }\n}",
    lost: ["cluster"],
    lines: [
      ["[vhost.a.cluster]", "# LOST: srs.conf:2: cluster.coworkers 10.0.0.3: no effect here"],
      ["[vhost.a.cluster]", 'origin = ["rtmp://10.0.0.1:1935", "rtmp://10.0.0.2:1936"]'],
    ],
  },
  {
    name: "forward",
    conf: `vhost a { forward 10.0.0.1:1935; }
vhost b { forward { enabled on; destination 10.0.0.1; } }
vhost c { forward { enabled off; destination 10.0.0.1; } }
vhost d { forward { destination 10.0.0.1; } }`,
    lost: ["forward"],
    lines: [
      ["[vhost.a.forward]", "# LOST: srs.conf:1: forward 10.0.0.1:1935: expected a block"],
      ["[vhost.b.forward]", 'destination = "rtmp://10.0.0.1:1935/[app]/[stream]"'],
      ["[vhost.d.forward]", "enabled = false"],
    ],
    absent: ["srs.conf:2", "srs.conf:3", "srs.conf:4"],
  },
];
