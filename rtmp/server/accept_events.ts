/**
 * What becomes of connections that the RTMP listeners could not accept or serve: counted, and logged at most once a
 * second.
 *
 * @module
 */
import type { AcceptEvents, AcceptFault } from "../../system/mod.ts";
import { errorMessage, errorStack, type Limits } from "../../core/mod.ts";

/** How to have more open files, for the log. */
export const OPEN_FILES_ADVICE =
  "raise the limit of open files (LimitNOFILE in systemd, ulimit -n in a shell, --ulimit nofile in Docker) or lower max_connections";

/** What the events need. */
export interface AcceptFaultDeps {
  readonly limits: Limits;
}

/** Events of an accept loop whose connections `serve` takes over. */
export function acceptEvents({ limits }: AcceptFaultDeps, serve: AcceptEvents["serve"]): AcceptEvents {
  return { serve, failed: (fault, error) => countFault(limits, fault, error) };
}

/** Count a connection that came to nothing, and log it where something is wrong. */
export function countFault(
  limits: Limits,
  fault: AcceptFault,
  error: unknown,
): void {
  switch (fault) {
    case "reset":
      // Health checks of load balancers end like this every few seconds: nothing is wrong.
      return limits.count("reset_before_accept", 1);
    case "outOfFiles":
      return limits.hit("open_files", { detail: `${error}: ${OPEN_FILES_ADVICE}` }, {
        level: "error",
        message: "Cannot accept a connection: out of open files",
      });
    case "silent":
      return limits.hit("tls_handshake", { detail: errorMessage(error) }, {
        message: "Many clients by TLS do not shake hands",
      });
    case "other":
      return limits.hit("accept_failed", { detail: errorStack(error) }, {
        level: "error",
        message: "Cannot accept a connection",
      });
    default:
      fault satisfies never;
  }
}

/** Count a connection from a proxy that is refused, or is none. */
export function countProxyRefusal(limits: Limits, detail: string, ip: string): void {
  limits.hit("proxy_header", { ip, detail }, { message: "PROXY protocol refused", level: "info" });
}
