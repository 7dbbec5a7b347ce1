/**
 * The fields of SRS 6.0.157's answers and their types, as they were seen with a publisher of H.264 and AAC, an RTMP and
 * an HTTP-FLV player. `list[]` is each member of a list.
 *
 * @module
 */

/** Types by JSON's names. */
type FieldType = "string" | "number" | "boolean";

/** Fields of one type, in one object. */
function fields(prefix: string, type: FieldType, names: string): readonly (readonly [string, FieldType])[] {
  return names.split(" ").map((name) => [`${prefix}${name}`, type] as const);
}

/** By route below `/api/v1/`, those of every answer aside. */
export const SRS_FIELDS: Readonly<Record<string, readonly (readonly [path: string, type: FieldType])[]>> = {
  versions: [
    ...fields("data.", "number", "major minor revision"),
    ...fields("data.", "string", "version"),
  ],
  summaries: [
    ...fields("data.", "boolean", "ok"),
    ...fields("data.", "number", "now_ms"),
    ...fields("data.self.", "string", "version argv cwd"),
    ...fields("data.self.", "number", "pid ppid mem_kbyte mem_percent cpu_percent srs_uptime"),
    ...fields("data.system.", "number", "cpu_percent disk_read_KBps disk_write_KBps disk_busy_percent"),
    ...fields("data.system.", "number", "mem_ram_kbyte mem_ram_percent mem_swap_kbyte mem_swap_percent"),
    ...fields("data.system.", "number", "cpus cpus_online uptime ilde_time load_1m load_5m load_15m"),
    ...fields("data.system.", "number", "net_sample_time net_recv_bytes net_send_bytes net_recvi_bytes"),
    ...fields("data.system.", "number", "net_sendi_bytes srs_sample_time srs_recv_bytes srs_send_bytes"),
    ...fields("data.system.", "number", "conn_sys conn_sys_et conn_sys_tw conn_sys_udp conn_srs"),
  ],
  rusages: [
    ...fields("data.", "boolean", "ok"),
    ...fields("data.", "number", "sample_time ru_utime ru_stime ru_maxrss ru_ixrss ru_idrss ru_isrss"),
    ...fields("data.", "number", "ru_minflt ru_majflt ru_nswap ru_inblock ru_oublock ru_msgsnd ru_msgrcv"),
    ...fields("data.", "number", "ru_nsignals ru_nvcsw ru_nivcsw"),
  ],
  self_proc_stats: [
    ...fields("data.", "boolean", "ok"),
    ...fields("data.", "string", "comm state"),
    ...fields(
      "data.",
      "number",
      "sample_time percent pid ppid pgrp session tty_nr tpgid flags minflt cminflt",
    ),
    ...fields("data.", "number", "majflt cmajflt utime stime cutime cstime priority nice num_threads"),
    ...fields("data.", "number", "itrealvalue starttime vsize rss rsslim startcode endcode startstack"),
    ...fields("data.", "number", "kstkesp kstkeip signal blocked sigignore sigcatch wchan nswap cnswap"),
    ...fields("data.", "number", "exit_signal processor rt_priority policy delayacct_blkio_ticks guest_time"),
    ...fields("data.", "number", "cguest_time"),
  ],
  system_proc_stats: [
    ...fields("data.", "boolean", "ok"),
    ...fields("data.", "number", "sample_time percent user nice sys idle iowait irq softirq steal guest"),
  ],
  meminfos: [
    ...fields("data.", "boolean", "ok"),
    ...fields("data.", "number", "sample_time percent_ram percent_swap MemActive RealInUse NotInUse"),
    ...fields("data.", "number", "MemTotal MemFree Buffers Cached SwapTotal SwapFree"),
  ],
  authors: fields("data.", "string", "license contributors"),
  features: [
    ...fields("data.", "string", "options options2 build build2"),
    ...fields("data.features.", "boolean", "ssl hls hds callback api httpd dvr transcode ingest stat caster"),
    ...fields("data.features.", "boolean", "complex_send tcp_nodelay so_sendbuf mr"),
  ],
  vhosts: [
    ...fields("vhosts[].", "string", "id name"),
    ...fields("vhosts[].", "boolean", "enabled hls.enabled"),
    ...fields("vhosts[].", "number", "clients streams send_bytes recv_bytes kbps.recv_30s kbps.send_30s"),
    ...fields("vhosts[].", "number", "hls.fragment"),
  ],
  streams: [
    ...fields("streams[].", "string", "id name vhost app tcUrl url publish.cid"),
    ...fields("streams[].", "number", "live_ms clients frames send_bytes recv_bytes"),
    ...fields("streams[].", "number", "kbps.recv_30s kbps.send_30s video.width video.height"),
    ...fields("streams[].", "boolean", "publish.active"),
    ...fields("streams[].", "string", "video.codec video.profile video.level audio.codec audio.profile"),
    ...fields("streams[].", "number", "audio.sample_rate audio.channel"),
  ],
  clients: [
    ...fields("clients[].", "string", "id vhost stream ip pageUrl swfUrl tcUrl url name type"),
    ...fields("clients[].", "boolean", "publish"),
    ...fields("clients[].", "number", "alive send_bytes recv_bytes kbps.recv_30s kbps.send_30s"),
  ],
};
