/**
 * When players are flushed and publishers are read: the timers of media, and fair turns of the event loop.
 *
 * @module
 */
export { FlushScheduler, type ReadContents } from "./flush_scheduler.ts";
export { JoinDelay } from "./join_delay.ts";
export { MacrotaskQueue } from "./macrotask_queue.ts";
export { ReadSchedule } from "./read_schedule.ts";
export { TurnBudget } from "./turn_budget.ts";
