/**
 * The last calls of the hooks, for an operator who looks at what the service answers. Pure.
 *
 * @module
 */
import { Deque } from "../../core/mod.ts";
import type { CallVerdict } from "./call_stats.ts";

/** Calls that are remembered. */
const MAX_CALLS = 500;
const MAX_TEXT = 500;

/** One call that ended. */
export interface HookCall {
  /** When it ended, milliseconds since 1970. */
  readonly wallMs: number;
  /** Whose hook it is. */
  readonly vhost: string;
  /** Event name. */
  readonly event: string;
  /** The address. */
  readonly url: string;
  /** What came of it. */
  readonly verdict: CallVerdict;
  /** Of the answer; `undefined` where none began. */
  readonly status: number | undefined;
  /** How long it took, milliseconds. */
  readonly ms: number;
  /** 1 for the first one. */
  readonly attempt: number;
  /** The webhook id. */
  readonly id: string;
  /** Whose event it is. */
  readonly clientId: number;
  /** The service's reason to deny, or the error; `""` for neither. */
  readonly reason: string;
}

/** Remembers calls. */
export class CallHistory {
  readonly #calls = new Deque<HookCall>();

  /** One more has ended: the oldest one is forgotten for it. */
  add(call: HookCall): void {
    if (this.#calls.length >= MAX_CALLS) this.#calls.popFront();
    this.#calls.pushBack({ ...call, reason: call.reason.slice(0, MAX_TEXT) });
  }

  /** The newest first. */
  list(): readonly HookCall[] {
    return [...this.#calls].reverse();
  }
}
