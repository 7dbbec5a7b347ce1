/**
 * Takes over the rows of a process that is gone: its undelivered events, and the endings of its sessions.
 *
 * @module
 */
import type { DeliveryService } from "../delivery/delivery_service.ts";
import type { Placement } from "../client/endpoints.ts";
import type { StreamInfo } from "../../core/mod.ts";
import type { OutboxRow } from "./outbox_row.ts";
import { type SessionFacts, writePayload } from "../contract/payload.ts";

/** What was taken over. */
export interface RecoveryCounts {
  /** Events that were due already. */
  readonly undelivered: number;
  /** Endings of sessions that were cut off. */
  readonly cutOff: number;
  /** Of both, those with a new address, because theirs is no longer configured. */
  readonly moved: number;
  /** Of both, those that became dead letters, because they have no address. */
  readonly gone: number;
}

/**
 * Queue all that is owed: first what was due, in its order; then the endings of what was open, a
 * connection's last session first, so that the end of a stream comes before the end of its connection.
 *
 * @param rows Requested, open and due rows in their order.
 * @param wallMs Milliseconds since 1970, for the bodies.
 */
export function recover(
  rows: readonly OutboxRow[],
  deliveries: DeliveryService,
  wallMs: number,
): RecoveryCounts {
  /** What connections published or played when they were cut off: the connection's ending names it too. */
  const streams = new Map<string, Pick<SessionFacts, "app"> & { readonly stream: StreamInfo }>();
  const counts: Record<Placement, number> = { same: 0, moved: 0, gone: 0 };
  const place = (row: OutboxRow): boolean => {
    const placement = deliveries.place(row);
    counts[placement]++;
    if (placement === "gone") deliveries.abandon(row);
    return placement !== "gone";
  };
  let undelivered = 0;
  for (const row of rows) {
    const { app, stream } = row.facts;
    if (row.state === "open" && stream !== undefined) streams.set(row.lane, { app, stream });
    if (row.state !== "due") continue;
    if (place(row)) deliveries.resume(row);
    undelivered++;
  }
  let cutOff = 0;
  for (const row of rows.toReversed()) {
    if (row.state !== "asked" && row.state !== "open") continue;
    if (row.event === "on_close") row.facts = { ...row.facts, ...streams.get(row.lane) };
    // The service may have allowed a session whose answer was not recorded.
    const reason = row.state === "open" ? "server_restart" : "abandoned";
    row.body = writePayload(row.payload, row.event, row.facts, wallMs, {
      reason,
      durationMs: Math.max(0, row.checkpointAt - row.facts.startedAt),
      sendBytes: row.sendBytes,
      recvBytes: row.recvBytes,
    });
    if (place(row)) void deliveries.dispatch(row);
    cutOff++;
  }
  return { undelivered, cutOff, moved: counts.moved, gone: counts.gone };
}
