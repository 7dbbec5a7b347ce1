/**
 * What stands over the picture and below it: messages, the last picture while there is no new one, facts.
 *
 * @module
 */
import { byId } from "./elements.js";

/** @import { Media } from "./engine.js" */
/** @import { StateText } from "./state_texts.js" */

/** How long the button for copying says that it did, milliseconds. */
const COPIED_MS = 2000;

/** The stage of one video element. */
export class Stage {
  #video;
  #message = byId("message", HTMLElement);
  #title = byId("message-title", HTMLElement);
  #detail = byId("message-detail", HTMLElement);
  #spinner = byId("spinner", HTMLElement);
  #action = byId("message-action", HTMLButtonElement);
  #notice = byId("notice", HTMLElement);
  #soundOnly = byId("sound-only", HTMLElement);
  #lastPicture = byId("last-picture", HTMLCanvasElement);
  #facts = byId("facts", HTMLElement);
  #elsewhere = byId("elsewhere", HTMLDetailsElement);
  #address = byId("address", HTMLInputElement);
  #copy = byId("copy", HTMLButtonElement);
  /** @type {Media | undefined} */
  #media;

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
    video.addEventListener("resize", () => this.#showFacts());
    this.#copy.addEventListener("click", () => this.#copyAddress());
  }

  /**
   * Show what is said in place of the picture, or the picture alone.
   *
   * @param {StateText | undefined} text
   * @param {{ keepPicture: boolean }} options `keepPicture`: what was seen last stays in the background.
   */
  show(text, { keepPicture }) {
    if (keepPicture) this.#keepPicture();
    else this.#lastPicture.hidden = true;
    this.#message.hidden = text === undefined;
    const { title = "", detail = "", action, busy = false } = text ?? {};
    setText(this.#title, title);
    setText(this.#detail, detail);
    this.#spinner.hidden = !busy;
    this.#action.hidden = action === undefined;
    setText(this.#action, action ?? "");
    if (text !== undefined) {
      this.#soundOnly.hidden = true;
      this.#notice.hidden = true;
    } else {
      this.#showSoundOnly();
    }
  }

  /** @param {string} text Shown above a picture that plays. */
  notice(text) {
    setText(this.#notice, text);
    this.#notice.hidden = false;
  }

  /** @param {Media} media */
  media(media) {
    this.#media = media;
    this.#showFacts();
    if (this.#message.hidden) this.#showSoundOnly();
  }

  /** @param {string} url For other players. */
  address(url) {
    this.#address.value = url;
    this.#address.addEventListener("focus", () => this.#address.select());
  }

  /** Open what says how to watch without a browser. */
  suggestOtherPlayers() {
    this.#elsewhere.open = true;
  }

  #showSoundOnly() {
    this.#soundOnly.hidden = this.#media?.hasVideo !== false;
  }

  #showFacts() {
    if (this.#media === undefined) return;
    const { videoWidth, videoHeight } = this.#video;
    const { hasVideo, hasAudio, videoCodec, audioCodec, via } = this.#media;
    const size = hasVideo && videoWidth > 0 ? `${videoWidth} \u00d7 ${videoHeight}` : undefined;
    const facts = [size, videoCodec, audioCodec ?? (hasAudio ? undefined : "no sound"), via].filter((fact) =>
      fact !== undefined
    );
    setText(this.#facts, facts.join(" \u00b7 "));
  }

  /** Copy the picture before its video element is emptied. */
  #keepPicture() {
    const { videoWidth, videoHeight, readyState } = this.#video;
    if (videoWidth === 0 || readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    this.#lastPicture.width = videoWidth;
    this.#lastPicture.height = videoHeight;
    this.#lastPicture.getContext("2d")?.drawImage(this.#video, 0, 0);
    this.#lastPicture.hidden = false;
  }

  async #copyAddress() {
    this.#address.select();
    // Pages without TLS have no other way to the clipboard than the old one.
    if (navigator.clipboard === undefined) document.execCommand("copy");
    else await navigator.clipboard.writeText(this.#address.value);
    setText(this.#copy, "Copied");
    setTimeout(() => setText(this.#copy, "Copy"), COPIED_MS);
  }
}

/**
 * A status that is set to what it says already is not read out a second time.
 *
 * @param {HTMLElement} element
 * @param {string} text
 */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
