/**
 * Publishes by their public names, as events report them: what an event about a segment says of its publish.
 *
 * @module
 */
import type { ActivityEvent } from "../core/mod.ts";

/** Publishes that run, or have just ended. */
export class FollowedPublishes {
  readonly #running = new Map<string, ActivityEvent>();
  readonly #ended = new Map<string, ActivityEvent>();

  /** Take an event that begins or ends one; others say nothing. */
  note(event: ActivityEvent): void {
    const { kind, vhost, app, stream = "" } = event;
    if (kind !== "on_publish" && kind !== "on_unpublish") return;
    const key = keyOf(vhost, app, stream);
    if (kind === "on_publish") {
      // The last segment of a publish comes soon after its end: it is forgotten when another begins.
      this.#ended.clear();
      this.#running.set(key, event);
      return;
    }
    const began = this.#running.get(key);
    if (began === undefined || began.clientId !== event.clientId) return;
    this.#running.delete(key);
    this.#ended.set(key, began);
  }

  /** The event that began the publish that has the name now, or had it last; `undefined` where there is none. */
  find(vhost: string, app: string, stream: string): ActivityEvent | undefined {
    const key = keyOf(vhost, app, stream);
    return this.#running.get(key) ?? this.#ended.get(key);
  }
}

function keyOf(vhost: string, app: string, stream: string): string {
  return `${vhost}/${app}/${stream}`;
}
