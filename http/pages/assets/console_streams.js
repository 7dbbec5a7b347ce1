/**
 * All streams.
 *
 * @module
 */
import { element, emptyState } from "./console_elements.js";
import { showAudio, showDuration, showRate, showVideo, showViewers } from "./console_format.js";
import { ListTable } from "./console_list.js";

/** @import { View } from "./console.js" */

const PUBLISH = "ffmpeg -re -i video.mp4 -c copy -f flv rtmp://localhost/live/livestream";

/** @returns {View} */
export function streamsView() {
  const table = new ListTable({
    title: "Streams",
    path: "streams",
    name: "streams",
    key: ({ id }) => id,
    searchTitle: "Search by name or publisher's address",
    empty: () =>
      emptyState(
        "Nobody publishes, and nobody waits for a stream. Publish with an encoder, or type:",
        PUBLISH,
      ),
    columns: [
      {
        title: "Stream",
        cell: ({ id, url }) => element("a", { href: `#/streams/${encodeURIComponent(id)}` }, url),
      },
      { title: "State", cell: ({ publish }) => publish.active ? "live" : "awaited" },
      { title: "Video", cell: ({ video }) => showVideo(video) },
      { title: "Audio", cell: ({ audio }) => showAudio(audio) },
      { title: "In", cell: ({ kbps }) => showRate(kbps.recv_30s), look: "number" },
      { title: "Out", cell: ({ kbps }) => showRate(kbps.send_30s), look: "number" },
      { title: "Viewers", cell: ({ viewers }) => showViewers(viewers) },
      {
        title: "Uptime",
        cell: ({ publish, alive }) => publish.active ? showDuration(alive) : "-",
        look: "number",
      },
      {
        title: "Publisher",
        cell: ({ publish, encoder }) => publish.active ? `${publish.cid} ${encoder ?? ""}` : "-",
      },
    ],
  });
  return { title: "Streams", element: table.element, refresh: () => table.refresh() };
}
