/**
 * What touches the host: its clocks and timers, locks of processes, TCP listeners and their accept loops.
 *
 * @module
 */
export { type AcceptFault, acceptFault } from "./net/accept_error.ts";
export { type AcceptEvents, AcceptLoop, type Listener } from "./net/accept_loop.ts";
export { type ClientConn, whenReleased } from "./net/client_conn.ts";
export { fetchErrorDetail, fetchErrorText } from "./net/fetch_error.ts";
export type { ListenTcpOptions } from "./net/listen_tcp.ts";
export { renewAll, TlsAcceptLoop, type TlsListenTerms } from "./net/tls_accept_loop.ts";
export type { TlsRelayTerms } from "./net/tls_relay.ts";
export type { TlsTransport } from "./net/tls_transport.ts";
export { TlsClientConn } from "./net/tls_conn.ts";
export type { ProxiedSource } from "./net/proxy_header.ts";
export { ListenerSet, type RunningListener } from "./net/listener_set.ts";
export { ProxyGate, type ProxyGateEvents, type ProxyGateOptions } from "./net/proxy_gate.ts";
export { type ForwardedHeaders, TrustedProxies } from "./net/trusted_proxies.ts";
export {
  type ApplyPair,
  type CertificateSource,
  CertificateStore,
  type CertificateStoreDeps,
  type PreparedCertificates,
} from "./tls/certificate_store.ts";
export { FileHints } from "./tls/file_hints.ts";
export { checkTlsPair, type PairFiles, readTlsPair } from "./tls/tls_pair.ts";
export { LoopDelay } from "./loop_delay.ts";
export { SystemClock } from "./system_clock.ts";
export { fileErrorText, isNoSuchFile } from "./file_errors.ts";
export { ProcessLock } from "./process_lock.ts";
export { isHangUp, isNetworkError, isWithoutTls } from "./net/network_error.ts";
export { refuseTakenPorts } from "./net/port_check.ts";
export { ClientSocket } from "./net/socket.ts";
export { KeyedHash } from "./limits/keyed_hash.ts";
export { LIMIT_CELLS, LimitCounters } from "./limits/limit_counters.ts";
export { acquireQuota, type QuotaCounters, type QuotaLease, type QuotaLimit } from "./limits/quota.ts";
export { COUNT_CELLS, type CounterLease, SharedCounters } from "./limits/shared_counters.ts";
export { TokenBucket } from "./limits/token_bucket.ts";
export { deadline, type DeadlineOptions, delay, type DelayOptions } from "./timers.ts";
export { inSlices, TurnSlices } from "./turn_slices.ts";
// Types of other rooms that these show.
export type * from "../core/mod.ts";
export { connectUnix, listenUnix } from "./net/unix_socket.ts";
export { NotifySocket } from "./net/notify_socket.ts";
