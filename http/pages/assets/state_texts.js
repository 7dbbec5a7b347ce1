/**
 * What the page says in each state.
 *
 * @module
 */

/** @import { Refusal } from "./engine.js" */
/** @import { State } from "./playback.js" */

/**
 * @typedef {object} StateText
 * @property {string} title
 * @property {string} [detail]
 * @property {string} [action] The label of a button that starts again.
 * @property {boolean} [busy] Something will happen by itself.
 */

const COMES_BACK = "Playback continues by itself.";
const TRIES_AGAIN = "This page tries again by itself.";
const NOT_HERE = "This browser cannot play the stream";
/** What reaches every browser. */
const PUBLISH_HINT = "H.264 with AAC plays in every browser.";

/**
 * The text of a state; `undefined` for one that shows the picture alone.
 *
 * @param {State} state
 * @returns {StateText | undefined}
 */
export function stateText(state) {
  switch (state.kind) {
    case "playing":
      return undefined;
    case "connecting":
      return { title: "", busy: true };
    case "paused":
    case "gesture":
      return { title: "", action: "Play" };
    case "waiting":
      return state.played
        ? { title: "The stream is interrupted", detail: COMES_BACK, busy: true }
        : { title: "Waiting for the stream", detail: "Playback starts by itself.", busy: true };
    case "ended":
      return { title: "The stream has ended", detail: "If it returns, playback starts by itself." };
    case "unreachable":
      return { title: "The connection is lost", detail: TRIES_AGAIN, busy: true };
    case "broken":
      return { title: "The stream does not play", detail: TRIES_AGAIN, busy: true };
    case "unsupported":
      return {
        title: NOT_HERE,
        detail: `${state.why} A current Chrome, Edge, Firefox or Safari can, and so can VLC, mpv and ffplay.`,
      };
    case "unplayable":
      return {
        title: NOT_HERE,
        detail: `Its format is ${listed(state.codecs)}. VLC, mpv and ffplay can play it. ${PUBLISH_HINT}`,
      };
    case "refused":
      return refusalText(state.refusal, state.again);
  }
}

/**
 * Whether nothing happens by itself any more.
 *
 * @param {State} state
 */
export function isFinal(state) {
  if (state.kind === "refused") return !state.again;
  return ["paused", "gesture", "unplayable", "unsupported"].includes(state.kind);
}

/**
 * What is said over a picture without sound, or a sound without picture.
 *
 * @param {"audio" | "video"} track That does not play.
 * @param {string} codec
 */
export function partialText(track, codec) {
  const part = track === "audio" ? "sound" : "picture";
  return `The ${part} is ${codec}, which this browser cannot play. ${PUBLISH_HINT}`;
}

/**
 * @param {Refusal} refusal
 * @param {boolean} again
 * @returns {StateText}
 */
function refusalText({ status, reason }, again) {
  const detail = [reason, again ? TRIES_AGAIN : ""].filter((text) => text !== "").join(" \u00b7 ");
  return { title: refusalTitle(status), detail, ...(again ? { busy: true } : { action: "Try again" }) };
}

/** @param {number} status */
function refusalTitle(status) {
  if (status === 404) return "The stream is not live";
  if (status === 410) return "The server ended this session";
  if (status === 429 || status === 503) return "The server is busy";
  if (status === 401 || status === 403) return "You cannot watch this stream";
  return `The server answered with status ${status}`;
}

/** @param {readonly string[]} codecs */
function listed(codecs) {
  return codecs.filter((codec) => codec !== "").join(" and ");
}
