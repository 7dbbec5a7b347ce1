/**
 * The updates of all open sessions.
 *
 * @module
 */
import type { HookSession } from "./hook_session.ts";
import { SessionUpdates, type SessionUpdatesDeps } from "./session_updates.ts";

/** Starts and ends them with their sessions. */
export class OpenUpdates {
  readonly #deps: SessionUpdatesDeps;
  readonly #open = new Set<SessionUpdates>();

  /** None yet. */
  constructor(deps: SessionUpdatesDeps) {
    this.#deps = deps;
  }

  /**
   * A session has just been admitted.
   *
   * @param ttlMs As the service granted it, `undefined` for no limit.
   */
  start(session: HookSession, ttlMs: number | undefined): void {
    if (!session.open) return;
    const updates = SessionUpdates.start(this.#deps, session, ttlMs);
    this.#open.add(updates);
    session.onEnd(() => {
      this.#open.delete(updates);
      updates.stop();
    });
  }

  /** Other addresses or intervals are configured: sessions that are open are updated by those. */
  reschedule(): void {
    for (const updates of this.#open) updates.reschedule();
  }
}
