/**
 * The whole transition table of a session: state, input, state. Each row is in its state's file.
 *
 * @module
 */
import { AWAITING_CONNECT, CONNECT_PENDING } from "./connect_states.ts";
import { CONNECTED } from "./connected_state.ts";
import { PLAY_PENDING, PLAYING } from "./play_states.ts";
import { PUBLISH_PENDING, PUBLISHING } from "./publish_states.ts";
import type { SessionState, Transitions } from "./session_state.ts";

/** Rows by state. */
export const TRANSITIONS: Readonly<Record<SessionState, Transitions>> = {
  awaitingConnect: AWAITING_CONNECT,
  connectPending: CONNECT_PENDING,
  connected: CONNECTED,
  publishPending: PUBLISH_PENDING,
  publishing: PUBLISHING,
  playPending: PLAY_PENDING,
  playing: PLAYING,
  closing: {},
};
