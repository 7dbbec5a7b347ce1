/**
 * Plays HTTP-FLV with mpegts.js, which is loaded before this module and is `globalThis.mpegts`.
 *
 * @module
 */
import { codecName } from "./codec_names.js";
import { loaderClass } from "./flv_loader.js";
import { LiveSync } from "./live_sync.js";

/** @import { Engine, EngineEvents, EngineSession, Skip } from "./engine.js" */

/** What is kept behind the picture, seconds: nobody goes back in a live stream. */
const KEPT_S = 20;
/**
 * The FLV of one address.
 *
 * @param {string} url
 * @returns {Engine}
 */
export function flvEngine(url) {
  return {
    problem: () =>
      globalThis.mpegts?.getFeatureList().mseLivePlayback
        ? undefined
        : "It has no Media Source Extensions, by which pages play live streams.",
    plays: () => true,
    skips: true,
    start: (video, skip, events) => start(url, video, skip, events),
  };
}

/**
 * @param {string} url
 * @param {HTMLVideoElement} video
 * @param {Skip} skip
 * @param {EngineEvents} events
 * @returns {EngineSession}
 */
function start(url, video, skip, events) {
  const { mpegts } = globalThis;
  const source = { type: "flv", isLive: true, url };
  const player = mpegts.createPlayer({
    ...source,
    ...(skip.audio ? { hasAudio: false } : {}),
    ...(skip.video ? { hasVideo: false } : {}),
  }, {
    customLoader: loaderClass(mpegts, skip, events),
    enableStashBuffer: false,
    lazyLoad: false,
    autoCleanupSourceBuffer: true,
    autoCleanupMaxBackwardDuration: 2 * KEPT_S,
    autoCleanupMinBackwardDuration: KEPT_S,
  });
  // A session that ends in an event of mpegts.js must not end while mpegts.js is still at work on it.
  player.on(
    mpegts.Events.MEDIA_INFO,
    (/** @type {any} */ info) => queueMicrotask(() => mediaInfo(info, events)),
  );
  player.on(
    mpegts.Events.ERROR,
    (/** @type {string} */ type, /** @type {string} */ detail, /** @type {any} */ info) => {
      const text = typeof info === "string" ? info : info?.msg;
      queueMicrotask(() => failure({ mpegts, type, detail, text }, events));
    },
  );
  player.attachMediaElement(video);
  player.load();
  const sync = new LiveSync(video);
  // A decoder that gives up says so here alone.
  const broken = () => events.failed(video.error?.message ?? "");
  video.addEventListener("error", broken);
  return {
    stop() {
      video.removeEventListener("error", broken);
      sync.stop();
      player.destroy();
    },
    // The server says nothing while the publisher is away: loading again shows whether it is still there.
    waits: () => false,
    delayS: () => bufferedS(video),
  };
}

/**
 * From the picture to the newest one that arrived.
 *
 * @param {HTMLVideoElement} video
 */
function bufferedS({ buffered, currentTime }) {
  return buffered.length === 0 ? undefined : Math.max(0, buffered.end(buffered.length - 1) - currentTime);
}

/**
 * @param {any} info Of mpegts.js.
 * @param {EngineEvents} events
 */
function mediaInfo({ hasAudio, hasVideo, audioCodec, videoCodec }, events) {
  // mpegts.js itself drops a track that the browser does not decode, without an error.
  if (videoCodec && !decodes("video/mp4", videoCodec)) {
    return events.unplayable("video", codecName(videoCodec));
  }
  if (audioCodec && !decodesAudio(audioCodec)) return events.unplayable("audio", codecName(audioCodec));
  events.media({
    hasAudio: hasAudio === true,
    hasVideo: hasVideo === true,
    audioCodec: audioCodec ? codecName(audioCodec) : undefined,
    videoCodec: videoCodec ? codecName(videoCodec) : undefined,
    via: "HTTP-FLV",
  });
}

/** @param {string} codec MP3 is not put into MP4, and FLAC in a way that no browser decodes. */
function decodesAudio(codec) {
  if (codec.toLowerCase() === "flac") return false;
  return codec === "mp3" ? MediaSource.isTypeSupported("audio/mpeg") : decodes("audio/mp4", codec);
}

/**
 * @param {string} container
 * @param {string} codec
 */
function decodes(container, codec) {
  return MediaSource.isTypeSupported(`${container}; codecs="${codec}"`);
}

/**
 * @param {{ mpegts: any, type: string, detail: string, text: string | undefined }} error
 * @param {EngineEvents} events
 */
function failure({ mpegts, type, detail, text = "" }, events) {
  if (type !== mpegts.ErrorTypes.MEDIA_ERROR) return events.failed(text);
  if (detail === mpegts.ErrorDetails.MEDIA_CODEC_UNSUPPORTED) {
    // "Flv: Unsupported audio codec: ac-3", "Flv: Unsupported codec in video frame: 4"
    const [, codec = ""] = /([\w-]+)$/.exec(text) ?? [];
    const track = text.includes("audio") ? "audio" : "video";
    return events.unplayable(track, codecName(codec, track));
  }
  // A packet that mpegts.js does not know, such as the colours of an HDR stream, is passed over by it.
  if (detail === mpegts.ErrorDetails.MEDIA_FORMAT_ERROR) return;
  events.failed(text);
}
