/**
 * The server in a few numbers: the part of SRS's summaries that is known here. Pure.
 *
 * @module
 */
import type { ServerSnapshot } from "../stream/live/mod.ts";
import type { Identity, ProcessFacts } from "./ports.ts";
import type { JsonObject } from "./reply.ts";

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
