/**
 * When players are flushed and publishers are read: the timers of media, and fair turns of the event loop.
 *
 * A publisher's socket is read at the pace at which its players are flushed: what is read earlier would only wait. One
 * timer of the {@link FlushScheduler} serves all sources with the same `mw_latency`, here 350 ms in three ticks:
 *
 * ```text
 * ms     0                 117                233                350
 * tick   0                 1                  2                  0
 * read   all that arrived  all that arrived   all that arrived   all that arrived
 * flush  players, threads  threads            threads            players, threads
 * ```
 *
 * One tick, from the timer to the players:
 *
 * ```text
 * timer of FlushScheduler      the source is due; its ReadSchedule ticks
 *   -> MessageReader           reads and decodes until its socket is empty
 *     -> Connection, Source    media is appended to the log of each output
 *   -> ReadSchedule            the socket is empty: rest until the next tick
 *     -> FlushScheduler        the source is due: flush it
 *       -> Source, outputs     wake the readers
 *         -> ConnectionWriter  one write of all that is new, for each player
 * ```
 *
 * A source whose socket brings nothing within 5 ms is flushed all the same; a publisher that sends more than 32 KiB
 * between two ticks is read at once. With `min_latency` there is no schedule: each read is followed by its flush.
 *
 * @module
 */
export { FlushScheduler, type ReadContents } from "./flush_scheduler.ts";
export { JoinDelay } from "./join_delay.ts";
export { MacrotaskQueue } from "./macrotask_queue.ts";
export { ReadSchedule } from "./read_schedule.ts";
export { TurnBudget, type TurnWorker } from "./turn_budget.ts";
// Types of other rooms that these show.
export type * from "../../core/mod.ts";
export type * from "../live/mod.ts";
