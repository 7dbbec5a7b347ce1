/**
 * One stream: what it is, its bitrate as it changes, a preview, and what can be done about it.
 *
 * @module
 */
import { read, remove, send } from "./console_api.js";
import { banDialog } from "./console_clients.js";
import { attempt, confirmAction } from "./console_dialogs.js";
import { button, element, factList } from "./console_elements.js";
import { showAudio, showBytes, showDuration, showRate, showVideo, showViewers } from "./console_format.js";
import { Preview } from "./console_preview.js";

/** @import { View } from "./console.js" */

/** Between two points of the plot, milliseconds. */
const POINT_MS = 2000;
/** The page is loaded again at events too. */
const MIN_POINT_S = 1.5;
const MAX_POINTS = 150;
const PLOT_HEIGHT = 220;

/**
 * @param {string} id
 * @returns {View}
 */
export function streamView(id) {
  const facts = element("div", {}, element("p", { class: "quiet" }, "Loading"));
  const plot = new RatePlot();
  const preview = new Preview();
  const heading = element("p", {});
  const record = button("Record", () => {});
  const kick = button("Kick the publisher", () => {});
  const ban = button("Ban its address", () => {});
  /** @type {any} */
  let stream;
  /** @type {any} */
  let running;
  let isShown = true;
  kick.onclick = () =>
    confirmAction(
      `Kick the publisher of ${stream.url}?`,
      "It is refused for 10 seconds if it comes back.",
      "Kick",
      () => remove(`clients/${stream.publish.cid}`),
    );
  ban.onclick = () =>
    attempt(async () => banDialog((await read(`clients/${stream.publish.cid}`)).client), "");
  record.onclick = () =>
    attempt(
      () => running === undefined ? send("records", { stream: id }) : remove(`records/${running.id}`),
      running === undefined ? "Recording starts with its next key frame" : "Recording stopped",
    );

  const load = async () => {
    ({ stream } = await read(`streams/${encodeURIComponent(id)}`));
    const { app, name } = stream;
    const wanted = { running: "true", vhost: vhostOf(stream), app, stream: name, count: "1" };
    [running] = (await read(`records?${new URLSearchParams(wanted)}`)).records;
    if (!isShown) return;
    const { publish, video, audio, kbps, viewers, alive, send_bytes, recv_bytes, encoder } = stream;
    const title = facts.closest("main")?.querySelector("h1");
    if (title) title.textContent = stream.url;
    document.title = `${stream.url} - srs console`;
    heading.replaceChildren(
      element("a", { href: "#/streams" }, "All streams"),
      " / ",
      element("a", { href: `#/clients?stream=${encodeURIComponent(id)}` }, "its clients"),
    );
    facts.replaceChildren(factList([
      ["State", publish.active ? "live" : "awaited: nobody publishes it"],
      ["Video", `${showVideo(video)} ${video?.profile ?? ""} ${video?.level ?? ""}`],
      ["Audio", showAudio(audio)],
      ["In and out, 30 s", `${showRate(kbps.recv_30s)}, ${showRate(kbps.send_30s)}`],
      ["Received and sent", `${showBytes(recv_bytes)}, ${showBytes(send_bytes)}`],
      ["Viewers", showViewers(viewers)],
      ["Uptime", showDuration(alive)],
      ["Publisher", publish.active ? `${publish.cid} ${encoder ?? ""}` : "-"],
      ["Recording", running === undefined ? "no" : `${running.file}, ${showBytes(running.bytes)}`],
    ]));
    record.textContent = running === undefined ? "Record" : "Stop recording";
    record.disabled = kick.disabled = ban.disabled = !publish.active;
    preview.offer(stream);
    plot.add(stream);
  };
  const timer = setInterval(() => load().catch(() => {}), POINT_MS);
  const buttons = element("div", { class: "tools" }, record, kick, ban);
  return {
    title: "Stream",
    element: element(
      "div",
      {},
      heading,
      facts,
      element("h2", {}, "Actions"),
      buttons,
      element("div", { class: "halves" }, plot.element, preview.element),
    ),
    refresh: load,
    stop: () => {
      isShown = false;
      clearInterval(timer);
      plot.stop();
      preview.stop();
    },
  };
}

