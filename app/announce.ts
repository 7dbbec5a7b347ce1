/**
 * What a start says once it listens: the banner for people, and a line for each address in the log.
 *
 * @module
 */
import type { Config } from "../config/mod.ts";
import { type Logger, printLine } from "../system/log/mod.ts";
import { addressText, banner } from "./banner.ts";
import { firstStream } from "./first_stream.ts";
import type { Management } from "./management.ts";
import type { MediaServer } from "./media_server.ts";
import { VERSION } from "./version.ts";
import { vhostLines } from "./vhost_lines.ts";

/** What listens. */
export interface Listening {
  readonly rtmp: MediaServer;
  readonly management: Management;
  /** What keeps the outbox from its file. */
  readonly outboxAlarm: string | undefined;
}

/** People get the banner; a log that is read by programs stays what they can read. */
export function announce(
  config: Config,
  configFile: string | undefined,
  listening: Listening,
  log: Logger,
): void {
  const { rtmp, management: { addresses: { api, apiTls, exporter } } } = listening;
  const runtime = `Deno ${Deno.version.deno}`;
  if (config.log.format === "text") {
    const command = Deno.build.standalone ? "srs" : "deno task start";
    const lines = banner({
      version: VERSION,
      runtime,
      command,
      ...rtmp.addresses,
      first: firstStream(config),
      ...{ api, apiTls },
      configFile,
      vhosts: vhostLines(config),
      outboxAlarm: listening.outboxAlarm,
    });
    try {
      for (const line of lines) printLine(line);
    } catch (error) {
      // A full disk behind the standard output must not stop the server.
      log.write("warn", undefined, "Cannot print what to type next", { error: String(error) });
    }
  }
  const { serverId } = config.rtmp;
  log.write("trace", undefined, "Started", { version: VERSION, runtime, pid: Deno.pid, server_id: serverId });
  for (const address of rtmp.addresses.rtmp) {
    log.write("trace", undefined, "Listening for RTMP", { address: addressText(address) });
  }
  for (const address of rtmp.addresses.rtmpProxied) {
    log.write("trace", undefined, "Listening for RTMP of proxies", { address: addressText(address) });
  }
  for (const address of rtmp.addresses.httpProxied) {
    log.write("trace", undefined, "Listening for HTTP of proxies", { address: addressText(address) });
  }
  for (const address of rtmp.addresses.rtmps) {
    log.write("trace", undefined, "Listening for RTMPS", { address: addressText(address) });
  }
  for (const address of rtmp.addresses.http) {
    log.write("trace", undefined, "Listening for players by HTTP", { address: addressText(address) });
  }
  for (const address of rtmp.addresses.https) {
    log.write("trace", undefined, "Listening for players by HTTPS", { address: addressText(address) });
  }
  for (const address of apiTls) {
    log.write("trace", undefined, "Listening for the API by HTTPS", { address: addressText(address) });
  }
  for (const address of api) {
    log.write("trace", undefined, "Listening for the API", { address: addressText(address) });
  }
  for (const address of exporter) {
    log.write("trace", undefined, "Listening for Prometheus", { address: addressText(address) });
  }
}
