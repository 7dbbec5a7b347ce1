/**
 * What touches the host: its clocks.
 *
 * @module
 */
export { SystemClock } from "./system_clock.ts";
