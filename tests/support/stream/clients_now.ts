/**
 * What a registry of clients shows, without a pause between the steps.
 *
 * @module
 */
import type { ClientRegistry } from "../../../stream/admission/client_registry.ts";
import type { ClientsSnapshot } from "../../../stream/live/snapshot.ts";

/** All steps of a snapshot at once. */
export function clientsNow(clients: ClientRegistry): ClientsSnapshot {
  const steps = clients.snapshot();
  for (let step = steps.next();; step = steps.next()) {
    if (step.done === true) return step.value;
  }
}
