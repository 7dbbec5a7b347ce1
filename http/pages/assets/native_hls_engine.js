/**
 * Plays HLS as the browser itself does: on phones that have no Media Source Extensions.
 *
 * @module
 */
import { codecStringOf, isPicture } from "./codec_names.js";
import { mediaOf, openHls, reportUnplayable } from "./hls_source.js";

/** @import { Engine, EngineEvents, EngineSession } from "./engine.js" */

const PLAYLIST = "application/vnd.apple.mpegurl";
/** Between two looks at the playlist of a picture that stands still, milliseconds. */
const LOOK_MS = 2000;

/**
 * The HLS of one address.
 *
 * @param {string} url Of the first playlist.
 * @returns {Engine}
 */
export function nativeHlsEngine(url) {
  const video = document.createElement("video");
  const decodes = (/** @type {string} */ codec) => {
    return video.canPlayType(`${isPicture(codec) ? "video" : "audio"}/mp4; codecs="${codec}"`) !== "";
  };
  return {
    problem: () => video.canPlayType(PLAYLIST) === "" ? "It plays no HLS." : undefined,
    plays(name) {
      const codec = codecStringOf(name);
      return codec !== undefined && decodes(codec);
    },
    skips: false,
    start: (video, _skip, events) => start({ url, decodes }, video, events),
  };
}

/**
 * @param {{ url: string, decodes: (codec: string) => boolean }} options
 * @param {HTMLVideoElement} video
 * @param {EngineEvents} events
 * @returns {EngineSession}
 */
function start({ url, decodes }, video, events) {
  const aborted = new AbortController();
  const { signal } = aborted;
  const broken = () => events.failed(video.error?.message ?? "");
  /** @type {PlaylistWatch | undefined} */
  let watch;
  const load = async () => {
    const source = await openHls(url, signal, events);
    if (source === undefined || reportUnplayable(source.codecs, decodes, events)) return;
    video.addEventListener("error", broken);
    video.src = source.url;
    events.answered();
    events.media(mediaOf(source.codecs, "HLS of the browser"));
    watch = new PlaylistWatch(video, { url: source.url, signal, failed: events.failed });
  };
  load();
  return {
    stop() {
      aborted.abort();
      watch?.stop();
      video.removeEventListener("error", broken);
      video.removeAttribute("src");
      video.load();
    },
    waits: () => watch?.isStill ?? false,
    delayS: () => seekableDelayS(video),
  };
}

/**
 * The newest point of the playlist is the last to which one can seek.
 *
 * @param {HTMLVideoElement} video
 */
function seekableDelayS({ seekable, currentTime }) {
  if (seekable.length === 0) return undefined;
  const delayS = seekable.end(seekable.length - 1) - currentTime;
  return Number.isFinite(delayS) && delayS >= 0 ? delayS : undefined;
}

/** A browser keeps to itself what its player waits for: where the picture stands still, this asks the server. */
class PlaylistWatch {
  /** The publisher is away: the server answers with what was there before. */
  isStill = false;
  #video;
  #options;
  #timer;
  #position = 0;
  #seen = "";

  /**
   * @param {HTMLVideoElement} video
   * @param {{ url: string, signal: AbortSignal, failed: (why: string) => void }} options `url`: of the media playlist.
   */
  constructor(video, options) {
    this.#video = video;
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  #look() {
    const { currentTime } = this.#video;
    const stands = currentTime === this.#position && currentTime > 0;
    this.#position = currentTime;
    if (stands) return this.#ask().catch(() => this.isStill = false);
    this.isStill = false;
    this.#seen = "";
  }

  async #ask() {
    const { url, signal, failed } = this.#options;
    const response = await fetch(url, { signal, cache: "no-store" });
    if (!response.ok) return failed(`The playlist has status ${response.status}`);
    const text = await response.text();
    this.isStill = this.#seen === "" || text === this.#seen;
    this.#seen = text;
  }
}
