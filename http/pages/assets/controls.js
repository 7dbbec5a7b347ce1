/**
 * Buttons, keys and the delay.
 *
 * @module
 */
import { byId } from "./elements.js";

/** The pointer rests after so long, milliseconds. */
const REST_MS = 3000;
/** Steps of the volume by key. */
const VOLUME_STEP = 5;
const FULL_VOLUME = 100;

/** The controls of one video element. */
export class Controls {
  #video;
  #actions;
  #player = byId("player", HTMLElement);
  #play = byId("play", HTMLButtonElement);
  #sound = byId("sound", HTMLButtonElement);
  #unmute = byId("unmute", HTMLButtonElement);
  #volume = byId("volume", HTMLInputElement);
  #live = byId("live", HTMLElement);
  #delay = byId("delay", HTMLElement);
  #smallWindow = byId("small-window", HTMLButtonElement);
  #fullscreen = byId("fullscreen", HTMLButtonElement);
  #restTimer = 0;
  #hasSound = true;
  /** The viewer has decided about the sound. */
  #soundChosen = false;

  /**
   * @param {HTMLVideoElement} video
   * @param {{ toggle: () => void }} actions `toggle`: play or stop.
   */
  constructor(video, actions) {
    this.#video = video;
    this.#actions = actions;
    this.#play.addEventListener("click", () => actions.toggle());
    this.#sound.addEventListener("click", () => this.#toggleSound());
    this.#unmute.addEventListener("click", () => this.#toggleSound());
    this.#volume.addEventListener("input", () => this.#setVolume(Number(this.#volume.value)));
    video.addEventListener("volumechange", () => this.#showSound());
    this.#listenToFullscreen();
    this.#listenToSmallWindow();
    this.#listenToPointer();
    document.addEventListener("keydown", (event) => this.#key(event));
    this.#showSound();
  }

  /** @param {boolean} playing Whether the stream plays, or tries to. */
  set playing(playing) {
    setOn(this.#play, { on: playing, label: playing ? "Pause" : "Play" });
    if (!playing) this.delay(undefined);
    this.#moved();
  }

  /** @param {boolean} hasSound */
  set hasSound(hasSound) {
    this.#hasSound = hasSound;
    this.#showSound();
  }

  /** @param {number | undefined} seconds `undefined` while nothing plays. */
  delay(seconds) {
    this.#live.hidden = seconds === undefined;
    this.#delay.textContent = seconds === undefined ? "" : `${seconds.toFixed(1)} s delay`;
  }

  #toggleSound() {
    this.#soundChosen = true;
    const video = this.#video;
    video.muted = !video.muted;
    if (!video.muted && video.volume === 0) this.#setVolume(FULL_VOLUME);
    // The button that had the focus goes.
    if (document.activeElement === this.#unmute) this.#sound.focus();
    this.#showSound();
  }

  /** @param {number} percent */
  #setVolume(percent) {
    this.#soundChosen = true;
    this.#video.volume = Math.min(FULL_VOLUME, Math.max(0, percent)) / FULL_VOLUME;
    this.#video.muted = this.#video.volume === 0;
  }

  #showSound() {
    const { muted, volume } = this.#video;
    const off = muted || volume === 0;
    setOn(this.#sound, { on: !off, label: off ? "Turn sound on" : "Turn sound off" });
    this.#sound.disabled = !this.#hasSound;
    this.#volume.disabled = !this.#hasSound;
    this.#volume.value = String(off ? 0 : Math.round(volume * FULL_VOLUME));
    this.#unmute.hidden = !this.#hasSound || !off || this.#soundChosen;
  }

  #listenToFullscreen() {
    const toggle = () => this.#toggleFullscreen();
    this.#fullscreen.addEventListener("click", toggle);
    this.#video.addEventListener("dblclick", toggle);
    document.addEventListener("fullscreenchange", () => {
      const on = document.fullscreenElement !== null;
      setOn(this.#fullscreen, { on, label: on ? "Leave full screen" : "Full screen" });
    });
  }

  #toggleFullscreen() {
    if (document.fullscreenElement !== null) document.exitFullscreen();
    else if (this.#player.requestFullscreen !== undefined) this.#player.requestFullscreen();
    // A phone of Apple's shows nothing but a video in full screen.
    else if ("webkitEnterFullscreen" in this.#video) /** @type {any} */ (this.#video).webkitEnterFullscreen();
  }

  #listenToSmallWindow() {
    this.#smallWindow.hidden = document.pictureInPictureEnabled !== true;
    this.#smallWindow.addEventListener("click", () => {
      const done = document.pictureInPictureElement === null
        ? this.#video.requestPictureInPicture()
        : document.exitPictureInPicture();
      // Before the first picture there is nothing to show.
      Promise.resolve(done).catch(() => {});
    });
  }

  #listenToPointer() {
    this.#player.addEventListener("pointermove", () => this.#moved());
    this.#player.addEventListener("pointerleave", () => this.#rest());
    this.#player.addEventListener("focusin", () => this.#moved());
    this.#video.addEventListener("click", () => {
      // A page without controls has no other way to the sound.
      if (document.body.classList.contains("bare")) this.#toggleSound();
      this.#moved();
    });
  }

  #moved() {
    this.#player.classList.remove("resting");
    clearTimeout(this.#restTimer);
    this.#restTimer = setTimeout(() => this.#rest(), REST_MS);
  }

  /** Only a picture that moves is worth the room of the controls. */
  #rest() {
    this.#player.classList.toggle("resting", !this.#video.paused);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || isForField(event)) return;
    const act = this.#keys[event.key.toLowerCase()];
    if (act === undefined) return;
    event.preventDefault();
    act();
    this.#moved();
  }

  /** @type {Readonly<Record<string, () => void>>} */
  #keys = {
    " ": () => this.#actions.toggle(),
    k: () => this.#actions.toggle(),
    m: () => this.#toggleSound(),
    f: () => this.#toggleFullscreen(),
    arrowup: () => this.#setVolume(this.#video.volume * FULL_VOLUME + VOLUME_STEP),
    arrowdown: () => this.#setVolume(this.#video.volume * FULL_VOLUME - VOLUME_STEP),
  };
}

/**
 * Whether the key is for the element that has the focus.
 *
 * @param {KeyboardEvent} event
 */
function isForField({ key, target }) {
  if (target instanceof HTMLInputElement) return true;
  return key === " " && target instanceof HTMLElement && target.matches("button, summary");
}

/**
 * @param {HTMLElement} button
 * @param {{ on: boolean, label: string }} state
 */
function setOn(button, { on, label }) {
  button.toggleAttribute("data-on", on);
  button.setAttribute("aria-label", label);
  button.title = label;
}
