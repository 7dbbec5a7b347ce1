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

/** Lets requests to their origin. */
export class RequestGate {
  readonly #clock: Clock;
  readonly #deliveries: DeliveryService;

  /** @param deliveries The endings that go first. */
  constructor(clock: Clock, deliveries: DeliveryService) {
    this.#clock = clock;
    this.#deliveries = deliveries;
  }

  /** Wait until the request may be sent. Never rejects; with a permit {@link RequestGate.leave} has to follow. */
  async enter(request: AddressRequest): Promise<Permit | GateRefusal> {
    const { endpoint: { origin }, signal } = request;
    if (signal.aborted) return "aborted";
    const permit = origin.breaker.admit(this.#clock.now());
    if (permit === undefined) return { error: `the breaker of ${origin.name} is open` };
    const waited = await this.#clear(request) ?? await this.#slot(request);
    if (waited !== undefined) {
      if (waited === "aborted") origin.breaker.cancel(permit);
      else origin.failed(permit);
      return waited;
    }
    const recorded = await this.#record(request);
    if (recorded === undefined) return permit;
    // Says nothing about the service: the probe is still to be made.
    origin.breaker.cancel(permit);
    origin.slots.releaseRequest();
    return recorded;
  }

  /** The request was sent, and ended like this. */
  leave({ endpoint: { origin } }: AddressRequest, permit: Permit, outcome: RequestOutcome): void {
    if (outcome.kind === "aborted") origin.breaker.cancel(permit);
    else if (outcome.kind === "error") origin.failed(permit);
    else origin.answered(permit);
    origin.slots.releaseRequest();
  }

  /** Wait for older endings of the stream. */
  async #clear({ session, endpoint, signal, endsAt }: AddressRequest): Promise<GateRefusal | undefined> {
    if (session.streamKey === undefined) return undefined;
    const clearing = this.#deliveries.clear(endpoint.origin, session.streamKey);
    if (clearing === undefined) return undefined;
    const cleared = await deadline(this.#clock, clearing, { signal, maxMs: endsAt - this.#clock.now() });
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
  async #slot(
    { endpoint: { origin: { slots } }, signal, endsAt }: AddressRequest,
  ): Promise<GateRefusal | undefined> {
    if (slots.tryRequest()) return undefined;
    const slot = await slots.waitForRequest(signal, endsAt - this.#clock.now());
    if (slot === "granted") return undefined;
    return slot === "aborted"
      ? "aborted"
      : { error: "ask_timeout passed while max_concurrency other calls were under way" };
  }

  /** Wait until the outbox has the endings that would be owed if the service allows, however slow its disk is. */
  async #record({ session, endpoint, signal, endsAt }: AddressRequest): Promise<GateRefusal | undefined> {
    const recording = session.expect(endpoint);
    if (recording === undefined) return undefined;
    const recorded = await deadline(this.#clock, recording, { signal, maxMs: endsAt - this.#clock.now() });
    if (recorded === "aborted") return "aborted";
    return recorded === "expired" ? { error: "ask_timeout passed before the outbox was written" } : undefined;
  }
}
