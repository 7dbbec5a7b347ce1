/**
 * The process and its machine: SRS's families by name, and those that Prometheus's own dashboards expect. Pure.
 *
 * @module
 */
import type { MetricsParts } from "./metrics_parts.ts";
import type { MetricsText } from "./metrics_text.ts";

const MS_PER_SECOND = 1000;

/** Add what is known of the process. */
export function addProcess(
  text: MetricsText,
  { identity, process, kernel, certificates, label, tag }: MetricsParts,
): void {
  const { cpuShare, userCpuMs, systemCpuMs } = process.usage();
  const { version, serverId, serviceId, pid } = identity;
  text.addOne({ name: "srs_node_uname_info", type: "gauge", help: "The machine." }, 1, { ...kernel });
  text.addOne({ name: "srs_build_info", type: "gauge", help: "What runs." }, 1, {
    server: serverId,
    service: serviceId,
    pid: String(pid),
    major: version.split(".")[0] ?? "",
    version,
    ...(label === "" ? {} : { label }),
    ...(tag === "" ? {} : { tag }),
  });
  text.addOne(
    {
      name: "srs_cpu_percent",
      type: "gauge",
      help: "Use of a core since the last look, 100 for all of it.",
    },
    Math.round(cpuShare * 1e5) / 1e3,
  );
  const memory = process.memoryBytes();
  text.addOne({ name: "srs_memory", type: "gauge", help: "Memory in use, KiB." }, Math.round(memory / 1024));
  text.addOne(
    { name: "process_resident_memory_bytes", type: "gauge", help: "Memory in use." },
    memory,
  );
  text.addOne(
    { name: "process_cpu_seconds_total", type: "counter", help: "Processor time since the start." },
    (userCpuMs + systemCpuMs) / MS_PER_SECOND,
  );
  text.addOne(
    { name: "process_start_time_seconds", type: "gauge", help: "When the process began, since 1970." },
    process.startedAt() / MS_PER_SECOND,
  );
  text.addEach(
    {
      name: "srs_tls_certificate_not_after_seconds",
      type: "gauge",
      help: "When the certificate of a listener ends, since 1970.",
    },
    certificates.map(({ listener, notAfterMs }) => [{ listener }, notAfterMs / MS_PER_SECOND] as const),
  );
}
