/**
 * The hooks: their addresses, their last calls, trying them, and what they are owed.
 *
 * @module
 */
import { read, remove, send } from "./console_api.js";
import { attempt, openDialog } from "./console_dialogs.js";
import {
  button,
  chosenQuery,
  element,
  emptyState,
  factList,
  input,
  labelled,
  select,
} from "./console_elements.js";
import { showBytes, showTime } from "./console_format.js";
import { ListTable } from "./console_list.js";

/** @import { View } from "./console.js" */

const EVENTS = [
  ...["on_connect", "on_close", "on_publish", "on_unpublish", "on_play", "on_stop", "on_update", "on_hls"],
  ...["on_hls_notify", "on_dvr", "on_forward"],
];
const CONFIGURE =
  '[vhost.__defaultVhost__.http_hooks]\nenabled = true\non_publish = "http://127.0.0.1:8085/api/v1/streams"';

/** @returns {View} */
export function hooksView() {
  const origins = element("div", {});
  const event = select([
    ["", "All"],
    ...EVENTS.map((name) => /** @type {[string, string]} */ ([name, name])),
  ]);
  event.addEventListener("change", () => calls.first());
  const calls = new ListTable({
    title: "Last calls",
    path: "hooks/calls",
    name: "calls",
    key: ({ id, attempt, time, url }) => `${id} ${attempt} ${time} ${url}`,
    tools: [labelled("Event", event)],
    query: () => chosenQuery("event", event),
    empty: () => element("p", { class: "quiet" }, "No call has been made."),
    columns: [
      { title: "Time", cell: ({ time }) => showTime(time) },
      { title: "Event", cell: ({ event }) => event },
      { title: "Verdict", cell: ({ verdict }) => verdictText(verdict) },
      { title: "ms", cell: ({ ms }) => String(ms), look: "number" },
      { title: "Status", cell: ({ status }) => String(status ?? "-"), look: "number" },
      { title: "Client", cell: ({ client_id }) => String(client_id), look: "number" },
      { title: "Reason", cell: ({ reason }) => reason ?? "-", look: "long" },
      { title: "Address", cell: ({ url }) => url, look: "long" },
    ],
  });
  /** @type {string} */
  let shown = "";
  const load = async () => {
    const { hooks } = await read("hooks");
    const text = JSON.stringify(hooks);
    // Buttons that have the focus stay.
    if (text === shown) return;
    shown = text;
    const focused = document.activeElement?.getAttribute("data-key");
    origins.replaceChildren(...addressParts(hooks));
    const again = focused ? origins.querySelector(`[data-key="${CSS.escape(focused)}"]`) : undefined;
    if (again instanceof HTMLElement) again.focus();
  };
  return {
    title: "Hooks",
    element: element("div", {}, origins, element("h2", {}, "Last calls"), calls.element),
    refresh: () => Promise.all([load(), calls.refresh()]),
  };
}

/** @param {string} verdict */
function verdictText(verdict) {
  const isGood = verdict === "yes" || verdict === "delivered";
  return element("span", { class: isGood ? "good" : "bad" }, verdict);
}

/** @param {any} hooks */
function addressParts({ endpoints, origins }) {
  if (endpoints.length === 0) {
    return [
      emptyState(
        "No hooks are configured: no service is asked. To have yours asked, write:",
        CONFIGURE,
      ),
    ];
  }
  const rows = endpoints.map(
    (/** @type {any} */ { vhost, event, url, calls, verdicts, latency_ms, last_error }) => {
      const counts = Object.entries(verdicts).filter(([, count]) => Number(count) > 0);
      const texts = [
        vhost,
        String(calls),
        counts.map(([name, count]) => `${count} ${name}`).join(", "),
        `${latency_ms.p50} / ${latency_ms.p99}`,
        last_error ?? "-",
        url,
      ];
      const titles = ["Vhost", "Calls", "Verdicts", "ms p50 / p99", "Last error", "Address"];
      const looks = ["", "number", "", "number", "long", "long"];
      const cells = texts.map((text, i) =>
        element("td", { class: looks[i] ?? "", "data-title": titles[i] ?? "" }, text)
      );
      const act = button("Try", () => tryDialog(event, vhost), {
        "aria-label": `Try ${event} of ${vhost}`,
        "data-key": `${event} ${vhost} ${url}`,
      });
      return element(
        "tr",
        {},
        element("th", { scope: "row", "data-title": "Event" }, event),
        ...cells,
        element("td", { "data-title": "Actions" }, act),
      );
    },
  );
  const heads = ["Event", "Vhost", "Calls", "Verdicts", "ms p50 / p99", "Last error", "Address"].map((
    title,
  ) => element("th", { scope: "col" }, title));
  const table = element(
    "table",
    {},
    element("caption", {}, "Addresses"),
    element(
      "thead",
      {},
      element("tr", {}, ...heads, element("th", { scope: "col" }, "Actions")),
    ),
    element("tbody", {}, ...rows),
  );
  const states = origins.map((
    /** @type {any} */ { origin, breaker, down, active_calls, queued },
  ) => /** @type {[string, string]} */ ([
    origin,
    `breaker ${breaker}${down ? ", does not answer" : ""}, ${active_calls} under way, ${queued} queued`,
  ]));
  return [
    element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Addresses" }, table),
    element("h2", {}, "Services"),
    factList(states),
  ];
}

