/**
 * When players are flushed and publishers are read: the timers of media, and fair turns of the event loop.
 *
 * @module
 */
export { Flusher, type ReadContents } from "./flush_scheduler.ts";
export { Newcomers } from "./join_delay.ts";
export { TurnQueue } from "./macrotask_queue.ts";
export { ReadPace } from "./read_schedule.ts";
export { FairTurns } from "./turn_budget.ts";
