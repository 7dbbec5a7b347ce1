/**
 * Those who follow the server as a media thread sees them: events go to the main thread.
 *
 * @module
 */
import type { ActivityEvent, ActivitySink } from "../../core/mod.ts";
import type { FromThread } from "./thread_messages.ts";
import { TurnBatch } from "./turn_batch.ts";

/** Sends the events of one turn of the event loop together. */
export class RemoteEvents implements ActivitySink {
  readonly #events: TurnBatch<ActivityEvent>;

  /** @param send Brings a message to the main thread. */
  constructor(send: (message: FromThread) => void) {
    this.#events = new TurnBatch((events) => send({ kind: "events", events }));
  }

  /** @inheritdoc */
  emit(event: ActivityEvent): void {
    this.#events.add(event);
  }
}
