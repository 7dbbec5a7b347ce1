/**
 * What a request to one address waits for, within the deadline of the whole request: the breaker of its origin, the
 * pending endings of its stream there, a free slot, and the record of the endings that it may make owed.
 *
 * @module
 */
import type { Clock, Decisions } from "../../core/mod.ts";
import type { RequestOutcome } from "../contract/answer.ts";
import type { Permit } from "../client/breaker.ts";
import type { RequestEndpoint } from "../client/endpoint_table.ts";
import type { DeliveryService } from "../delivery/delivery_service.ts";
import type { HookSession } from "./hook_session.ts";
import { deadline } from "../../system/mod.ts";

/** One request to one address. */
export interface AddressRequest {
  readonly session: HookSession;
  readonly endpoint: RequestEndpoint;
  /** What the addresses before it have decided. */
  readonly decided: Decisions;
  /** Aborts the request. */
  readonly signal: AbortSignal;
  /** When the whole request has to be answered, monotonic milliseconds. */
  readonly endsAt: number;
}

/** Why a request may not be sent. */
export type GateRefusal = "aborted" | { readonly error: string };

/** What the gate knows besides the request. */
export interface GateTools {
  readonly clock: Clock;
  /** The endings that go first. */
  readonly deliveries: Pick<DeliveryService, "clear">;
}

/** Wait until the request may be sent. Never rejects; with a permit {@link leaveGate} has to follow. */
export async function enterGate(request: AddressRequest, tools: GateTools): Promise<Permit | GateRefusal> {
  const { endpoint: { origin }, signal } = request;
  if (signal.aborted) return "aborted";
  const permit = origin.breaker.admit(tools.clock.now());
  if (permit === undefined) return { error: `the breaker of ${origin.name} is open` };
  const waited = await clearStream(request, tools) ?? await acquireSlot(request, tools.clock);
  if (waited !== undefined) {
    if (waited === "aborted") origin.breaker.cancel(permit);
    else origin.failed(permit);
    return waited;
  }
  const recorded = await recordEndings(request, tools.clock);
  if (recorded === undefined) return permit;
  // Says nothing about the service: the probe is still to be made.
  origin.breaker.cancel(permit);
  origin.slots.releaseRequest();
  return recorded;
}

/** The request was sent, and ended like this. */
export function leaveGate(
  { endpoint: { origin } }: AddressRequest,
  permit: Permit,
  outcome: RequestOutcome,
): void {
  if (outcome.kind === "aborted") origin.breaker.cancel(permit);
  else if (outcome.kind === "error") origin.failed(permit);
  else origin.answered(permit);
  origin.slots.releaseRequest();
}

/** Wait for older endings of the stream. */
async function clearStream(
  { session, endpoint, signal, endsAt }: AddressRequest,
  { clock, deliveries }: GateTools,
): Promise<GateRefusal | undefined> {
  if (session.streamKey === undefined) return undefined;
  const clearing = deliveries.clear(endpoint.origin, session.streamKey);
  if (clearing === undefined) return undefined;
  const cleared = await deadline(clock, clearing, { signal, maxMs: endsAt - clock.now() });
  switch (cleared) {
    case "aborted":
      return "aborted";
    case "expired":
      return { error: "ask_timeout passed before the stream's last ending was delivered" };
    case "unreachable":
      return { error: "the stream's last ending could not be delivered" };
    default:
      return undefined;
  }
}

/** Wait for a slot, which is acquired when this returns `undefined`. */
async function acquireSlot(
  { endpoint: { origin: { slots } }, signal, endsAt }: AddressRequest,
  clock: Clock,
): Promise<GateRefusal | undefined> {
  if (slots.tryRequest()) return undefined;
  const slot = await slots.waitForRequest(signal, endsAt - clock.now());
  if (slot === "granted") return undefined;
  return slot === "aborted"
    ? "aborted"
    : { error: "ask_timeout passed while max_concurrency other calls were under way" };
}

/** Wait until the outbox has the endings that would be owed if the service allows, however slow its disk is. */
async function recordEndings(
  { session, endpoint, signal, endsAt }: AddressRequest,
  clock: Clock,
): Promise<GateRefusal | undefined> {
  const recording = session.expect(endpoint);
  if (recording === undefined) return undefined;
  const recorded = await deadline(clock, recording, { signal, maxMs: endsAt - clock.now() });
  if (recorded === "aborted") return "aborted";
  return recorded === "expired" ? { error: "ask_timeout passed before the outbox was written" } : undefined;
}
