/**
 * Plays HLS, and low-latency HLS where the server offers it, with hls.js: loaded when it is wanted for the first time,
 * since most streams play without it.
 *
 * @module
 */
import { codecStringOf, isPicture } from "./codec_names.js";
import { mediaOf, openHls, reportUnplayable } from "./hls_source.js";
import { LiveSync } from "./live_sync.js";

/** @import { Engine, EngineEvents, EngineSession } from "./engine.js" */

/** What is kept behind the picture, seconds: nobody goes back in a live stream. */
const KEPT_S = 20;
/** What is buffered more after each time that the picture stood still, seconds; hls.js never takes it back. */
const STALL_STEP_S = 0.25;
/** This many target durations behind, it jumps to what it has yet to load. */
const JUMP_TARGETS = 6;
/** Less than this is nothing to play, seconds. */
const EMPTY_S = 0.5;
/** A server that holds a playlist answers within so many target durations. */
const HELD_TARGETS = 4;
const SPARE_MS = 3000;

/**
 * The HLS of one address.
 *
 * @param {string} url Of the first playlist.
 * @returns {Engine}
 */
export function hlsEngine(url) {
  return {
    problem: () =>
      mediaSource() === undefined
        ? "It has no Media Source Extensions, by which pages play live streams."
        : undefined,
    plays(name) {
      const codec = codecStringOf(name);
      return codec !== undefined && decodes(codec);
    },
    skips: false,
    start: (video, _skip, events) => start(url, video, events),
  };
}

function mediaSource() {
  return /** @type {any} */ (globalThis).ManagedMediaSource ?? globalThis.MediaSource;
}

/** @param {string} codec */
function decodes(codec) {
  const kind = isPicture(codec) ? "video" : "audio";
  return mediaSource()?.isTypeSupported(`${kind}/mp4; codecs="${codec}"`) === true;
}

/**
 * @param {string} url
 * @param {HTMLVideoElement} video
 * @param {EngineEvents} events
 * @returns {EngineSession}
 */
function start(url, video, events) {
  const aborted = new AbortController();
  /** @type {HlsPlayer | undefined} */
  let player;
  const load = async () => {
    const library = loadLibrary();
    const source = await openHls(url, aborted.signal, events);
    if (source === undefined || reportUnplayable(source.codecs, decodes, events)) return;
    const Hls = await library;
    if (aborted.signal.aborted) return;
    if (Hls === undefined) return events.failed("hls.js could not be loaded");
    player = new HlsPlayer(Hls, { video, url: source.url, events });
  };
  load();
  return {
    stop() {
      aborted.abort();
      player?.stop();
    },
    waits: () => player?.waits ?? false,
    delayS: () => player?.delayS,
  };
}

/** @returns {Promise<any>} `undefined` where the network fails. */
async function loadLibrary() {
  try {
    return (await import(new URL("hls.js", import.meta.url).href)).default;
  } catch {
    return undefined;
  }
}

/**
 * @param {HTMLVideoElement} video
 * @param {number} timeS
 */
function isBuffered({ buffered }, timeS) {
  const ranges = Array.from({ length: buffered.length }, (_, i) => i);
  return ranges.some((i) => buffered.start(i) <= timeS && timeS < buffered.end(i));
}

/** One load of hls.js. */
class HlsPlayer {
  #hls;
  #video;
  #events;
  #broken;
  /** @type {LiveSync | undefined} */
  #sync;
  #answeredAt = performance.now();

  /**
   * @param {any} Hls
   * @param {{ video: HTMLVideoElement, url: string, events: EngineEvents }} options `url`: of the media playlist.
   */
  constructor(Hls, { video, url, events }) {
    this.#video = video;
    this.#events = events;
    // The page's policy forbids workers that are made of text.
    const hls = new Hls({
      enableWorker: false,
      lowLatencyMode: true,
      backBufferLength: KEPT_S,
      liveSyncOnStallIncrease: STALL_STEP_S,
    });
    this.#hls = hls;
    const { Events } = Hls;
    hls.on(Events.MANIFEST_PARSED, () => events.answered());
    hls.on(Events.LEVEL_LOADED, () => this.#loaded());
    hls.on(
      Events.BUFFER_CODECS,
      (/** @type {string} */ _name, /** @type {any} */ tracks) => this.#media(tracks),
    );
    hls.on(Events.ERROR, (/** @type {string} */ _name, /** @type {any} */ { fatal, details, error }) => {
      // hls.js is still at work on it: a session ends after that.
      if (fatal) queueMicrotask(() => events.failed(`${details} ${error?.message ?? ""}`));
    });
    this.#broken = () => events.failed(video.error?.message ?? "");
    video.addEventListener("error", this.#broken);
    hls.loadSource(url);
    hls.attachMedia(video);
  }

  /** The publisher is away: all is played, and the server answers with what is there already. */
  get waits() {
    const details = this.#hls.latestLevelDetails;
    if (!details) return false;
    const { targetduration, edge } = details;
    const heldMs = performance.now() - this.#answeredAt;
    return edge - this.#video.currentTime < EMPTY_S &&
      heldMs < HELD_TARGETS * targetduration * 1000 + SPARE_MS;
  }

  get delayS() {
    return this.#hls.latestLevelDetails ? Number(this.#hls.latency) : undefined;
  }

  stop() {
    this.#video.removeEventListener("error", this.#broken);
    this.#sync?.stop();
    this.#hls.destroy();
  }

  /** hls.js itself plays faster only while more than a second is buffered. */
  #follow() {
    const { partList, partHoldBack, partTarget } = this.#hls.latestLevelDetails ?? {};
    if (!(partList?.length > 0)) {
      this.#sync?.stop();
      this.#sync = undefined;
    } else {
      // What is left of the server's hold-back right before the next part.
      this.#sync ??= new LiveSync(this.#video, { targetS: partHoldBack - partTarget, jumps: false });
    }
  }

  #loaded() {
    this.#answeredAt = performance.now();
    this.#follow();
    const { latestLevelDetails: details, latency, targetLatency, liveSyncPosition } = this.#hls;
    // A setting of hls.js for this takes the place of the server's hold-back.
    const behindS = details ? latency - targetLatency : 0;
    if (!details || behindS <= details.targetduration || !(liveSyncPosition > this.#video.currentTime)) {
      return;
    }
    // A jump by less would now and then stop the picture.
    const isThere = isBuffered(this.#video, liveSyncPosition);
    if (isThere || behindS > JUMP_TARGETS * details.targetduration) {
      this.#video.currentTime = liveSyncPosition;
    }
  }

  /** @param {Record<string, { codec?: string }>} tracks Of all kinds; one that has both names both codecs. */
  #media(tracks) {
    const codecs = Object.values(tracks).flatMap(({ codec }) => codec?.split(",") ?? []);
    const hasParts = this.#hls.latestLevelDetails?.partTarget > 0;
    this.#events.media(mediaOf(codecs, hasParts ? "LL-HLS" : "HLS"));
  }
}
