/**
 * A list of the API as a table: pages and filters are the server's, so that its length does not matter.
 *
 * @module
 */
import { read } from "./console_api.js";
import { button, element, input, labelled } from "./console_elements.js";

/** @import { Child } from "./console_elements.js" */

const PAGE_ROWS = 50;
const TYPING_MS = 300;

/**
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: any) => Child} cell A text is written again when it changes; an element stays.
 * @property {"number" | "long"} [look]
 *
 * @typedef {object} ListOptions
 * @property {string} title
 * @property {string} path Below the API's root.
 * @property {string} name Of the list in the answer.
 * @property {(row: any) => string} key What makes a row the same row: all that its buttons work with.
 * @property {readonly Column[]} columns The first one names the row.
 * @property {() => HTMLElement} empty
 * @property {string} [searchTitle] There is a field to search with.
 * @property {readonly HTMLElement[]} [tools]
 * @property {() => Record<string, string>} [query]
 */

/** A table with its tools and pages. */
export class ListTable {
  #options;
  #search = input("", "search");
  #body = document.createElement("tbody");
  #table;
  #empty = element("div", {});
  #status = element("span", { class: "quiet" });
  #back;
  #forth;
  /** @type {Map<string, HTMLTableRowElement>} */
  #rows = new Map();
  #start = 0;
  #total = 0;
  #typing = 0;
  #loads = 0;
  /**
   * The search of which is said that nothing has it; `undefined` while there are rows.
   *
   * @type {string | undefined}
   */
  #emptyFor;

  /** @param {ListOptions} options */
  constructor(options) {
    this.#options = options;
    const { columns, title, tools = [], searchTitle } = options;
    const heads = columns.map(({ title, look }) => element("th", { scope: "col", class: look ?? "" }, title));
    const table = element(
      "table",
      {},
      element("caption", {}, title),
      element("thead", {}, element("tr", {}, ...heads)),
      this.#body,
    );
    this.#table = element(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
      table,
    );
    this.#back = button("Previous", () => this.#turn(-PAGE_ROWS));
    this.#forth = button("Next", () => this.#turn(PAGE_ROWS));
    this.#search.addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.first(), TYPING_MS);
    });
    const search = searchTitle === undefined ? undefined : labelled(searchTitle, this.#search);
    const shown = search === undefined && tools.length === 0
      ? undefined
      : element("div", { class: "tools", role: "search" }, search, ...tools);
    this.element = element(
      "div",
      {},
      shown,
      this.#empty,
      this.#table,
      element("div", { class: "pager" }, this.#back, this.#forth, this.#status),
    );
    this.#table.hidden = true;
  }

  /** Show the first page. */
  first() {
    this.#start = 0;
    this.#reload();
  }

  /**
   * Load the page again.
   *
   * @returns {Promise<void>}
   */
  async refresh() {
    const load = ++this.#loads;
    const { path, name, query } = this.#options;
    const wanted = new URLSearchParams({
      start: String(this.#start),
      count: String(PAGE_ROWS),
      ...query?.(),
    });
    const search = this.#search.value.trim();
    if (search !== "") wanted.set("search", search);
    const answer = await read(`${path}?${wanted}`);
    // A later load has begun meanwhile.
    if (load !== this.#loads) return;
    this.#total = answer.total;
    if (this.#start > 0 && this.#start >= this.#total) {
      this.#start = 0;
      return this.refresh();
    }
    this.#show(answer[name], search);
  }

  /** @param {number} rows */
  #turn(rows) {
    this.#start = Math.max(0, this.#start + rows);
    this.#reload();
  }

  /** What fails is said by the page's own refresh, which fails too. */
  #reload() {
    this.refresh().catch(() => globalThis.dispatchEvent(new Event("refresh")));
  }

  /**
   * @param {readonly any[]} list
   * @param {string} search
   */
  #show(list, search) {
    const { key, empty } = this.#options;
    const isEmpty = list.length === 0;
    this.#table.hidden = isEmpty;
    this.#empty.hidden = !isEmpty;
    const emptyFor = isEmpty ? search : undefined;
    if (emptyFor !== this.#emptyFor) {
      this.#emptyFor = emptyFor;
      const nothing = search === "" ? empty() : element("p", {}, `Nothing has “${search}” in it.`);
      this.#empty.replaceChildren(...(isEmpty ? [nothing] : []));
    }
    const rows = new Map();
    for (const one of list) {
      const id = key(one);
      const row = this.#rows.get(id) ?? this.#createRow();
      this.#fill(row, one);
      rows.set(id, row);
    }
    const shown = [...rows.values()];
    const isSame = shown.length === this.#body.rows.length &&
      shown.every((row, i) => row === this.#body.rows[i]);
    // Moving a row would take the focus from its buttons.
    if (!isSame) this.#body.replaceChildren(...shown);
    this.#rows = rows;
    const last = this.#start + list.length;
    this.#status.textContent = isEmpty ? "" : `${this.#start + 1} to ${last} of ${this.#total}`;
    this.#back.disabled = this.#start === 0;
    this.#forth.disabled = last >= this.#total;
    this.#back.hidden = this.#forth.hidden = this.#total <= PAGE_ROWS;
  }

  #createRow() {
    const row = document.createElement("tr");
    this.#options.columns.forEach(({ title, look }, i) => {
      row.append(
        element(i === 0 ? "th" : "td", {
          ...(i === 0 ? { scope: "row" } : {}),
          class: look ?? "",
          "data-title": title,
        }),
      );
    });
    return row;
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {any} one
   */
  #fill(row, one) {
    this.#options.columns.forEach(({ cell }, i) => {
      const place = row.cells[i];
      const content = cell(one) ?? "";
      if (place === undefined) return;
      const text = typeof content === "string" ? content : content.textContent ?? "";
      // An element with the same words does the same.
      if (place.textContent === text && (text !== "" || place.childNodes.length > 0)) return;
      place.replaceChildren(content);
      place.classList.toggle("blank", text === "");
    });
  }
}
