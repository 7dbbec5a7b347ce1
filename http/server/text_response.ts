/**
 * A response that is a status and a reason.
 *
 * @module
 */

const encoder = new TextEncoder();

/**
 * The reason as plain text.
 *
 * @param headers Further ones.
 */
export function textResponse(
  status: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = encoder.encode(`${reason}\n`);
  return new Response(body, {
    status,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": String(body.length),
      "X-Content-Type-Options": "nosniff",
      ...headers,
    },
  });
}
