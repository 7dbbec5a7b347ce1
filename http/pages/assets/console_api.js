/**
 * Calls of the management API. The browser sends the credentials of the page with them.
 *
 * @module
 */

const ROOT = "api/v1/";

/**
 * What the API answers.
 *
 * @param {string} path Below `/api/v1/`.
 * @returns {Promise<any>}
 * @throws {Error} With what the API says is wrong.
 */
export function read(path) {
  return call("GET", path);
}

/**
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
export function send(path, body) {
  return call("POST", path, body);
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export function remove(path) {
  return call("DELETE", path);
}

/**
 * The address of something that the browser loads by itself.
 *
 * @param {string} path
 */
export function apiUrl(path) {
  return new URL(ROOT + path, document.baseURI).href;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
async function call(method, path, body) {
  const json = body === undefined
    ? {}
    : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(apiUrl(path), { method, cache: "no-store", ...json });
  // What a proxy answers in its place may be no JSON.
  const answer = await response.json().catch(() => undefined);
  if (answer?.code === 0) return answer;
  throw new Error(answer?.msg ?? `The API answered with status ${response.status}`);
}
