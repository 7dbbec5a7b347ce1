/**
 * Rows of an outbox, for those who look at few of their members.
 *
 * @module
 */
import type { OutboxRow } from "../../../hooks/outbox/outbox_row.ts";
import type { SessionFacts } from "../../../hooks/contract/payload.ts";

/** Of a connection without a stream. */
export const SESSION_FACTS: SessionFacts = {
  sessionId: "session",
  serverId: "server",
  serviceId: "service",
  startedAt: 1,
  clientId: 1,
  ip: "127.0.0.1",
  vhost: "v",
  app: "live",
  tcUrl: "rtmp://h/live",
  pageUrl: "",
  protocol: "rtmp",
};

/** An ending that is due, but for what is said otherwise. */
export function outboxRow(id: string, changes: Partial<OutboxRow> = {}): OutboxRow {
  return {
    id,
    event: "on_stop",
    url: "http://127.0.0.1:9/",
    payload: "full",
    lane: "s:1",
    admittedBy: undefined,
    state: "due",
    seq: 0,
    dueAt: performance.now(),
    facts: SESSION_FACTS,
    streamKeys: [],
    body: "{}",
    attempts: 0,
    nextAt: 0,
    cause: "",
    sendBytes: 0,
    recvBytes: 0,
    checkpointAt: 0,
    pending: undefined,
    ...changes,
  };
}
