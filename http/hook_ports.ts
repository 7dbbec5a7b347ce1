/**
 * What the API needs of the hooks; `app/` fills it.
 *
 * @module
 */
import type {
  HookCall,
  HookEventName,
  HooksSnapshot,
  OutboxEntry,
  ProbeResult,
  ProbeValues,
  RowState,
} from "../hooks/mod.ts";

/** The hooks. */
export interface HooksView {
  /** Everything that can be seen of them. */
  snapshot(): HooksSnapshot;
  /** The last calls, the newest first. */
  calls(): readonly HookCall[];
}

/** Calls each address of an event with sample values; rejects where a secret of the vhost cannot be used. */
export type TryHook = (event: HookEventName, values: ProbeValues) => Promise<readonly ProbeResult[]>;

/** What hooks are owed. All of them reject with an `OutboxError` where it cannot be used. */
export interface HookRows {
  /** Those in these states, the oldest of each first. */
  list(states: readonly RowState[]): Promise<readonly OutboxEntry[]>;
  /** Send a dead one again; `false` where there is none of this id. */
  replay(id: string): Promise<boolean>;
  /** Forget a dead one; `false` where there is none of this id. */
  drop(id: string): Promise<boolean>;
}
