/**
 * Makes elements. Texts are texts: nothing that a client chose is ever read as HTML.
 *
 * @module
 */

/** @typedef {Node | string | undefined} Child */

/**
 * An element with attributes and children.
 *
 * @param {string} tag
 * @param {Record<string, string | (() => void)>} attributes `class`, `href` and so on; a function is called on a click.
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener("click", value);
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/**
 * @param {string} text
 * @param {() => void} act
 * @param {Record<string, string>} [attributes]
 * @returns {HTMLButtonElement}
 */
export function button(text, act, attributes = {}) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.addEventListener("click", act);
  return made;
}

/**
 * A field with its label around it.
 *
 * @template {HTMLElement} T
 * @param {string} title
 * @param {T} field
 */
export function labelled(title, field) {
  return element("label", {}, title, field);
}

/**
 * @param {readonly (readonly [value: string, title: string])[]} choices
 * @param {string} [chosen]
 * @returns {HTMLSelectElement}
 */
export function select(choices, chosen = "") {
  const made = document.createElement("select");
  for (const [value, title] of choices) {
    made.add(new Option(title, value, value === chosen, value === chosen));
  }
  return made;
}

/**
 * What a choice adds to a query: nothing where it is "".
 *
 * @param {string} name
 * @param {HTMLSelectElement} field
 * @returns {Record<string, string>}
 */
export function chosenQuery(name, { value }) {
  return value === "" ? {} : { [name]: value };
}

/**
 * @param {string} value
 * @param {string} [type]
 * @returns {HTMLInputElement}
 */
export function input(value, type = "text") {
  const made = document.createElement("input");
  made.type = type;
  made.value = value;
  made.autocomplete = "off";
  made.spellcheck = false;
  return made;
}

/**
 * Names and values.
 *
 * @param {readonly (readonly [name: string, value: Child])[]} facts
 */
export function factList(facts) {
  const parts = facts.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value ?? "-"))
  );
  return element("dl", { class: "facts" }, ...parts);
}

/**
 * What is shown where there is nothing, and what to type.
 *
 * @param {string} text
 * @param {string} [command]
 */
export function emptyState(text, command) {
  const code = command === undefined ? undefined : element("pre", {}, element("code", {}, command));
  return element("div", { class: "empty" }, element("p", {}, text), code);
}
