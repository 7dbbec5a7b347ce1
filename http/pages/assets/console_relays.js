/**
 * Streams on their way between this server and others: pulls, pushes of an edge, and forwards.
 *
 * @module
 */
import { remove } from "./console_api.js";
import { confirmAction } from "./console_dialogs.js";
import { button, element, emptyState } from "./console_elements.js";
import { showBytes, showDuration } from "./console_format.js";
import { ListTable } from "./console_list.js";

/** @import { View } from "./console.js" */

const CONFIGURE =
  '[vhost.__defaultVhost__]\npull = [{ url = "rtmp://203.0.113.7/live/cam", app = "live", stream = "cam" }]\n\n' +
  '[vhost.__defaultVhost__.forward]\nenabled = true\ndestination = "203.0.113.9:1935"';
/** @type {Record<string, string>} */
const KINDS = { pull: "from", push: "to the origin", forward: "to" };

/** @returns {View} */
export function relaysView() {
  const table = new ListTable({
    title: "Relays",
    path: "relays",
    name: "relays",
    key: ({ kind, id }) => `${kind} ${id}`,
    empty: () =>
      emptyState(
        "No stream comes from another server or goes to one. To take one, or to bring all:",
        CONFIGURE,
      ),
    columns: [
      { title: "Stream", cell: ({ app, stream }) => `${app}/${stream}` },
      { title: "Other server", cell: ({ kind, url }) => `${KINDS[kind] ?? kind} ${url}`, look: "long" },
      { title: "State", cell: ({ state }) => state },
      { title: "For", cell: ({ since }) => showDuration(since), look: "number" },
      { title: "Attempts", cell: ({ attempts }) => String(attempts), look: "number" },
      { title: "kbit/s", cell: ({ kbps }) => String(kbps), look: "number" },
      { title: "Bytes", cell: ({ bytes }) => showBytes(bytes), look: "number" },
      { title: "Last error", cell: ({ error }) => error ?? "", look: "long" },
      { title: "Actions", cell: actions },
    ],
  });
  return { title: "Relays", element: table.element, refresh: () => table.refresh() };
}

/** @param {any} relay */
function actions({ kind, id, stream_id, app, stream, url }) {
  if (kind === "push") return element("span", {});
  const path = kind === "pull" ? `pulls/${id}` : `streams/${stream_id}/forwards/${id}`;
  const changed = () => globalThis.dispatchEvent(new Event("refresh"));
  const end = () =>
    confirmAction(
      kind === "pull" ? "Pull this stream no longer?" : "Forward this stream there no longer?",
      `${app}/${stream} ${KINDS[kind]} ${url}`,
      "End",
      () => remove(path).then(changed),
    );
  return button("End", end, { "aria-label": `End ${app}/${stream} ${KINDS[kind]} ${url}` });
}
