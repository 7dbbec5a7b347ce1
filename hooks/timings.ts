/**
 * The room's own pauses, in one place, so that tests can shorten them. All in milliseconds.
 *
 * @module
 */
import type { BackoffOptions } from "./delivery/backoff.ts";

/** Pauses that the configuration does not set. */
export interface HookTimings {
  /** Between attempts to deliver. */
  readonly backoff: BackoffOptions;
  /** How often the bytes and durations of open sessions are recorded. */
  readonly checkpointMs: number;
  /** How often events that are too old are looked for. */
  readonly sweepMs: number;
  /** How often the outbox file is checked. */
  readonly outboxCheckMs: number;
  /** How long the outbox file may take for a batch; a disk that hangs counts as one that fails. */
  readonly outboxHangMs: number;
}

/** What the contract promises: 1 s doubling to 5 min. */
export const DEFAULT_TIMINGS: HookTimings = {
  backoff: { firstMs: 1000, maxMs: 300_000 },
  checkpointMs: 5000,
  sweepMs: 60_000,
  outboxCheckMs: 2000,
  outboxHangMs: 10_000,
};
