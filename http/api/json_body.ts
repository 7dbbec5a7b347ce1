/**
 * The body of a request as JSON. Only `application/json` is taken: a page of another site cannot send that without
 * being asked first.
 *
 * @module
 */
import { ApiCode } from "./api_code.ts";
import { codeReply } from "./reply.ts";

/** Members of an object. */
export type JsonMembers = Readonly<Partial<Record<string, unknown>>>;

/** The object that a request has as its body, or the refusal of what it has instead. */
export async function readJsonBody(request: Request): Promise<JsonMembers | Response> {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    return codeReply(ApiCode.BadBody, "The body must be application/json", { status: 415 });
  }
  const value = parsed(await request.text());
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return badBody("it is not an object");
  }
  return Object.fromEntries(Object.entries(value));
}

/** The refusal of a body. */
export function badBody(why: string): Response {
  return codeReply(ApiCode.BadBody, `Cannot use the body: ${why}`, { status: 400 });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
