/**
 * Plays a stream on the console, in the way that is chosen.
 *
 * @module
 */
import { button, element } from "./console_elements.js";
import { flvEngine } from "./flv_engine.js";
import { hlsEngine } from "./hls_engine.js";

/** @import { EngineEvents, EngineSession } from "./engine.js" */

const DELAY_MS = 1000;

/** A video, and buttons that start it. */
export class Preview {
  #video = document.createElement("video");
  #status = element("p", { role: "status", class: "quiet" });
  #flv = button("Play by HTTP-FLV", () => this.#play("flv"));
  #hls = button("Play by LL-HLS", () => this.#play("m3u8"));
  #stop = button("Stop", () => this.stop());
  /** @type {EngineSession | undefined} */
  #session;
  #timer = 0;
  #address = "";
  #plays = 0;

  constructor() {
    this.#video.playsInline = true;
    this.#video.muted = true;
    this.#video.controls = true;
    this.#video.setAttribute("aria-label", "Preview");
    this.#video.hidden = true;
    this.#stop.disabled = true;
    this.element = element(
      "section",
      {},
      element("h2", {}, "Preview"),
      element("div", { class: "tools" }, this.#flv, this.#hls, this.#stop),
      this.#status,
      this.#video,
    );
  }

  /** @param {string} url Of the stream, as lists have it. */
  offer(url) {
    const { players = "" } = document.body.dataset;
    const path = url.split("/").filter((part) => part !== "").map(encodeURIComponent).join("/");
    this.#address = players === "" ? "" : `${players}/${path}`;
    this.#flv.disabled = this.#hls.disabled = this.#address === "";
    if (this.#session !== undefined) return;
    this.#status.textContent = this.#address === ""
      ? "Players by HTTP are switched off: http_server.enabled"
      : "A preview is a viewer as others are: your service is asked about it.";
  }

  /** Play no longer. */
  stop() {
    this.#plays++;
    clearInterval(this.#timer);
    this.#session?.stop();
    this.#session = undefined;
    this.#video.hidden = true;
    this.#stop.disabled = true;
    this.#status.textContent = "";
  }

  /** @param {"flv" | "m3u8"} kind */
  async #play(kind) {
    this.stop();
    const play = this.#plays;
    this.#status.textContent = "Loading";
    this.#stop.disabled = false;
    if (kind === "flv") await loadScript(new URL("mpegts.js", import.meta.url).href);
    if (play !== this.#plays) return;
    const url = `${this.#address}.${kind}`;
    const engine = kind === "flv" ? flvEngine(url) : hlsEngine(url);
    const problem = engine.problem();
    if (problem !== undefined) return this.#end(problem);
    this.#video.hidden = false;
    /** @type {EngineEvents} */
    const events = {
      answered: () => {},
      media: ({ via, videoCodec, audioCodec }) => {
        this.#status.textContent = `${via}: ${[videoCodec, audioCodec].filter(Boolean).join(", ")}`;
      },
      refused: ({ status, reason }) => this.#end(reason === "" ? `Refused with status ${status}` : reason),
      ended: () => this.#end("The stream is over"),
      failed: (why) => this.#end(`It broke off: ${why}`),
      unplayable: (track, codec) => this.#end(`This browser does not play ${codec} (${track}) in this way`),
    };
    const session = this.#session = engine.start(this.#video, { audio: false, video: false }, events);
    this.#video.play().catch(() => {});
    this.#timer = setInterval(() => {
      const delay = session.delayS();
      if (delay !== undefined) this.#video.title = `${delay.toFixed(1)} s behind`;
    }, DELAY_MS);
  }

  /** @param {string} text */
  #end(text) {
    this.stop();
    this.#status.textContent = text;
  }
}

/**
 * Load a library that defines a global.
 *
 * @param {string} src
 * @returns {Promise<void>}
 */
export function loadScript(src) {
  if (document.querySelector(`script[src="${src}"][data-loaded]`)) return Promise.resolve();
  const { promise, resolve, reject } = Promise.withResolvers();
  const script = document.createElement("script");
  script.src = src;
  script.onload = () => {
    script.dataset["loaded"] = "";
    resolve(undefined);
  };
  script.onerror = () => reject(new Error(`${src} could not be loaded`));
  document.head.append(script);
  return promise;
}
