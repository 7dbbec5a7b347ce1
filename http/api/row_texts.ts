/**
 * Rows of lists of clients and streams, as JSON. What stays of a row is made once, and joined with what changes at each
 * look: a list of thousands that is requested each second is mostly the same text. Pure.
 *
 * @module
 */
import type { ClientSnapshot } from "../../stream/live/mod.ts";
import { type ByteText, utf8 } from "../byte_text.ts";
import type { JsonObject } from "./reply.ts";

const END = 0x7d;

/** How a row is made. */
export interface RowParts<T> {
  /** What tells rows apart. */
  key(member: T): string | number;
  /** The client that {@link RowParts.fixed} tells of. */
  client(member: T): ClientSnapshot | undefined;
  /** The first members of the JSON, at least one: nothing but what the client is, has named and does. */
  fixed(member: T): JsonObject;
  /** Adds the ones that follow, a comma before each. */
  addChanging(member: T, to: ByteText): void;
}

interface KeptText {
  readonly client: ClientSnapshot;
  readonly text: Uint8Array;
}

/** Makes rows, and keeps what stays of them. */
export class RowTexts<T> {
  readonly #parts: RowParts<T>;
  readonly #kept = new Map<string | number, KeptText>();

  /** Nothing kept yet. */
  constructor(parts: RowParts<T>) {
    this.#parts = parts;
  }

  /** How many rows something is kept of. */
  get size(): number {
    return this.#kept.size;
  }

  /** The whole list has `count` rows: begin again where most of what is kept is of rows that are gone. */
  expect(count: number): void {
    if (this.#kept.size > 2 * count) this.#kept.clear();
  }

  /** Add one row to a text. */
  write(member: T, to: ByteText): void {
    to.add(this.#fixedText(member));
    this.#parts.addChanging(member, to);
    to.addByte(END);
  }

  #fixedText(member: T): Uint8Array {
    const key = this.#parts.key(member);
    const client = this.#parts.client(member);
    const known = this.#kept.get(key);
    if (known !== undefined && client !== undefined && isSame(client, known.client)) return known.text;
    const text = utf8(JSON.stringify(this.#parts.fixed(member)).slice(0, -1));
    if (client !== undefined) this.#kept.set(key, { client, text });
    return text;
  }
}

/** Whether a client is the same at two looks, but for its figures. */
function isSame(a: ClientSnapshot, b: ClientSnapshot): boolean {
  return a.clientId === b.clientId && a.role === b.role && a.streamId === b.streamId && a.vhost === b.vhost &&
    a.app === b.app && a.stream === b.stream && a.streamUrl === b.streamUrl && a.ip === b.ip &&
    a.protocol === b.protocol && a.tcUrl === b.tcUrl && a.pageUrl === b.pageUrl && a.swfUrl === b.swfUrl;
}
