/**
 * The server in a few numbers: the part of SRS's summaries that is known here. Pure.
 *
 * @module
 */
import type { ServerSnapshot } from "../../../stream/live/mod.ts";
import type { Identity, ProcessFacts } from "../../ports.ts";
import type { JsonObject } from "../reply.ts";
import { count, flag, mapOf, object, type Schema, text } from "../schema/json_schema.ts";

/** `data` of versions. */
export const VERSION: Schema = object({
  major: count("The first number."),
  minor: count("The second one."),
  revision: count("The third one."),
  version: text("All of it."),
});

/** `data` of summaries. */
export const SUMMARIES: Schema = object({
  ok: flag("Whether the numbers are there."),
  now_ms: count("The time of this answer, milliseconds since 1970."),
  self: object({
    version: text("Of this server."),
    pid: count("The system's number of this process."),
    mem_kbyte: count("Memory in use, KiB."),
    srs_uptime: count("Seconds since the start."),
  }),
  system: object({
    cpus: count("Processor cores."),
    srs_sample_time: count("When the traffic was read, milliseconds since 1970."),
    srs_recv_bytes: count("From clients since the start."),
    srs_send_bytes: count("To clients since the start."),
    conn_srs: count("Open connections."),
  }),
  limits: mapOf(count("Times since the start."), "How often clients ran into each limit, by its key."),
});

/** Version as numbers and text. */
export function versionView(version: string): JsonObject {
  const [major = 0, minor = 0, revision = 0] = version.split(/[.-]/).map(Number);
  return { major, minor, revision, version };
}

/** Process and traffic at this moment. */
export function summariesView(
  snapshot: ServerSnapshot,
  identity: Identity,
  process: ProcessFacts,
): JsonObject {
  const now = process.wallNow();
  return {
    ok: true,
    now_ms: now,
    self: {
      version: identity.version,
      pid: identity.pid,
      mem_kbyte: Math.round(process.memoryBytes() / 1024),
      srs_uptime: Math.floor(process.uptimeMs() / 1000),
    },
    system: {
      cpus: process.cpus,
      srs_sample_time: now,
      srs_recv_bytes: snapshot.usage.recvBytes,
      srs_send_bytes: snapshot.usage.sendBytes,
      conn_srs: snapshot.connections,
    },
  };
}
