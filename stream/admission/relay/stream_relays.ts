/**
 * Streams that come from other servers, as a play sees them. `cluster/` implements this.
 *
 * @module
 */
import type { EndReason, LogFields, LogLevel } from "../../../core/mod.ts";
import type { Refusal } from "../refusal.ts";
import type { ConnectFacts, StreamTarget } from "../stream_target.ts";
import type { Source } from "../../live/mod.ts";

/** A play's wish for a stream. */
export interface WantedStream {
  /** Where the request led. */
  readonly target: StreamTarget;
  /** What the client said of itself. */
  readonly facts: ConnectFacts;
  /** The stream here. */
  readonly source: Source;
  /** Where the service says that it is; absent: it says nothing. */
  readonly from?: string;
  /** The other server refuses, after the play has begun: end it. */
  lost(refusal: Refusal): void;
}

/** A stream that comes from another server, or is about to. */
export interface FetchedStream {
  /** Why the other server refuses; `undefined`: it does not, or cannot be reached for now. */
  readonly answered: Promise<Refusal | undefined>;
  /** Whether it may yet come: the other server has not answered, or a moment ago. */
  mayCome(): boolean;
  /** It is not wanted any more; may be called again. */
  release(): void;
}

/** A publish that may belong to another server. */
export interface OfferedStream {
  /** Where the request led, under its public name. */
  readonly target: StreamTarget;
  /** What the client said of itself. */
  readonly facts: ConnectFacts;
  /** The stream here. */
  readonly source: Source;
  /** Write a line of its client. */
  log(level: LogLevel, message: string, fields?: LogFields): void;
  /** The other server refuses it, after it had accepted: end it. */
  lost(reason: EndReason, description: string): void;
}

/** A publish that another server gets. */
export interface PushedStream {
  /** Why the other server refuses; `undefined`: it has accepted. */
  readonly answered: Promise<Refusal | undefined>;
  /** The publish has begun: send it. */
  begin(): void;
  /** It is over; may be called again. */
  release(): void;
}

/** Brings streams here, and takes them elsewhere. */
export interface StreamRelay {
  /** Bring it, if that is this relay's business; a refusal where it must not be brought. */
  fetch(wanted: WantedStream): FetchedStream | Refusal | undefined;
  /** Take it, if that is this relay's business; a refusal where it must not be taken. */
  offer(offered: OfferedStream): PushedStream | Refusal | undefined;
}

/** The relays of a thread: the first that knows what to do does it. */
export class StreamRelays extends Set<StreamRelay> implements StreamRelay {
  /** Bring it; `undefined`: it is nobody's business. */
  fetch(wanted: WantedStream): FetchedStream | Refusal | undefined {
    for (const relay of this) {
      const fetched = relay.fetch(wanted);
      if (fetched !== undefined) return fetched;
    }
    return undefined;
  }

  /** Take it; `undefined`: it is nobody's business. */
  offer(offered: OfferedStream): PushedStream | Refusal | undefined {
    for (const relay of this) {
      const pushed = relay.offer(offered);
      if (pushed !== undefined) return pushed;
    }
    return undefined;
  }
}
