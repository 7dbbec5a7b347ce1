/**
 * The names of hook events. A request waits for the service's decision; a notification reports what has happened.
 *
 * @module
 */

/** The events that the service can refuse at a session's start. */
export type RequestEvent = "on_connect" | "on_publish" | "on_play";

/** The endings, in the order of the events that they belong to. */
export type EndingEvent = "on_close" | "on_unpublish" | "on_stop";

/** The ending that belongs to each start. */
export const ENDING_OF: Readonly<Record<RequestEvent, EndingEvent>> = Object.freeze({
  on_connect: "on_close",
  on_publish: "on_unpublish",
  on_play: "on_stop",
});

/** All events, in the order in which documents list them. */
export const HOOK_EVENT_NAMES = [
  "on_connect",
  "on_close",
  "on_publish",
  "on_unpublish",
  "on_play",
  "on_stop",
  "on_update",
  "on_hls",
  "on_hls_notify",
  "on_dvr",
  "on_forward",
] as const;

/** One of {@link HOOK_EVENT_NAMES}. */
export type HookEventName = typeof HOOK_EVENT_NAMES[number];
