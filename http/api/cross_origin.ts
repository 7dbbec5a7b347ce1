/**
 * What lets pages of other sites call the API, where `http_api.crossdomain` is on: the headers of the Fetch standard's
 * CORS protocol. Browsers send no credentials by themselves then: a page has to have a token. Pure.
 *
 * @module
 */

/** How long a browser keeps the answer to a preflight request, seconds. */
const MAX_AGE_S = 86_400;
/** Headers of an answer that pages of any site may read. */
export const READABLE_ANYWHERE = {
  "Access-Control-Allow-Origin": "*",
  "Cross-Origin-Resource-Policy": "cross-origin",
} as const;

/** The answer to OPTIONS. */
export function preflightResponse(): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Methods": "GET, HEAD, POST, DELETE",
      // A wildcard does not include the first one.
      "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
      "Access-Control-Max-Age": String(MAX_AGE_S),
    },
  });
}

/** The answer as pages of any site may read it. */
export function readableAnywhere(answer: Response): Response {
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(READABLE_ANYWHERE)) headers.set(name, value);
  return new Response(answer.body, { status: answer.status, headers });
}
