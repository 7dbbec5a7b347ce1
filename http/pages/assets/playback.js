/**
 * Keeps a live stream playing: starts an engine, watches its progress, and starts it again after an error or a
 * standstill; another one where that plays what the first cannot. Knows nothing of the page: it reports states.
 *
 * @module
 */

/** @import { Engine, EngineSession, Media, Refusal, Skip } from "./engine.js" */

/**
 * @typedef {object} Listener
 * @property {(state: State) => void} state Called before the video element is emptied.
 * @property {(media: Media) => void} media What is played.
 * @property {(track: "audio" | "video", codec: string) => void} partial A track is left out: it cannot be played.
 *
 * @typedef {{ readonly kind: "connecting" | "playing" | "paused" | "gesture" | "ended" | "unreachable" | "broken" }
 *   | { readonly kind: "waiting", readonly played: boolean }
 *   | { readonly kind: "refused", readonly refusal: Refusal, readonly again: boolean }
 *   | { readonly kind: "unsupported", readonly why: string }
 *   | { readonly kind: "unplayable", readonly codecs: readonly string[] }} State
 */

/** How often progress is looked at, milliseconds. */
const TICK_MS = 250;
/** A stream that makes no progress for so long is loaded again, milliseconds. */
const STALL_MS = 4000;
/** A request without an answer is the server's way to wait for the publisher; said after so long, milliseconds. */
const SAY_WAITING_MS = 1000;
/** Longer than the server holds a request; then the network has lost it, milliseconds. */
const MAX_HELD_MS = 90_000;
/** After so much undisturbed playing the next failure is the first one again, milliseconds. */
const HEALTHY_MS = 10_000;
/** Pauses before the first, second, ... attempt after a failure; the last one stays, milliseconds. */
const RETRY_MS = [500, 1000, 2000, 4000, 8000];
/** A name that nobody publishes is asked for at this pace at most, milliseconds. */
const OFFLINE_MS = 3000;
/** The longest pause that a server can ask for, milliseconds. */
const MAX_RETRY_MS = 60_000;

