/**
 * Events as a test emits them by hand.
 *
 * @module
 */
import type { ActivityEvent } from "../../../core/mod.ts";

/** A play that began, with what the test changes. */
export function playEvent(changes: Partial<ActivityEvent> = {}): ActivityEvent {
  return {
    kind: "on_play",
    wallMs: 1_700_000_000_000,
    clientId: 7,
    ip: "192.0.2.1",
    protocol: "rtmp",
    vhost: "__defaultVhost__",
    app: "live",
    stream: "livestream",
    param: "?token=hello",
    streamUrl: "/live/livestream",
    streamId: "vid-0123456",
    tcUrl: "rtmp://h/live?secret=hello",
    pageUrl: "",
    ...changes,
  };
}
