/**
 * What lets pages of other sites read media: the headers of the Fetch standard's CORS protocol. Pure.
 *
 * @module
 */
import { headerOf, type RequestHead } from "./request_head.ts";

/** How long a browser keeps the answer to a preflight request, seconds. */
const MAX_AGE_S = 86_400;
const METHODS = "GET, HEAD, OPTIONS";

/** On each answer of a path with media, refusals too: without them a page cannot show the reason. */
export const CORS_HEADERS: Readonly<Record<string, string>> = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "*",
};

/**
 * The answer to OPTIONS.
 *
 * @param crossdomain Whether pages of other sites may read what is at this path.
 */
export function optionsResponse(
  head: Pick<RequestHead, "fields">,
  { crossdomain }: { readonly crossdomain: boolean },
): Response {
  const headers: Record<string, string> = { Allow: METHODS };
  if (crossdomain) {
    Object.assign(headers, CORS_HEADERS, {
      "Access-Control-Allow-Methods": METHODS,
      "Access-Control-Allow-Headers": "*",
      "Access-Control-Max-Age": String(MAX_AGE_S),
    });
    // A page of the internet that plays from a server of the local network has to be permitted by name.
    if (headerOf(head, "access-control-request-private-network") === "true") {
      headers["Access-Control-Allow-Private-Network"] = "true";
    }
  }
  return new Response(null, { status: 204, headers });
}
