/**
 * What several rooms share: types and small pure helpers. Imports nothing.
 *
 * @module
 */
export type { Clock, Timer } from "./clock.ts";