/**
 * Send an event with sample values, and show what comes back.
 *
 * @param {string} event
 * @param {string} vhost
 */
function tryDialog(event, vhost) {
  const app = input("live");
  const stream = input("livestream");
  const param = input("");
  const ip = input("127.0.0.1");
  const results = element("div", { role: "status" });
  openDialog({
    title: `Try ${event}`,
    content: [
      element(
        "p",
        { class: "quiet" },
        "Each address is called with these values. Nothing is recorded or repeated; your service sees a call as any other.",
      ),
      element(
        "div",
        { class: "fields" },
        labelled("App", app),
        labelled("Stream", stream),
        labelled("Parameters, as ?token=x", param),
        labelled("Client's address", ip),
      ),
      results,
    ],
    action: "Call",
    stays: true,
    act: async () => {
      results.replaceChildren("Calling");
      const values = { app: app.value, stream: stream.value, param: param.value, ip: ip.value };
      const answer = await send("hooks/try", { event, vhost, ...values }).finally(() =>
        results.replaceChildren()
      );
      results.replaceChildren(...answer.results.map(resultPart));
    },
  });
}

/** @param {any} result */
function resultPart({ url, request, verdict, status, ms, answer, reason }) {
  return element(
    "section",
    {},
    element("h3", {}, url),
    element(
      "p",
      {},
      verdictText(verdict),
      ` in ${ms} ms, status ${status ?? "-"}${reason === null ? "" : `: ${reason}`}`,
    ),
    element("p", { class: "quiet" }, "Request"),
    element("pre", { tabindex: "0", "aria-label": "Request" }, request),
    element("p", { class: "quiet" }, "Reply"),
    element("pre", { tabindex: "0", "aria-label": "Reply" }, answer === "" ? "(nothing)" : answer),
  );
}

/** @returns {View} */
export function owedView() {
  const summary = element("div", {});
  const state = select(
    [["dead", "Given up"], ["due", "To deliver"], ["open", "Open sessions"], ["", "All"]],
    "dead",
  );
  state.addEventListener("change", () => rows.first());
  const rows = new ListTable({
    title: "Events",
    path: "hooks/rows",
    name: "rows",
    key: ({ id, state }) => `${id} ${state}`,
    tools: [labelled("State", state)],
    query: () => chosenQuery("state", state),
    empty: () => element("p", { class: "quiet" }, "There are no such events."),
    columns: [
      { title: "Event", cell: ({ event }) => event },
      { title: "State", cell: ({ state }) => state },
      { title: "Stream", cell: ({ app, stream }) => `${app}/${stream}` },
      { title: "Client", cell: ({ client_id }) => String(client_id), look: "number" },
      { title: "Due", cell: ({ due_ms }) => showTime(due_ms) },
      { title: "Attempts", cell: ({ attempts }) => String(attempts), look: "number" },
      { title: "Cause", cell: ({ cause }) => cause === "" ? "-" : cause, look: "long" },
      { title: "Address", cell: ({ url }) => url, look: "long" },
      { title: "Actions", cell: rowActions },
    ],
  });
  const unlisted = element(
    "p",
    { class: "quiet" },
    "Kept in memory, where events are not listed: there is a file where hooks are configured and " +
      "hooks.outbox.path names it.",
  );
  const load = async () => {
    const { hooks: { outbox } } = await read("hooks");
    const isFile = outbox.storage === "file";
    unlisted.hidden = isFile;
    rows.element.hidden = !isFile;
    summary.replaceChildren(factList([
      ["Kept in", outbox.storage],
      ["Alarm", outbox.alarm ?? "none"],
      ["Open sessions", String(outbox.open)],
      ["To deliver", `${outbox.undelivered}, ${showBytes(outbox.undelivered_bytes)}`],
      ["Oldest", `${Math.round(outbox.oldest_ms / 1000)} s`],
      ["Given up", String(outbox.dead)],
    ]));
    if (isFile) await rows.refresh();
  };
  rows.element.hidden = true;
  unlisted.hidden = true;
  return {
    title: "Outbox",
    element: element("div", {}, summary, element("h2", {}, "Events"), unlisted, rows.element),
    refresh: load,
  };
}

/** @param {any} row */
function rowActions({ id, state, event }) {
  if (state !== "dead") return "";
  const act = (/** @type {() => Promise<unknown>} */ change, /** @type {string} */ done) => () =>
    attempt(async () => {
      await change();
      globalThis.dispatchEvent(new Event("refresh"));
    }, done);
  return element(
    "span",
    {},
    button("Replay", act(() => send(`hooks/rows/${id}/replay`), "It is sent again"), {
      "aria-label": `Replay ${event} ${id}`,
    }),
    button("Drop", act(() => remove(`hooks/rows/${id}`), "It is forgotten"), {
      "aria-label": `Drop ${event} ${id}`,
    }),
  );
}