/**
 * The name of a stream's vhost.
 *
 * @param {any} stream As the API has it: `url` begins with the name of every vhost but the default one.
 */
function vhostOf({ url, app, name }) {
  return url.slice(0, -`/${app}/${name}`.length) || "__defaultVhost__";
}

/** What comes in and goes out, as it changes. */
class RatePlot {
  /** @type {[number[], (number | null)[], (number | null)[]]} */
  #data = [[], [], []];
  /** @type {any} */
  #plot;
  /** @type {{ atMs: number, received: number, sent: number } | undefined} */
  #last;
  #place = element("div", { "aria-hidden": "true" });
  #caption = element("figcaption", {}, "The first point comes in 2 seconds");
  #isStopped = false;
  #sizes = new ResizeObserver(() => this.#plot?.setSize({ width: this.#width, height: PLOT_HEIGHT }));

  constructor() {
    this.element = element(
      "section",
      {},
      element("h2", {}, "Bitrate"),
      element("figure", {}, this.#place, this.#caption),
    );
    this.#sizes.observe(this.#place);
  }

  get #width() {
    return Math.max(200, this.#place.clientWidth);
  }

  /** @param {any} stream */
  add({ live_ms: atMs, recv_bytes: received, send_bytes: sent }) {
    const last = this.#last;
    this.#last = { atMs, received, sent };
    const seconds = last === undefined ? 0 : (atMs - last.atMs) / 1000;
    if (last === undefined || seconds < MIN_POINT_S) {
      if (last !== undefined) this.#last = last;
      return;
    }
    // Players that left take their bytes along.
    const rate = (/** @type {number} */ bytes) => bytes < 0 ? null : bytes * 8 / 1000 / seconds;
    const [times, ins, outs] = this.#data;
    times.push(atMs / 1000);
    ins.push(rate(received - last.received));
    outs.push(rate(sent - last.sent));
    if (times.length > MAX_POINTS) { for (const values of this.#data) values.shift(); }
    this.#caption.textContent = `In ${showRate(ins.at(-1) ?? 0)}, out ${showRate(outs.at(-1) ?? 0)}`;
    if (times.length < 2) return;
    // Without the library there are the figures of the caption.
    if (this.#plot === undefined) this.#draw().catch(() => {});
    else this.#plot?.setData(this.#data);
  }

  async #draw() {
    this.#plot = null;
    const library = new URL("uplot.js", import.meta.url).href;
    loadStyle(new URL("uplot.css", import.meta.url).href);
    const { default: Plot } = await import(library);
    if (this.#isStopped) return;
    const colour = (/** @type {string} */ name) =>
      getComputedStyle(document.body).getPropertyValue(name).trim();
    const axis = {
      stroke: colour("--quiet"),
      grid: { stroke: colour("--line") },
      ticks: { stroke: colour("--line") },
    };
    this.#plot = new Plot(
      {
        width: this.#width,
        height: PLOT_HEIGHT,
        scales: { x: { range: timeRange }, y: { range: rateRange } },
        axes: [axis, { ...axis, label: "kbit/s", size: 64 }],
        series: [
          {},
          { label: "in", stroke: colour("--accent"), width: 2 },
          { label: "out", stroke: colour("--good"), width: 2 },
        ],
      },
      this.#data,
      this.#place,
    );
  }

  stop() {
    this.#isStopped = true;
    this.#sizes.disconnect();
    this.#plot?.destroy();
  }
}

/**
 * At least a minute, so that the first points are near each other.
 *
 * @param {unknown} _plot
 * @param {number} low
 * @param {number} high
 */
function timeRange(_plot, low, high) {
  return [Math.min(low, high - 60), high];
}

/**
 * From 0 on, with room above.
 *
 * @param {unknown} _plot
 * @param {unknown} _low
 * @param {number} high
 */
function rateRange(_plot, _low, high) {
  return [0, Math.max(1, high * 1.1)];
}

/** @param {string} href */
function loadStyle(href) {
  if (document.querySelector(`link[href="${href}"]`)) return;
  document.head.append(element("link", { rel: "stylesheet", href }));
}
