/**
 * The console: chooses what is shown by the address, and keeps it up to date by the server's events.
 *
 * @module
 */
import { apiUrl } from "./console_api.js";
import { clientsView } from "./console_clients.js";
import { element } from "./console_elements.js";
import { hooksView, owedView } from "./console_hooks.js";
import { recordsView } from "./console_records.js";
import { relaysView } from "./console_relays.js";
import { configView, serverView } from "./console_server.js";
import { streamView } from "./console_stream.js";
import { streamsView } from "./console_streams.js";
import { byId } from "./elements.js";

/**
 * Something that is shown.
 *
 * @typedef {object} View
 * @property {string} title
 * @property {HTMLElement} element
 * @property {() => Promise<unknown>} refresh
 * @property {() => void} [stop] It is shown no longer.
 */

/** Without an event, what is shown is loaded again after so long, milliseconds. */
const REFRESH_MS = 5000;
/** However many events come, milliseconds. */
const MIN_REFRESH_MS = 1000;

/** @type {Record<string, (id: string, query: URLSearchParams) => View>} */
const VIEWS = {
  streams: (id) => id === "" ? streamsView() : streamView(id),
  clients: (_, query) => clientsView(query),
  hooks: () => hooksView(),
  owed: () => owedView(),
  recordings: () => recordsView(),
  relays: () => relaysView(),
  config: () => configView(),
  server: () => serverView(),
};

/** Events that change what is shown. */
const KINDS = [
  ...["on_connect", "on_close", "on_publish", "on_unpublish", "on_play", "on_stop", "on_dvr"],
  ...["stream_format", "denied", "ban", "unban", "lost"],
];

const content = byId("content", HTMLElement);
const live = byId("live", HTMLParagraphElement);
/** @type {View | undefined} */
let view;
let refreshedAt = -Infinity;
let refreshTimer = 0;
let isRefreshing = false;
/** Something happened while a refresh was under way: another one is due. */
let isWanted = false;

/** @param {{ focus: boolean }} options */
function show({ focus }) {
  // Other addresses are places on the page.
  if (location.hash !== "" && !location.hash.startsWith("#/")) return;
  const [path = "", query = ""] = location.hash.slice(2).split("?");
  const [name = "", id = ""] = path.split("/");
  const known = Object.hasOwn(VIEWS, name) ? name : "streams";
  view?.stop?.();
  const shown = view = VIEWS[known]?.(decoded(id), new URLSearchParams(query));
  if (shown === undefined) return;
  document.title = `${shown.title} - srs console`;
  content.replaceChildren(element("h1", {}, shown.title), shown.element);
  for (const link of byId("sections", HTMLElement).querySelectorAll("a")) {
    if (link.hash === `#/${known}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (focus) content.focus();
  refreshedAt = -Infinity;
  isRefreshing = isWanted = false;
  refreshSoon();
}

/** @param {string} text One that is not encoded as it should be stays as it is: nothing has this id. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refreshSoon() {
  if (document.hidden) return;
  if (isRefreshing) {
    isWanted = true;
    return;
  }
  clearTimeout(refreshTimer);
  const dueMs = refreshedAt + MIN_REFRESH_MS - performance.now();
  refreshTimer = setTimeout(refresh, Math.max(0, dueMs));
}

async function refresh() {
  const shown = view;
  if (shown === undefined) return;
  isRefreshing = true;
  isWanted = false;
  refreshedAt = performance.now();
  /** @type {string | undefined} */
  let trouble;
  try {
    await shown.refresh();
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  }
  if (shown !== view) return;
  const hadFailed = live.classList.contains("failed");
  live.classList.toggle("failed", trouble !== undefined);
  if (trouble !== undefined) setLive("off", trouble);
  else if (hadFailed) setLive(events.readyState === EventSource.OPEN ? "on" : "off");
  isRefreshing = false;
  if (isWanted) refreshSoon();
  else refreshTimer = setTimeout(refreshSoon, REFRESH_MS);
}

/**
 * @param {"on" | "off"} state
 * @param {string} [trouble]
 */
function setLive(state, trouble) {
  live.textContent = state === "on" ? "Live" : trouble ?? "No connection, trying again";
  live.classList.toggle("on", state === "on");
  live.classList.toggle("off", state === "off");
}

function listen() {
  const source = new EventSource(apiUrl("events"));
  source.onopen = () => setLive("on");
  source.onerror = () => {
    setLive("off");
    // A browser itself does not try again after an answer that is none of events, such as a proxy's.
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => {
      events = listen();
    }, REFRESH_MS);
  };
  for (const kind of KINDS) source.addEventListener(kind, refreshSoon);
  return source;
}

let events = listen();
globalThis.addEventListener("hashchange", () => show({ focus: true }));
globalThis.addEventListener("refresh", refreshSoon);
document.addEventListener("visibilitychange", refreshSoon);
show({ focus: false });
