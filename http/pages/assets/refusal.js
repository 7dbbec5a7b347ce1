/**
 * What a server says when it does not send the stream.
 *
 * @module
 */

/** @import { Refusal } from "./engine.js" */

/** The longest reason that is shown, characters. */
const MAX_REASON = 300;

/**
 * @param {Response} response Its status is not one of success.
 * @returns {Promise<Refusal>}
 */
export async function refusalOf(response) {
  const isText = response.headers.get("Content-Type")?.startsWith("text/plain") === true;
  const reason = isText ? (await response.text()).trim().slice(0, MAX_REASON) : "";
  const retryAfterS = Number(response.headers.get("Retry-After") ?? 0) || undefined;
  return { status: response.status, reason, retryAfterS };
}
