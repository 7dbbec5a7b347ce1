/**
 * What touches the host: its clocks, locks of processes, TCP listeners and their accept loops.
 *
 * @module
 */
export type { AcceptFault } from "./net/accept_error.ts";
export { type AcceptEvents, AcceptLoop, type Listener } from "./net/accept_loop.ts";
export type { ListenTcpOptions } from "./net/listen_tcp.ts";
export { SystemClock } from "./system_clock.ts";
export { ProcessLock } from "./process_lock.ts";
