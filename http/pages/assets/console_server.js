/**
 * The server itself: its health, the limits that clients ran into, and the configuration in force.
 *
 * @module
 */
import { read } from "./console_api.js";
import { element, emptyState, factList, input, labelled } from "./console_elements.js";
import { showBytes, showDuration } from "./console_format.js";

/** @import { View } from "./console.js" */

const MOST_SETTINGS = 5000;

/** @returns {View} */
export function serverView() {
  const facts = element("div", {});
  const limits = element("div", {});
  const load = async () => {
    const [{ data, server, service, pid }, ready] = await Promise.all([
      read("summaries"),
      fetch(new URL("readyz", document.baseURI)).then((response) => response.json()),
    ]);
    const { self, system } = data;
    const states = [
      ready.listening ? "accepts clients" : "does not accept clients on all threads",
      ...(ready.outbox ? [] : ["cannot keep what hooks are owed"]),
      ...(ready.draining ? ["is stopping"] : []),
    ];
    facts.replaceChildren(factList([
      ["Health", element("span", { class: ready.code === 0 ? "good" : "bad" }, states.join(", "))],
      ["Uptime", showDuration(self.srs_uptime)],
      ["Version", self.version],
      ["Processor, of one core", `${Math.round(self.cpu_percent * 100)} %`],
      ["Memory", showBytes(self.mem_kbyte * 1024)],
      ["Connections", String(system.conn_srs)],
      ["Received and sent", `${showBytes(system.srs_recv_bytes)}, ${showBytes(system.srs_send_bytes)}`],
      ["Machine: processors, of all", `${Math.round(system.cpu_percent * 100)} %`],
      ["Machine: memory used", `${Math.round(system.mem_ram_percent * 100)} %`],
      [
        "Machine: load",
        [system.load_1m, system.load_5m, system.load_15m].map((load) => load.toFixed(2)).join(" "),
      ],
      ["Server id", server],
      ["Process", `${pid}, service id ${service}`],
      ["Directory", self.cwd],
    ]));
    const reached = Object.entries(data.limits).filter(([, times]) => Number(times) > 0)
      .sort(([, a], [, b]) => Number(b) - Number(a));
    limits.replaceChildren(
      reached.length === 0
        ? element("p", { class: "quiet" }, "No client has run into a limit since the start.")
        : factList(
          reached.map(([name, times]) => /** @type {[string, string]} */ ([name, `${times} times`])),
        ),
    );
  };
  return {
    title: "Server",
    element: element("div", {}, facts, element("h2", {}, "Limits reached"), limits),
    refresh: load,
  };
}

/** @returns {View} */
export function configView() {
  const search = input("", "search");
  const changed = input("", "checkbox");
  const place = element("div", {});
  /** @type {readonly any[] | undefined} */
  let settings;
  const show = () => {
    const wanted = search.value.trim().toLowerCase();
    const shown = (settings ?? []).filter(({ vhost, key, value, origin }) =>
      `${vhost ?? ""} ${key} ${value}`.toLowerCase().includes(wanted) &&
      !(changed.checked && origin === "default")
    );
    place.replaceChildren(shown.length === 0 ? emptyState(NOTHING, CREATE) : settingTable(shown));
  };
  search.addEventListener("input", show);
  changed.addEventListener("change", show);
  return {
    title: "Configuration in force",
    element: element(
      "div",
      {},
      element("div", { class: "tools" }, labelled("Search", search), labelled("Changed alone", changed)),
      place,
    ),
    refresh: async () => {
      // It does not change while the server runs.
      if (settings !== undefined) return;
      ({ settings } = await read(`config?count=${MOST_SETTINGS}`));
      show();
    },
  };
}

const NOTHING = "No key is like this. A configuration is a file that the server is started with:";
const CREATE = "srs --config srs.toml";

/** @param {readonly any[]} settings */
function settingTable(settings) {
  const titles = ["Key", "Value", "Vhost", "Set by"];
  const heads = titles.map((title) => element("th", { scope: "col" }, title));
  const rows = settings.map(({ vhost, key, value, origin }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row", "data-title": "Key" }, key),
      element("td", { class: "long", "data-title": "Value" }, value),
      element("td", { "data-title": "Vhost" }, vhost ?? "-"),
      element("td", { "data-title": "Set by" }, origin),
    )
  );
  return element(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": "Settings" },
    element(
      "table",
      {},
      element("caption", {}, "Settings"),
      element("thead", {}, element("tr", {}, ...heads)),
      element("tbody", {}, ...rows),
    ),
  );
}
