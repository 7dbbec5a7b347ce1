/**
 * The graceful end: no new clients, every session ended and its end delivered, within a time limit.
 *
 * @module
 */
import type { Clock } from "../core/mod.ts";
import type { Config } from "../config/mod.ts";
import type { HookService } from "../hooks/mod.ts";
import type { HlsDisk } from "../http/mod.ts";
import type { Logger } from "../system/log/mod.ts";
import type { Management } from "./management.ts";
import type { MediaServer } from "./media_server.ts";
import { deadline } from "../system/mod.ts";

/** What the log's last lines get even after the deadline, and at the most, milliseconds. */
const SHORTEST_LOG_WAIT_MS = 200;
const LONGEST_LOG_WAIT_MS = 2000;

/** What has to be brought to its end. */
export interface Running {
  readonly config: Config;
  readonly rtmp: MediaServer;
  readonly hooks: HookService;
  /** Reports segments to the hooks. */
  readonly disk: Pick<HlsDisk, "stop" | "settled">;
  /** Stays to the end, so that the end can be watched. */
  readonly management: Pick<Management, "drain" | "close">;
  readonly log: Logger;
  readonly clock: Clock;
}

/** How the end went. */
export interface Shutdown {
  /** When it began, by the monotonic clock. */
  readonly startedAt: number;
  /** When it has to be over, by the same clock. */
  readonly deadline: number;
  /** Events that the next start has to deliver. */
  readonly undelivered: number;
}

/**
 * Stop accepting, end all sessions with reason `shutdown` and wait until their endings are answered, at the
 * longest `grace_final_wait` and one hook call's `timeout`. What is left then is named in the log.
 *
 * @param signal Why; `undefined` at the end of a drain.
 */
export async function shutDown(
  signal: Deno.Signal | undefined,
  { config, rtmp, hooks, disk, management, log, clock }: Running,
): Promise<Shutdown> {
  const startedAt = clock.now();
  const deadlineMs = config.process.graceFinalWaitMs + longestTimeoutMs(config);
  log.write("trace", undefined, "Stopping", {
    signal,
    connections: rtmp.connectionCount,
    deadline_ms: deadlineMs,
  });

  management.drain();
  disk.stop();
  if (await deadline(clock, rtmp.drain(), { maxMs: deadlineMs }) === "expired") {
    log.write("warn", undefined, "Connections left at the deadline", { connections: rtmp.connectionCount });
  }
  const leftMs = () => Math.max(0, deadlineMs - (clock.now() - startedAt));
  await deadline(clock, disk.settled(), { maxMs: leftMs() });
  const { undelivered } = await hooks.drain(leftMs());
  for (const event of undelivered) {
    log.write("warn", event.clientId, "Event left undelivered", { event: event.event, url: event.url });
  }
  await management.close();
  return { startedAt, deadline: startedAt + deadlineMs, undelivered: undelivered.length };
}

/** Say that everything has ended, and wait for the log as long as the deadline allows. */
export async function sayStopped(
  { log, clock }: Pick<Running, "log" | "clock">,
  { startedAt, deadline, undelivered }: Shutdown,
): Promise<void> {
  const now = clock.now();
  log.writeLast("trace", "Stopped", { ms: Math.round(now - startedAt), undelivered });
  await log.close({
    withinMs: Math.min(LONGEST_LOG_WAIT_MS, Math.max(SHORTEST_LOG_WAIT_MS, deadline - now)),
  });
}

/** One call may have begun right before the end of the wait. */
function longestTimeoutMs(config: Config): number {
  const enabled = [...config.hooks.vhosts.values()].filter((vhost) => vhost.enabled);
  return Math.max(0, ...enabled.map((vhost) => vhost.timeoutMs));
}
