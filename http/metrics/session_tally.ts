/**
 * Counts what becomes of sessions.
 *
 * @module
 */
import {
  ACTIVITY_KINDS,
  type ActivityEvent,
  type ActivityKind,
  type ActivitySink,
  type ReportedReason,
} from "../../core/mod.ts";

/** Endings that somebody wanted, or that are in order. */
const ORDERLY: ReadonlySet<ReportedReason> = new Set([
  ...["client", "idle", "duration", "kicked", "replaced", "reload", "shutdown"] as const,
]);

/** Counts since the start. */
export interface SessionCounts {
  /** Events by their kind. */
  readonly byKind: Readonly<Record<ActivityKind, number>>;
  /** Requests that were denied, and clients that ended other than in order. */
  readonly errors: number;
}

/** Counts since it was made. */
export class SessionTally implements ActivitySink {
  readonly #byKind = new Map<ActivityKind, number>();
  #errors = 0;

  /** Count an event. */
  emit({ kind, protocol, ending }: ActivityEvent): void {
    this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + 1);
    if (kind === "denied") this.#errors++;
    // A client of RTMP ends with its connection, every other one with its stream.
    const endsClient = kind === "on_close" || protocol !== "rtmp";
    if (endsClient && ending !== undefined && !ORDERLY.has(ending.reason)) this.#errors++;
  }

  /** Counts so far. */
  counts(): SessionCounts {
    const byKind = ACTIVITY_KINDS.map((kind) => [kind, this.#byKind.get(kind) ?? 0]);
    return { byKind: Object.fromEntries(byKind), errors: this.#errors };
  }
}
