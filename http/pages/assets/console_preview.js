/**
 * Plays a stream on the console, in the way that is chosen.
 *
 * @module
 */
import { button, element, input, labelled } from "./console_elements.js";
import { flvEngine } from "./flv_engine.js";
import { hlsEngine } from "./hls_engine.js";

/** @import { Engine, EngineEvents, EngineSession, Media, Skip } from "./engine.js" */

const DELAY_MS = 1000;
const ALL_TRACKS = { audio: false, video: false };
/** Hosts of which browsers take HTTP for as safe as HTTPS. */
const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/;

/** A video, and buttons that start it. */
export class Preview {
  #video = document.createElement("video");
  #status = element("p", { role: "status", class: "quiet" });
  #parameters = input("");
  #flv = button("Play by HTTP-FLV", () => this.#play("flv"));
  #hls = button("Play by LL-HLS", () => this.#play("m3u8"));
  #stop = button("Stop", () => this.stop());
  /** @type {EngineSession | undefined} */
  #session;
  #timer = 0;
  #address = "";
  #query = "";
  #plays = 0;
  #offered = "";
  /** Which tracks the stream has. */
  #has = { audio: true, video: true };

  constructor() {
    this.#video.playsInline = true;
    this.#video.muted = true;
    this.#video.controls = true;
    this.#video.setAttribute("aria-label", "Preview");
    this.#video.hidden = true;
    this.#parameters.placeholder = "token=...";
    this.#stop.disabled = true;
    this.element = element(
      "section",
      {},
      element("h2", {}, "Preview"),
      element(
        "div",
        { class: "tools" },
        labelled("Parameters", this.#parameters),
        this.#flv,
        this.#hls,
        this.#stop,
      ),
      this.#status,
      this.#video,
    );
  }

  /** @param {any} stream As the API has it. */
  offer({ url, audio, video }) {
    this.#has = { audio: audio !== null, video: video !== null };
    const { base, problem } = playersOf(document.body.dataset, location);
    const [vhost = "", ...names] = url.split("/").map(encodeURIComponent);
    // A first part without a dot would be the app's.
    const isInPath = vhost.includes(".");
    this.#query = vhost === "" || isInPath ? "" : `vhost=${vhost}`;
    this.#address = [base, ...(isInPath ? [vhost] : []), ...names].join("/");
    this.#flv.disabled = this.#hls.disabled = problem !== undefined;
    const offered = problem ?? "A preview is a viewer as others are: your service is asked about it.";
    if (offered === this.#offered) return;
    this.#offered = offered;
    if (this.#session === undefined) this.#status.textContent = offered;
  }

  /** Play no longer. */
  stop() {
    this.#plays++;
    clearInterval(this.#timer);
    this.#session?.stop();
    this.#session = undefined;
    this.#video.hidden = true;
    this.#stop.disabled = true;
    this.#status.textContent = this.#offered;
  }

  /**
   * @param {"flv" | "m3u8"} kind
   * @param {Skip} skip Tracks that this browser was found not to play.
   * @param {string} note What is said of them.
   */
  async #play(kind, skip = ALL_TRACKS, note = "") {
    this.stop();
    const play = this.#plays;
    this.#status.textContent = "Loading";
    this.#stop.disabled = false;
    /** @type {unknown} */
    let fault;
    if (kind === "flv") {
      await loadScript(new URL("mpegts.js", import.meta.url).href).catch((error) => fault = error);
    }
    if (play !== this.#plays) return;
    if (fault instanceof Error) return this.#end(fault.message);
    const query = [this.#query, this.#parameters.value.trim().replace(/^[?&]+/, "")].filter(Boolean).join(
      "&",
    );
    const url = `${this.#address}.${kind}${query === "" ? "" : `?${query}`}`;
    const engine = kind === "flv" ? flvEngine(url) : hlsEngine(url);
    const problem = engine.problem();
    if (problem !== undefined) return this.#end(`This ${problem}`);
    this.#video.hidden = false;
    // A session that is stopped within one of its events may have another one on its way.
    /** @param {(...values: any[]) => void} act */
    const ifCurrent = (act) => (/** @type {any[]} */ ...values) => {
      if (play === this.#plays) act(...values);
    };
    /** @type {EngineEvents} */
    const events = {
      answered: () => {},
      media: ifCurrent((media) => this.#status.textContent = `${describe(media, skip)}${note}`),
      refused: ifCurrent(({ status, reason }) =>
        this.#end(reason === "" ? `Refused with status ${status}` : reason)
      ),
      ended: ifCurrent(() => this.#end("The stream is over")),
      failed: ifCurrent((why) => this.#end(`It broke off: ${why}`)),
      unplayable: ifCurrent((track, codec) => this.#withoutTrack({ kind, engine, skip }, track, codec)),
    };
    const session = this.#session = engine.start(this.#video, skip, events);
    this.#video.play().catch(() => {});
    this.#timer = setInterval(() => {
      const delay = session.delayS();
      if (delay !== undefined) this.#video.title = `${delay.toFixed(1)} s behind`;
    }, DELAY_MS);
  }

  /**
   * The browser does not play a track: the other one is played where that can be done.
   *
   * @param {{ kind: "flv" | "m3u8", engine: Engine, skip: Skip }} played
   * @param {"audio" | "video"} track
   * @param {string} codec
   */
  #withoutTrack({ kind, engine, skip }, track, codec) {
    const other = track === "audio" ? "video" : "audio";
    const problem = `browser does not play ${codec}`;
    if (!this.#has[other] || skip[other]) return this.#end(`This ${problem}`);
    if (engine.skips) return void this.#play(kind, { ...skip, [track]: true }, `; this ${problem}`);
    this.#end(`This ${problem}; by HTTP-FLV ${other === "audio" ? "its sound" : "its pictures"} alone`);
  }

  /** @param {string} text */
  #end(text) {
    this.stop();
    this.#status.textContent = text;
  }
}

/**
 * Where the page's browser may load streams from.
 *
 * @param {DOMStringMap} addresses Of players by HTTP and by HTTPS, empty where they are not served so.
 * @param {{ readonly protocol: string, readonly hostname: string }} page
 * @returns {{ base: string, problem: string | undefined }} `problem`: why from nowhere.
 */
export function playersOf({ players = "", playersTls = "" }, { protocol, hostname }) {
  if (players === "" && playersTls === "") {
    return { base: "", problem: "Players by HTTP are switched off: http_server.enabled" };
  }
  const isTls = protocol === "https:";
  if (isTls && playersTls === "" && !LOOPBACK.test(hostname)) {
    const problem = "This page came by HTTPS, and a browser loads no stream by HTTP into it. " +
      "Serve players by HTTPS too (http_server.https), or open the console by HTTP.";
    return { base: "", problem };
  }
  return { base: isTls ? playersTls || players : players || playersTls, problem: undefined };
}

/**
 * @param {Media} media
 * @param {Skip} skip
 */
function describe({ via, videoCodec, audioCodec }, skip) {
  const codecs = [skip.video ? undefined : videoCodec, skip.audio ? undefined : audioCodec];
  return `${via}: ${codecs.filter(Boolean).join(", ")}`;
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
