/**
 * Clients, and what can be done about them.
 *
 * @module
 */
import { remove, send } from "./console_api.js";
import { attempt, confirmAction, notify, openDialog } from "./console_dialogs.js";
import { button, chosenQuery, element, emptyState, input, labelled, select } from "./console_elements.js";
import { showBytes, showDuration, showRate, showTime } from "./console_format.js";
import { ListTable } from "./console_list.js";

/** @import { View } from "./console.js" */

const PLAY = "ffplay http://localhost:8080/live/livestream.flv";

/**
 * @param {URLSearchParams} query `stream`: of one stream alone.
 * @returns {View}
 */
export function clientsView(query) {
  const stream = query.get("stream");
  const role = select([["", "All"], ["publish", "Publishers"], ["play", "Players"], ["none", "Neither yet"]]);
  role.addEventListener("change", () => table.first());
  const table = new ListTable({
    title: stream === null ? "Clients" : "Clients of one stream",
    path: "clients",
    name: "clients",
    key: ({ id, url }) => `${id} ${url}`,
    searchTitle: "Search by address, stream or id",
    tools: [labelled("Role", role)],
    query: () => ({
      ...(stream === null ? {} : { stream }),
      ...chosenQuery("role", role),
    }),
    empty: () => emptyState("There are no such clients. To play a stream, type:", PLAY),
    columns: [
      { title: "Id", cell: ({ id }) => id },
      { title: "Stream", cell: ({ stream, url }) => streamLink(stream, url) },
      { title: "Role", cell: ({ type }) => type },
      { title: "Protocol", cell: ({ protocol }) => protocol },
      { title: "Address", cell: ({ ip }) => ip },
      { title: "Time", cell: ({ alive }) => showDuration(alive), look: "number" },
      { title: "Received", cell: ({ recv_bytes }) => showBytes(recv_bytes), look: "number" },
      { title: "Sent", cell: ({ send_bytes }) => showBytes(send_bytes), look: "number" },
      {
        title: "Rate",
        cell: ({ kbps, publish }) => showRate(publish ? kbps.recv_30s : kbps.send_30s),
        look: "number",
      },
      { title: "Jumps", cell: ({ jumps }) => String(jumps), look: "number" },
      { title: "Actions", cell: (client) => actions(client) },
    ],
  });
  const bans = new BanList();
  return {
    title: stream === null ? "Clients" : "Clients of one stream",
    element: element("div", {}, table.element, bans.element),
    refresh: () => Promise.all([table.refresh(), bans.refresh()]),
  };
}

/**
 * @param {string} id
 * @param {string} url
 */
function streamLink(id, url) {
  return id === "" ? "-" : element("a", { href: `#/streams/${encodeURIComponent(id)}` }, url);
}

/** @param {any} client */
function actions(client) {
  const kick = () =>
    confirmAction(
      `Kick client ${client.id}?`,
      "Its connection ends. A publisher is refused for 10 seconds if it comes back.",
      "Kick",
      async () => {
        await remove(`clients/${client.id}`);
        notify(`Client ${client.id} was kicked`);
        globalThis.dispatchEvent(new Event("refresh"));
      },
    );
  return element(
    "span",
    {},
    button("Kick", kick, { "aria-label": `Kick client ${client.id}` }),
    button("Ban", () => banDialog(client), { "aria-label": `Ban client ${client.id}` }),
  );
}

/**
 * Ask what is to be banned for how long.
 *
 * @param {any} client
 */
export function banDialog({ ip, url }) {
  const choices = [["ip", `The address ${ip}`], ...(url === "" ? [] : [["stream", `The stream ${url}`]])];
  const what = select(/** @type {[string, string][]} */ (choices));
  const time = select([["600", "10 minutes"], ["3600", "1 hour"], ["86400", "1 day"], [
    "",
    "Until it is lifted",
  ]]);
  const reason = input("");
  openDialog({
    title: "Ban",
    content: [
      element(
        "div",
        { class: "fields" },
        labelled("What", what),
        labelled("For", time),
        labelled("Why (for operators)", reason),
      ),
    ],
    action: "Ban",
    act: async () => {
      const value = what.value === "ip" ? ip : url;
      const seconds = time.value === "" ? {} : { seconds: Number(time.value) };
      const { ended } = await send("bans", { kind: what.value, value, reason: reason.value, ...seconds });
      notify(`${value} is banned; ${ended} clients were ended`);
      globalThis.dispatchEvent(new Event("refresh"));
    },
  });
}

/** Bans in force. */
class BanList {
  #table;

  constructor() {
    this.#table = new ListTable({
      title: "Bans",
      path: "bans",
      name: "bans",
      key: ({ id }) => id,
      empty: () => element("p", { class: "quiet" }, "Nobody is banned."),
      columns: [
        { title: "What", cell: ({ value }) => value },
        { title: "Kind", cell: ({ kind }) => kind },
        {
          title: "Until",
          cell: ({ expires_ms }) => expires_ms === null ? "it is lifted" : showTime(expires_ms),
        },
        { title: "Why", cell: ({ reason }) => reason === "" ? "-" : reason, look: "long" },
        {
          title: "Actions",
          cell: ({ id, value }) =>
            button(
              "Lift",
              () =>
                attempt(async () => {
                  await remove(`bans/${id}`);
                  globalThis.dispatchEvent(new Event("refresh"));
                }, `The ban of ${value} is lifted`),
              { "aria-label": `Lift the ban of ${value}` },
            ),
        },
      ],
    });
    this.element = element("section", {}, element("h2", {}, "Bans"), this.#table.element);
  }

  refresh() {
    return this.#table.refresh();
  }
}
