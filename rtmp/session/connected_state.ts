/**
 * An accepted connection whose NetStream does nothing: it may publish or play, one after another. RTMP 1.0 §7.2.2.
 *
 * @module
 */
import { answerEmpty, connectionTransitions, drop } from "./net_connection.ts";
import { askPlay } from "./play_states.ts";
import { askPublish } from "./publish_states.ts";
import type { Transitions } from "./session_state.ts";

/** What ends or steers a stream has nothing to act upon here; late media of an ended publish is dropped. */
export const CONNECTED: Transitions = {
  ...connectionTransitions("connected"),
  publish: { to: "publishAsked", act: askPublish },
  play: { to: "playAsked", act: askPlay },
  fcUnpublish: { to: "connected", act: answerEmpty },
  unpublish: { to: "connected", act: drop },
  closeStream: { to: "connected", act: drop },
  pause: { to: "connected", act: answerEmpty },
  resume: { to: "connected", act: answerEmpty },
  media: { to: "connected", act: drop },
};
