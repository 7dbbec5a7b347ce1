/**
 * `on_hls_notify`: one call for each finished segment, whose answer does not matter; it warms caches. Not kept anywhere
 * and not repeated.
 *
 * @module
 */
import type { FinishedSegment, Log } from "../../core/mod.ts";
import type { Endpoint } from "../client/endpoint_table.ts";
import type { HookClient } from "../client/hook_client.ts";
import { webhookId } from "../contract/ids.ts";
import { noticeUrl } from "../contract/notice_url.ts";
import type { SessionFacts } from "../contract/payload.ts";

/** Sends notices. */
export class SegmentNotices {
  readonly #hookClient: HookClient;
  readonly #log: Log;

  /** @param hookClient Makes the calls. */
  constructor(hookClient: HookClient, log: Log) {
    this.#hookClient = hookClient;
    this.#log = log;
  }

  /** Call an address about a segment, unless as many calls as it may get are under way. */
  send(endpoint: Endpoint, facts: SessionFacts, segment: FinishedSegment): void {
    const { slots } = endpoint.origin;
    const id = webhookId(facts.sessionId, endpoint.event, endpoint.index, segment.sequence);
    if (!slots.tryNotification()) {
      endpoint.stats.count("error", 0, "max_concurrency is reached");
      this.#log.write("warn", facts.clientId, "Hook not called", {
        event: endpoint.event,
        url: endpoint.url,
        id,
        cause: "max_concurrency is reached",
      });
      return;
    }
    const url = noticeUrl(endpoint.url, facts, segment);
    const call = { url, webhookId: id, sessionId: facts.sessionId, clientId: facts.clientId };
    void this.#hookClient.notice(endpoint, call).finally(() => slots.releaseNotification());
  }
}
