/**
 * The tables of HPACK: headers that both sides know, and those that one side has sent lately. RFC 7541 §2.3, §4 and
 * appendix A. Pure.
 *
 * @module
 */

/** A header: each byte is a character. */
export type Field = readonly [name: string, value: string];

/** A size that an entry has besides its bytes (RFC 7541 §4.1). */
const ENTRY_BYTES = 32;

/** Entries from index 1 on. */
const STATIC: readonly Field[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  ...["200", "204", "206", "304", "400", "404", "500"].map((status) => [":status", status] as const),
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
  ...[
    ...["accept-language", "accept-ranges", "accept", "access-control-allow-origin", "age", "allow"],
    ...["authorization", "cache-control", "content-disposition", "content-encoding", "content-language"],
    ...["content-length", "content-location", "content-range", "content-type", "cookie", "date", "etag"],
    ...["expect", "expires", "from", "host", "if-match", "if-modified-since", "if-none-match", "if-range"],
    ...["if-unmodified-since", "last-modified", "link", "location", "max-forwards", "proxy-authenticate"],
    ...["proxy-authorization", "range", "referer", "refresh", "retry-after", "server", "set-cookie"],
    ...["strict-transport-security", "transfer-encoding", "user-agent", "vary", "via", "www-authenticate"],
  ].map((name) => [name, ""] as const),
];

/** The lowest index of each name in the static table. */
export const STATIC_NAMES: ReadonlyMap<string, number> = new Map(
  STATIC.map(([name], i) => [name, i + 1] as const).reverse(),
);

/** The index of `:status` with this value in the static table; `undefined` where it has none. */
export function staticStatus(status: string): number | undefined {
  const at = STATIC.findIndex(([name, value]) => name === ":status" && value === status);
  return at < 0 ? undefined : at + 1;
}

/** The size of an entry, and of a header in a list (RFC 9113 §6.5.2). */
export function fieldBytes([name, value]: Field): number {
  return name.length + value.length + ENTRY_BYTES;
}

/** What one side may refer to. */
export class HpackTable {
  /** The newest one last. */
  readonly #entries: Field[] = [];
  #bytes = 0;
  #maxBytes: number;

  /** An empty table of at most this size. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The entry with an index, from 1 on; `undefined` where there is none. */
  at(index: number): Field | undefined {
    if (index <= STATIC.length) return STATIC[index - 1];
    return this.#entries[this.#entries.length - (index - STATIC.length)];
  }

  /** Add an entry; the oldest ones make room. One that is larger than the table empties it (§4.4). */
  add(field: Field): void {
    const bytes = fieldBytes(field);
    this.#evict(this.#maxBytes - bytes);
    if (bytes > this.#maxBytes) return;
    this.#entries.push(field);
    this.#bytes += bytes;
  }

  /** Have at most this size from now on. */
  resize(maxBytes: number): void {
    this.#maxBytes = maxBytes;
    this.#evict(maxBytes);
  }

  #evict(maxBytes: number): void {
    while (this.#bytes > Math.max(0, maxBytes)) {
      const oldest = this.#entries.shift();
      if (oldest === undefined) return;
      this.#bytes -= fieldBytes(oldest);
    }
  }
}
