/**
 * What a service's own record of requests says about the sessions in it.
 *
 * @module
 */
import type { ReceivedHook } from "./hook_request_reader.ts";
import { assert, assertEquals } from "../assert.ts";

/** The ending of each start. */
const ENDINGS: Readonly<Record<string, string>> = {
  on_connect: "on_close",
  on_publish: "on_unpublish",
  on_play: "on_stop",
};

/** What a record amounts to. */
export interface RecordCounts {
  /** Sessions with a start and an ending. */
  readonly pairs: number;
  /** Asks answered with no, after which nothing came. */
  readonly refused: number;
  /** Endings with reason `abandoned` for requests that had not arrived, which the server cannot know. */
  readonly unseen: number;
  /** Requests that came again, to be dropped by their id. */
  readonly repeats: number;
  /** Pairs by the reason of their ending. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** The requests without those whose `webhook-id` had come before. */
export function withoutRepeats(requests: readonly ReceivedHook[]): ReceivedHook[] {
  const seen = new Set<string>();
  return requests.filter(({ headers }) => {
    const id = headers["webhook-id"] ?? "";
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}

/**
 * Check that every session in a record has one start, then one ending, a stream's before its connection's.
 *
 * @param isRefused Whether the service had answered this ask with no.
 */
export function assertPairs(
  requests: readonly ReceivedHook[],
  isRefused: (ask: ReceivedHook) => boolean = () => false,
): RecordCounts {
  const events = withoutRepeats(requests);
  const counts = { pairs: 0, refused: 0, unseen: 0, repeats: requests.length - events.length };
  const reasons: Record<string, number> = {};
  for (const [session, came] of Map.groupBy(events, ({ json }) => String(json.session_id))) {
    const [start, ...rest] = came;
    assert(start !== undefined);
    const what = `session ${session}: ${came.map(({ action, json }) => `${action} ${json.reason ?? ""}`)}`;
    if (start.json.reason === "abandoned" && rest.length === 0) {
      counts.unseen++;
      continue;
    }
    const ending = ENDINGS[start.action];
    assert(ending !== undefined, `no start: ${what}`);
    if (isRefused(start)) {
      assertEquals(rest.length, 0, `an event was sent for a denied ${what}`);
      counts.refused++;
      continue;
    }
    assertEquals(rest.map(({ action }) => action), [ending], what);
    counts.pairs++;
    const reason = String(rest[0]?.json.reason);
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  for (const came of Map.groupBy(events, ({ json }) => json.client_id).values()) {
    const last = came.findIndex(({ action }) => action === "on_close");
    assert(last < 0 || last === came.length - 1, "something came after on_close");
  }
  return { ...counts, reasons };
}

/** Check that no number stands for two connections, of one process or of two. */
export function assertOwnClientIds(requests: readonly ReceivedHook[]): void {
  for (const [clientId, came] of Map.groupBy(requests, ({ json }) => json.client_id)) {
    const processes = new Set(came.map(({ json }) => json.service_id));
    assertEquals(processes.size, 1, `client_id ${clientId} came from ${[...processes]}`);
    const connections = came.filter(({ action }) => action === "on_connect" || action === "on_close");
    const sessions = new Set(connections.map(({ json }) => json.session_id));
    assert(sessions.size <= 1, `client_id ${clientId} stands for ${[...sessions]}`);
  }
}
