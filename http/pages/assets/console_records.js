/**
 * Recordings: what runs, what is whole, playing and removing it.
 *
 * @module
 */
import { apiUrl, remove } from "./console_api.js";
import { attempt, confirmAction, openDialog } from "./console_dialogs.js";
import { button, chosenQuery, element, emptyState, labelled, select } from "./console_elements.js";
import { showBytes, showDuration, showTime } from "./console_format.js";
import { ListTable } from "./console_list.js";
import { loadScript } from "./console_preview.js";

/** @import { View } from "./console.js" */

const CONFIGURE =
  '[vhost.__defaultVhost__.dvr]\nenabled = true\ndvr_path = "./objs/rec/[app]/[stream].[timestamp].mp4"';

/** @returns {View} */
export function recordsView() {
  const state = select([["", "All"], ["true", "Running"], ["false", "Whole"]]);
  state.addEventListener("change", () => table.first());
  const table = new ListTable({
    title: "Recordings",
    path: "records",
    name: "records",
    key: ({ id, running }) => `${id} ${running}`,
    tools: [labelled("State", state)],
    query: () => chosenQuery("running", state),
    empty: () =>
      emptyState("There are no recordings. Record a stream from its page, or all of them:", CONFIGURE),
    columns: [
      { title: "Stream", cell: ({ app, stream }) => `${app}/${stream}` },
      { title: "Start", cell: ({ start }) => showTime(start) },
      { title: "Duration", cell: ({ duration }) => showDuration(duration), look: "number" },
      { title: "Size", cell: ({ bytes }) => showBytes(bytes), look: "number" },
      { title: "State", cell: ({ running, reason }) => running ? "running" : `ended: ${reason}` },
      { title: "File", cell: ({ file }) => file, look: "long" },
      { title: "Actions", cell: actions },
    ],
  });
  return { title: "Recordings", element: table.element, refresh: () => table.refresh() };
}

/** @param {any} record */
function actions(record) {
  const { id, file, running } = record;
  const path = `records/${id}`;
  const changed = () => globalThis.dispatchEvent(new Event("refresh"));
  if (running) {
    const stop = () => attempt(() => remove(path).then(changed), "Recording stopped; the stream goes on");
    return button("Stop", stop, { "aria-label": `Stop ${file}` });
  }
  const drop = () =>
    confirmAction(
      "Remove this recording?",
      `${file} is removed from the disk.`,
      "Remove",
      () => remove(path).then(changed),
    );
  const url = apiUrl(`${path}/file`);
  return element(
    "span",
    {},
    button("Play", () => play(record, url), { "aria-label": `Play ${file}` }),
    element("a", {
      href: url,
      download: file.slice(file.lastIndexOf("/") + 1),
      "aria-label": `Download ${file}`,
    }, "Download"),
    " ",
    button("Remove", drop, { "aria-label": `Remove ${file}` }),
  );
}

/**
 * @param {any} record
 * @param {string} url
 */
function play({ file, app, stream }, url) {
  const video = document.createElement("video");
  video.controls = true;
  video.autoplay = true;
  video.setAttribute("aria-label", `Recording of ${app}/${stream}`);
  /** @type {any} */
  let player;
  let isOpen = true;
  const isFlv = file.endsWith(".flv");
  if (!isFlv) video.src = url;
  openDialog({
    title: `${app}/${stream}`,
    content: [video, element("p", { class: "quiet" }, file)],
    closed: () => {
      isOpen = false;
      player?.destroy();
      video.removeAttribute("src");
      video.load();
    },
  });
  if (!isFlv) return;
  attempt(async () => {
    await loadScript(new URL("mpegts.js", import.meta.url).href);
    if (!isOpen) return;
    player = globalThis.mpegts.createPlayer({ type: "flv", isLive: false, url }, { seekType: "range" });
    player.attachMediaElement(video);
    player.load();
    await player.play();
  }, "");
}
