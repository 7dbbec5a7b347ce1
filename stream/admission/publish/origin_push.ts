/**
 * A publish at an edge, as it is offered to its origin.
 *
 * @module
 */
import { deadline } from "../../../system/mod.ts";
import type { Source } from "../../live/mod.ts";
import type { AdmissionContext } from "../admission_context.ts";
import type { Refusal } from "../refusal.ts";
import type { PushedStream } from "../relay/stream_relays.ts";
import type { SessionClient } from "../session_client.ts";
import type { ConnectFacts, StreamTarget } from "../stream_target.ts";

/** How long an origin may take to accept a publish, milliseconds. */
const ORIGIN_ACCEPT_MS = 5000;

/** What is offered. */
export interface OfferedPublish {
  /** Has the relays. */
  readonly context: Pick<AdmissionContext, "relays" | "clock">;
  /** Who publishes. */
  readonly client: SessionClient;
  /** Under its public name. */
  readonly target: StreamTarget;
  /** What the client said of itself. */
  readonly facts: ConnectFacts | undefined;
  /** The stream here. */
  readonly source: Source | undefined;
  /** Aborted with the request. */
  readonly signal: AbortSignal;
}

/** The origin's part in one publish; none where the stream has no origin. */
export class OriginPush {
  #pushed: PushedStream | undefined;

  /** Offer it: why the origin refuses, or that it is not there. What this server pulls is offered to nobody. */
  async offer(
    { context, client, target, facts, source, signal }: OfferedPublish,
  ): Promise<Refusal | undefined> {
    if (facts === undefined || source === undefined || client.protocol === "pull") return undefined;
    const offered = context.relays.offer({
      ...{ target, source, facts },
      log: (level, message, fields) => client.log(level, message, fields),
      lost: (reason, description) => client.end(reason, description),
    });
    if (offered === undefined || "rule" in offered) return offered;
    this.#pushed = offered;
    const answer = await deadline(context.clock, offered.answered, { maxMs: ORIGIN_ACCEPT_MS, signal });
    if (answer === "expired") return { rule: "origin", reason: "The origin cannot be reached" };
    return answer === "aborted" ? undefined : answer;
  }

  /** The publish has begun. */
  begin(): void {
    this.#pushed?.begin();
  }

  /** It is over; may be called again. */
  release(): void {
    this.#pushed?.release();
  }
}
