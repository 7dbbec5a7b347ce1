/**
 * What touches the host: its clocks, TCP listeners and their accept loops.
 *
 * @module
 */
export type { AcceptFault } from "./net/accept_error.ts";
export { type AcceptEvents, AcceptLoop, type Listener } from "./net/accept_loop.ts";
export type { ListenTcpOptions } from "./net/listen_tcp.ts";
export { SystemClock } from "./system_clock.ts";
