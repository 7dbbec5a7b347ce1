/**
 * Lists in pages. All pages of a list are of one moment: where there is a next one, what the list was made of is kept
 * under a name that the address of the next page has.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import { ApiCode } from "./api_code.ts";
import { codeReply, type JsonObject, listReply, type MemberJson, writerOf } from "./reply.ts";
import type { Identity } from "../ports.ts";
import type { ApiAnswer, ApiCall } from "./api_route.ts";
import { count, listOf, type Members, nullable, type Schema, text } from "./schema/json_schema.ts";
import { pageRangeOf } from "./page.ts";
import { withoutLastSlashes } from "./route_table.ts";

/** Lists of one name that are kept; the oldest of them is forgotten for a new one. */
const MAX_KEPT = 16;
/** How long a caller may take from page to page, milliseconds. */
const KEPT_MS = 60_000;
/** What the name of a kept list is made of, bytes. */
const NAME_BYTES = 9;

/** What the query of a list may have. */
export const PAGE_QUERY: Members = {
  start: count("The first of the page, 0 by default."),
  count: count("The most of the page, 10 by default."),
  snapshot: text("As in `next`: the list of the moment of the first page."),
};

/** A list and how one of it is shown. */
export type PagedList<T> = { readonly members: readonly T[] } & MemberJson<T>;

/** One moment of a list. */
interface KeptList {
  readonly name: string;
  /** Without slashes at its end, which say nothing. */
  readonly path: string;
  readonly untilMs: number;
  readonly total: number;
  /** The answer that has its members from `start` to `end`, after `data`. */
  page(identity: Identity, data: JsonObject, start: number, end: number): Response;
}

/** What a route answers whose list has this name. */
export function pageAnswer(name: string, items: Schema): ApiAnswer {
  return {
    kind: "data",
    members: {
      total: count("The length of the whole list."),
      next: nullable(text("Where the next page is, null after the last one.")),
      [name]: listOf(items),
    },
  };
}

/** Answers requests for pages. */
export class ListPages {
  readonly #identity: Identity;
  readonly #clock: Clock;
  readonly #kept = new Map<string, KeptList>();

  /** Nothing kept yet. */
  constructor(identity: Identity, clock: Clock) {
    this.#identity = identity;
    this.#clock = clock;
  }

  /**
   * The page that a call asks for.
   *
   * @param name Of the list in the answer.
   * @param load The list as it is now.
   */
  async answer<T>(
    { head, query }: Pick<ApiCall, "head" | "query">,
    name: string,
    load: () => Promise<PagedList<T>> | PagedList<T>,
  ): Promise<Response> {
    const { pathname: path } = head.url;
    let id = query.get("snapshot");
    const list = id === null ? this.#moment(path, name, await load()) : this.#find(id, path);
    if (list === undefined) {
      const message = "The list of this snapshot is not kept any more: begin with the first page";
      return codeReply(ApiCode.SnapshotGone, message, { status: 410 });
    }
    const { start, end } = pageRangeOf(query, list.total);
    let next: string | null = null;
    if (end < list.total) {
      id ??= this.#keep(list);
      next = `${path}?start=${end}&count=${end - start}&snapshot=${id}`;
    }
    return list.page(this.#identity, { total: list.total, next }, start, end);
  }

  #moment<T>(path: string, name: string, list: PagedList<T>): KeptList {
    const { members } = list;
    const write = "write" in list ? list.write : writerOf(list.show);
    return {
      ...{ name, path: withoutLastSlashes(path) },
      untilMs: this.#clock.now() + KEPT_MS,
      total: members.length,
      page: (identity, data, start, end) =>
        listReply(identity, data, { name, members: members.slice(start, end), write }),
    };
  }

  #find(id: string, path: string): KeptList | undefined {
    const list = this.#kept.get(id);
    const isHere = list?.path === withoutLastSlashes(path) && this.#clock.now() < list.untilMs;
    return isHere ? list : undefined;
  }

  /** A list that is requested again and again takes no place of another one. */
  #keep(list: KeptList): string {
    const now = this.#clock.now();
    let alike = 0;
    for (const { name } of this.#kept.values()) if (name === list.name) alike++;
    for (const [id, { name, untilMs }] of this.#kept) {
      const isTooMany = name === list.name && alike >= MAX_KEPT;
      if (untilMs > now && !isTooMany) continue;
      this.#kept.delete(id);
      if (name === list.name) alike--;
    }
    const id = crypto.getRandomValues(new Uint8Array(NAME_BYTES)).toBase64({ alphabet: "base64url" });
    this.#kept.set(id, list);
    return id;
  }
}
