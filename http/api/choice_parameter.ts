/**
 * A parameter of a query that is one of some words. Pure.
 *
 * @module
 */
import { ApiCode } from "./api_code.ts";
import { codeReply } from "./reply.ts";

/**
 * The word that the query chooses; `undefined`: none. Another word is refused: an empty list would look as if there were
 * nothing.
 */
export function choiceOf<T extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly T[],
): T | undefined | Response {
  const wanted = query.get(name);
  if (wanted === null) return undefined;
  const message = `${name} is one of ${words.join(", ")}`;
  return words.find((word) => word === wanted) ??
    codeReply(ApiCode.BadParameter, message, { status: 400 });
}
