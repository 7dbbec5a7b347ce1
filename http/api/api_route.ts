/**
 * A route of the API: what it takes, what it answers, who may call it, and what it does. All of them together are the
 * table that requests are served by, and that the OpenAPI document is written from.
 *
 * @module
 */
import type { HttpHandler } from "../server/exchange.ts";
import type { RequestHead } from "../server/request_head.ts";
import type { ApiScope, Caller } from "./auth/caller.ts";
import type { Members, Schema } from "./schema/json_schema.ts";

/** What a route answers when all is well. */
export type ApiAnswer =
  /** JSON with `code`, `server`, `service` and `pid`, and these members. */
  | { readonly kind: "data"; readonly members: Members }
  /** JSON as it is described. */
  | { readonly kind: "json"; readonly schema: Schema }
  /** Another content type. */
  | { readonly kind: "text"; readonly contentType: string };

/** One request to a route. */
export interface ApiCall {
  readonly head: RequestHead;
  /** The request with its body. */
  readonly request: Request;
  /** By the names in the route's path, as sent. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** From where, canonical. */
  readonly ip: string;
  /** Who calls. */
  readonly caller: Caller;
  /** Whether its credentials would be accepted now too, after a reload: for answers that go on. */
  isStillAdmitted(): boolean;
  /** Who may read the answer: for handlers that write it by themselves. */
  readonly crossOrigin: Readonly<Record<string, string>>;
}

/** One thing that can be asked of the API. */
export interface ApiRoute {
  /** HEAD is answered as GET. */
  readonly method: "GET" | "POST" | "DELETE";
  /** `/api/v1/clients/{id}`: a part in braces is a name in `params`, and matches one segment. */
  readonly path: string;
  readonly scope: ApiScope;
  /** One sentence. */
  readonly summary: string;
  /** What the query may have, by name. */
  readonly query?: Members;
  /** The JSON of the request's body; absent: there is none. */
  readonly body?: Schema;
  readonly answer: ApiAnswer;
  /** The answer, or a handler that writes it by itself: what streams takes the connection over. */
  handle(call: ApiCall): Response | HttpHandler | Promise<Response | HttpHandler>;
}