/** One stream in one video element. */
export class Playback {
  #video;
  #engines;
  #listener;
  /** The engines that this browser can use, the best one first. */
  #usable;
  /** @type {Engine | undefined} */
  #engine;
  /** @type {EngineSession | undefined} */
  #session;
  /** Of all sessions; an event of an older one is dropped. */
  #attempt = 0;
  #failures = 0;
  /** @type {"stopped" | "held" | "loading" | "playing" | "waiting" | "between"} */
  #phase = "stopped";
  #phaseSince = 0;
  #position = 0;
  #progressAt = 0;
  #played = false;
  #retryTimer = 0;
  /** @type {Skip} */
  #skip = { audio: false, video: false };
  /** @type {string[]} */
  #unplayable = [];
  /**
   * @param {HTMLVideoElement} video
   * @param {readonly Engine[]} engines At least one, the best one first.
   * @param {Listener} listener
   */
  constructor(video, engines, listener) {
    this.#video = video;
    this.#engines = engines;
    this.#usable = engines.filter((engine) => engine.problem() === undefined);
    this.#listener = listener;
    setInterval(() => this.#tick(), TICK_MS);
    document.addEventListener("visibilitychange", () => this.#visible());
  }

  /** Whether it plays, or tries to. */
  get active() {
    return this.#phase !== "stopped";
  }

  /** How far the picture is behind the newest one, seconds; `undefined` while nothing plays. */
  get delayS() {
    return this.#phase === "playing" ? this.#session?.delayS() : undefined;
  }

  /** Start, or start again. */
  start() {
    this.#engine = this.#usable[0];
    if (this.#engine === undefined) {
      return this.#listener.state({ kind: "unsupported", why: this.#engines[0]?.problem() ?? "" });
    }
    this.#failures = 0;
    this.#skip = { audio: false, video: false };
    this.#unplayable = [];
    this.#load();
  }

  /** End the request: a live stream goes on without this viewer. */
  stop() {
    this.#listener.state({ kind: "paused" });
    this.#close("stopped");
  }

  #load() {
    this.#close("held");
    if (!this.#played) this.#listener.state({ kind: "connecting" });
    const attempt = this.#attempt;
    /** @param {(...values: any[]) => void} act */
    const ifCurrent = (act) => (/** @type {any[]} */ ...values) => {
      if (attempt === this.#attempt) act(...values);
    };
    this.#session = this.#engine?.start(this.#video, this.#skip, {
      answered: ifCurrent(() => this.#answered()),
      media: ifCurrent((media) => this.#listener.media(media)),
      refused: ifCurrent((refusal) => this.#refused(refusal)),
      ended: ifCurrent(() => this.#over()),
      failed: ifCurrent(() => this.#failed()),
      unplayable: ifCurrent((track, codec) => this.#cannotPlay(track, codec)),
    });
  }

  #answered() {
    this.#enter("loading");
    this.#progressAt = performance.now();
    this.#play();
  }

  #play() {
    this.#video.play().catch((/** @type {DOMException} */ error) => {
      // Any other error is of a load that another one has replaced.
      if (error.name === "NotAllowedError" && this.active) this.#notAllowed();
    });
  }

  /** Most browsers play by themselves without sound, some not even that. */
  #notAllowed() {
    if (!this.#video.muted) {
      this.#video.muted = true;
      return this.#play();
    }
    this.#listener.state({ kind: "gesture" });
    this.#close("stopped");
  }

  #tick() {
    const now = performance.now();
    const waitedMs = now - this.#phaseSince;
    if (this.#phase === "held") {
      if (waitedMs > MAX_HELD_MS) this.#failed();
      else if (waitedMs > SAY_WAITING_MS) this.#listener.state({ kind: "waiting", played: this.#played });
    }
    if (!["loading", "playing", "waiting"].includes(this.#phase)) return;
    const { currentTime } = this.#video;
    if (currentTime !== this.#position) {
      this.#position = currentTime;
      this.#progressAt = now;
      if (currentTime > 0 && this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
        this.#progress(now);
      }
    } else if (!document.hidden && now - this.#progressAt > STALL_MS) {
      if (this.#session?.waits()) this.#wait(now);
      else this.#stalled();
    }
  }

  /** @param {number} now */
  #progress(now) {
    if (this.#phase !== "playing") {
      this.#played = true;
      this.#enter("playing");
      this.#listener.state({ kind: "playing" });
      const [codec] = this.#unplayable;
      if (codec !== undefined) this.#listener.partial(this.#skip.audio ? "audio" : "video", codec);
    } else if (now - this.#phaseSince > HEALTHY_MS) {
      this.#failures = 0;
    }
  }

  /**
   * The publisher is away: loading again would show the end of the stream again.
   *
   * @param {number} now
   */
  #wait(now) {
    this.#progressAt = now;
    if (this.#phase === "waiting") return;
    this.#listener.state({ kind: "waiting", played: this.#played });
    this.#enter("waiting");
  }

  /** Nothing arrives: loading again shows whether the server has something. */
  #stalled() {
    if (this.#phase === "loading") return this.#failed();
    this.#listener.state({ kind: "waiting", played: true });
    this.#load();
  }

  #over() {
    this.#listener.state({ kind: "ended" });
    this.#retry(OFFLINE_MS);
  }

  #failed() {
    // One failure is a cut: the picture stays, and mostly the stream goes on at once.
    if (this.#failures > 0) {
      this.#listener.state({ kind: this.#phase === "loading" ? "broken" : "unreachable" });
    } else if (this.#played) this.#listener.state({ kind: "waiting", played: true });
    this.#retry(RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 0);
    this.#failures++;
  }

  /** @param {Refusal} refusal */
  #refused(refusal) {
    const { status, retryAfterS } = refusal;
    const again = status === 404 || status === 408 || status === 429 || status >= 500;
    this.#listener.state({ kind: "refused", refusal, again });
    if (!again) return this.#close("stopped");
    const pauseMs = Math.max(OFFLINE_MS, RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)] ?? 0);
    this.#retry(Math.min(MAX_RETRY_MS, Math.max(pauseMs, (retryAfterS ?? 0) * 1000)));
  }

  /**
   * @param {"audio" | "video"} track
   * @param {string} codec
   */
  #cannotPlay(track, codec) {
    if (this.#skip[track]) return;
    const next = this.#skip.audio || this.#skip.video ? undefined : this.#nextFor(codec);
    if (next !== undefined) {
      this.#engine = next;
      return this.#load();
    }
    this.#skip = { ...this.#skip, [track]: true };
    this.#unplayable.push(codec);
    this.#engine = this.#usable.find(({ skips }) => skips);
    if (this.#engine === undefined || (this.#skip.audio && this.#skip.video)) this.#giveUp();
    else this.#load();
  }

  /**
   * Another engine that may play a track which this one cannot.
   *
   * @param {string} codec
   */
  #nextFor(codec) {
    const others = this.#usable.slice(this.#usable.findIndex((engine) => engine === this.#engine) + 1);
    return others.find((engine) => engine.plays(codec));
  }

  /** Nothing is left to play. */
  #giveUp() {
    this.#listener.state({ kind: "unplayable", codecs: this.#unplayable });
    this.#close("stopped");
  }

  /** @param {number} pauseMs */
  #retry(pauseMs) {
    this.#close("between");
    this.#retryTimer = setTimeout(() => this.#load(), pauseMs);
  }

  /** A hidden page is slowed down by the browser: no reason to load again, but the picture may be old. */
  #visible() {
    if (document.hidden) return;
    this.#progressAt = performance.now();
    if (this.#phase === "playing" && this.#video.paused) this.#video.play().catch(() => {});
  }

  /** @param {"stopped" | "held" | "between"} phase */
  #close(phase) {
    clearTimeout(this.#retryTimer);
    this.#attempt++;
    this.#session?.stop();
    this.#session = undefined;
    this.#position = 0;
    this.#enter(phase);
  }

  /** @param {"stopped" | "held" | "loading" | "playing" | "waiting" | "between"} phase */
  #enter(phase) {
    this.#phase = phase;
    this.#phaseSince = performance.now();
  }
}
