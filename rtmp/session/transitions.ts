/**
 * The whole transition table of a session: state, input, state. Each row is in its state's file.
 *
 * @module
 */
import { AWAITING_CONNECT, CONNECT_ASKED } from "./connect_states.ts";
import { CONNECTED } from "./connected_state.ts";
import { PLAY_ASKED, PLAYING } from "./play_states.ts";
import { PUBLISH_ASKED, PUBLISHING } from "./publish_states.ts";
import type { SessionState, Transitions } from "./session_state.ts";

/** Rows by state. */
export const TRANSITIONS: Readonly<Record<SessionState, Transitions>> = {
  awaitingConnect: AWAITING_CONNECT,
  connectAsked: CONNECT_ASKED,
  connected: CONNECTED,
  publishAsked: PUBLISH_ASKED,
  publishing: PUBLISHING,
  playAsked: PLAY_ASKED,
  playing: PLAYING,
  closing: {},
};
