/**
 * An accepted connection whose NetStream does nothing: it may publish or play, one after another. RTMP 1.0 §7.2.2.
 *
 * @module
 */
import { answerEmpty, connectionTransitions, ignore } from "./net_connection.ts";
import { requestPlay } from "./play_states.ts";
import { requestPublish } from "./publish_states.ts";
import type { Transitions } from "./session_state.ts";

/** What ends or steers a stream has nothing to act upon here; late media of an ended publish is dropped. */
export const CONNECTED: Transitions = {
  ...connectionTransitions("connected"),
  publish: { to: "publishPending", apply: requestPublish },
  play: { to: "playPending", apply: requestPlay },
  fcUnpublish: { to: "connected", apply: answerEmpty },
  unpublish: { to: "connected", apply: ignore },
  closeStream: { to: "connected", apply: ignore },
  pause: { to: "connected", apply: answerEmpty },
  resume: { to: "connected", apply: answerEmpty },
  media: { to: "connected", apply: ignore },
};
