/**
 * The player page: puts the stream, the stage and the controls together.
 *
 * The address takes `controls=0` for the picture alone, `autoplay=0` to wait for a click and `muted=0` to begin with
 * sound where the browser allows it. All other parameters, such as a signature, go to the stream's address.
 *
 * @module
 */
import { Controls } from "./controls.js";
import { byId } from "./elements.js";
import { flvEngine } from "./flv_engine.js";
import { hlsEngine } from "./hls_engine.js";
import { nativeHlsEngine } from "./native_hls_engine.js";
import { Playback } from "./playback.js";
import { Stage } from "./stage.js";
import { isFinal, partialText, stateText } from "./state_texts.js";

/** @import { State } from "./playback.js" */

/** How often the delay is shown, milliseconds. */
const DELAY_EVERY_MS = 1000;
const OWN_PARAMETERS = ["controls", "autoplay", "muted"];

const options = new URLSearchParams(location.search);
const isOff = (/** @type {string} */ name) => /^(?:0|false|no|off)$/i.test(options.get(name) ?? "");
const video = byId("video", HTMLVideoElement);
video.muted = !isOff("muted");
const { flv, hls } = document.body.dataset;
const stage = new Stage(video);
// HTTP-FLV has the shortest delay, HLS the most codecs, and that of the browser is all that some phones have.
const engines = [
  ...(flv ? [flvEngine(streamUrl(flv))] : []),
  ...(hls ? [hlsEngine(streamUrl(hls)), nativeHlsEngine(streamUrl(hls))] : []),
];
const playback = new Playback(video, engines, {
  state: show,
  media(media) {
    stage.media(media);
    controls.hasSound = media.hasAudio;
  },
  partial: (track, codec) => stage.notice(partialText(track, codec)),
});
const controls = new Controls(video, {
  toggle: () => playback.active ? playback.stop() : playback.start(),
});

byId("message-action", HTMLButtonElement).addEventListener("click", () => playback.start());
stage.address(streamUrl(flv || hls || ""));
setInterval(() => controls.delay(playback.delayS), DELAY_EVERY_MS);

if (isOff("autoplay")) show({ kind: "gesture" });
else playback.start();

/** @param {State} state */
function show(state) {
  stage.show(stateText(state), { keepPicture: state.kind !== "playing" });
  controls.playing = !isFinal(state);
  if (state.kind === "unplayable" || state.kind === "unsupported") stage.suggestOtherPlayers();
}

/**
 * Where the stream is: the page's own parameters are not for it.
 *
 * @param {string} path
 */
function streamUrl(path) {
  const url = new URL(path, location.href);
  // As they are: a signature may be of the text.
  const rest = location.search.slice(1).split("&").filter((parameter) => {
    return parameter !== "" && !OWN_PARAMETERS.includes(parameter.replace(/=.*/, ""));
  });
  const parameters = [url.search.slice(1), ...rest].filter((text) => text !== "");
  url.search = parameters.join("&");
  return url.href;
}
