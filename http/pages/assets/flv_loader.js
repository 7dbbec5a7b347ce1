/**
 * Loads FLV for mpegts.js. Its own loader keeps to itself when the server answers, and what a refusal says.
 *
 * @module
 */

import { refusalOf } from "./refusal.js";

/** @import { EngineEvents, Skip } from "./engine.js" */

/** Where the header of FLV says which tracks there are, and how. */
const FLAGS_AT = 4;
const AUDIO_FLAG = 4;
const VIDEO_FLAG = 1;
/** The headers of tracks are among the first bytes. */
const STREAM_START = 64 * 1024;
const VIDEO_TAG = 9;
const ENHANCED = 0x80;
const AV1 = /** @type {[number, ...number[]]} */ ([..."av01"].map((letter) => letter.charCodeAt(0)));

/**
 * The loader of one session.
 *
 * @param {any} mpegts
 * @param {Skip} skip
 * @param {EngineEvents} events
 * @returns {new () => object}
 */
export function loaderClass(mpegts, skip, events) {
  const { kConnecting, kBuffering, kIdle, kComplete, kError } = mpegts.LoaderStatus;
  return class extends mpegts.BaseLoader {
    #abort = new AbortController();
    #received = 0;

    constructor() {
      super("live-flv-loader");
    }

    /** @param {{ url: string }} source */
    open({ url }) {
      this._status = kConnecting;
      this.#load(url).catch(() => {
        if (this.#abort.signal.aborted) return;
        this._status = kError;
        events.failed("The connection broke off");
      });
    }

    abort() {
      this._status = kIdle;
      this.#abort.abort();
    }

    destroy() {
      this.abort();
      super.destroy();
    }

    /** @param {string} url */
    async #load(url) {
      const { signal } = this.#abort;
      const response = await fetch(url, { signal, cache: "no-store" });
      if (!response.ok || response.body === null) {
        this._status = kError;
        return events.refused(await refusalOf(response));
      }
      this._status = kBuffering;
      events.answered();
      const reader = response.body.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        // A session that is over has no callbacks.
        if (signal.aborted) return;
        this.#deliver(next.value);
      }
      this._status = kComplete;
      events.ended();
    }

    /** @param {Uint8Array} bytes */
    #deliver(bytes) {
      const start = this.#received;
      if (start === 0) onlyUnplayable(bytes, skip, events);
      if (start < STREAM_START && !skip.video && hasAv1(bytes)) events.unplayable("video", "AV1");
      this.#received += bytes.length;
      const whole = bytes.length === bytes.buffer.byteLength;
      this._onDataArrival?.(whole ? bytes.buffer : bytes.slice().buffer, start, this.#received);
    }
  };
}

/**
 * A stream whose only track cannot be played has no other one to wait for.
 *
 * @param {Uint8Array} header
 * @param {Skip} skip
 * @param {EngineEvents} events
 */
function onlyUnplayable(header, skip, events) {
  const flags = header[FLAGS_AT] ?? 0;
  if (skip.video && (flags & AUDIO_FLAG) === 0) events.unplayable("audio", "");
  else if (skip.audio && (flags & VIDEO_FLAG) === 0) events.unplayable("video", "");
}

/**
 * mpegts.js takes AV1 and makes of it what no browser decodes, so it is looked for here: a tag of video, whose body
 * begins with a bit for Enhanced RTMP and the FourCC.
 *
 * @param {Uint8Array} bytes
 */
function hasAv1(bytes) {
  for (let at = bytes.indexOf(AV1[0]); at >= 0; at = bytes.indexOf(AV1[0], at + 1)) {
    const isFourCc = AV1.every((code, i) => bytes[at + i] === code);
    if (isFourCc && bytes[at - 12] === VIDEO_TAG && ((bytes[at - 1] ?? 0) & ENHANCED) !== 0) return true;
  }
  return false;
}
