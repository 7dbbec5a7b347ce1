import fc from "fast-check";
import { HeadReader, MAX_HEAD_BYTES } from "../../../http/server/head_reader.ts";
import { HeaderBlocks } from "../../../http/server/header_block.ts";
import { readRequestHead } from "../../../http/server/request_head.ts";
import { assert, assertEquals } from "../../support/assert.ts";

const encoder = new TextEncoder();

/** What a reader makes of `text` in pieces of these lengths, the last one for the rest: heads, or a fault's status. */
function readAll(text: string, lengths: readonly number[] = []): unknown[] {
  const bytes = encoder.encode(text);
  const reader = new HeadReader(new HeaderBlocks());
  const found: unknown[] = [];
  let offset = 0;
  for (const length of [...lengths, bytes.length]) {
    reader.push(bytes.subarray(offset, offset + length));
    offset += length;
    for (let head = reader.takeHead(); head !== undefined; head = reader.takeHead()) {
      if ("status" in head) return [...found, head.status];
      found.push([head.line, ...head.headers.lines]);
    }
  }
  return [...found, reader.pendingBytes];
}

const CASES: readonly [string, string, unknown[]][] = [
  ["one head", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", [["GET / HTTP/1.1", "Host: h"], 0]],
  ["two heads, one behind the other", "A\r\n\r\nB\r\nC\r\n\r\n", [["A"], ["B", "C"], 0]],
  ["a head after empty lines", "\r\n\r\nA\r\n\r\n", [["A"], 0]],
  ["half a head", "A\r\nB", [4]],
  ["a bare LF", "A\n\r\n", [400]],
  ["a bare LF at the end", "A\r\n\n", [400]],
  ["an LF alone", "\n", [400]],
  ["a bare CR", "A\rB\r\n\r\n", [400]],
  ["two CRs", "A\r\r\n\r\n", [400]],
  ["the beginning of TLS", "\x16\x03\x01", [400]],
  ["C0 of RTMP", "\x03\0\0", [400]],
  ["a blank in front", " GET / HTTP/1.1\r\n\r\n", [400]],
  ["a request line without end", "x".repeat(MAX_HEAD_BYTES + 1), [414]],
  ["headers without end", `A\r\n${"x: y\r\n".repeat(MAX_HEAD_BYTES / 6)}`, [431]],
  ["empty lines without end", "\r\n".repeat(MAX_HEAD_BYTES / 2 + 1), [414]],
  ["the largest head", `A\r\n${"x".repeat(MAX_HEAD_BYTES - 7)}\r\n\r\n`, [[
    "A",
    "x".repeat(MAX_HEAD_BYTES - 7),
  ], 0]],
];
for (const [what, text, expected] of CASES) {
  Deno.test(`HeadReader reads ${what}, whole and in any pieces`, () => {
    assertEquals(readAll(text), expected);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 600 }), { maxLength: 60 }), (lengths) => {
        assertEquals(readAll(text, lengths), expected);
      }),
      { numRuns: 20 },
    );
  });
}

Deno.test("HeadReader gives the same for any text in any pieces", () => {
  const token = fc.constantFrom(
    "GET / HTTP/1.1",
    "Host: h",
    "\r\n",
    "\r\n",
    "\r\n",
    "\n",
    "\r",
    " ",
    "\0",
    "é",
  );
  const text = fc.array(token, { maxLength: 20 }).map((tokens) => tokens.join(""));
  fc.assert(
    fc.property(text, fc.array(fc.nat({ max: 9 }), { maxLength: 40 }), (whole, lengths) => {
      assertEquals(readAll(whole, lengths), readAll(whole));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a request line with a byte beyond ASCII is refused, whether it is UTF-8 or not", () => {
  const limits = { maxBodyBytes: 0, defaultHost: "h" };
  for (const bytes of [[0xc3, 0xa9], [0xe9], [0xef, 0xbb, 0xbf], [0xff], [0x80]]) {
    for (const [before, after] of [["GET /", " HTTP/1.1"], ["G", "T / HTTP/1.1"], ["GET / HTTP/1.1", ""]]) {
      const reader = new HeadReader(new HeaderBlocks());
      reader.push(encoder.encode(before));
      reader.push(Uint8Array.from(bytes));
      reader.push(encoder.encode(`${after}\r\nHost: h\r\n\r\n`));
      const head = reader.takeHead();
      assert(head !== undefined && "line" in head);
      const read = readRequestHead(head.line, head.headers, limits);
      assertEquals("status" in read ? read.status : read.path, 400);
    }
  }
});

Deno.test("HeadReader.takeBytes() gives what follows a head, and the next head follows that", () => {
  const reader = new HeadReader(new HeaderBlocks());
  reader.push(encoder.encode("A\r\n\r\nbodyB\r\n\r\n"));
  assertEquals(lineOf(reader.takeHead()), "A");
  assertEquals(new TextDecoder().decode(reader.takeBytes(4)), "body");
  assertEquals(lineOf(reader.takeHead()), "B");
  assertEquals(reader.takeBytes(9).length, 0);
});

Deno.test("HeadReader gives the headers of the request before, where they are the same bytes", () => {
  const blocks = new HeaderBlocks();
  const headers = "Host: h\r\nX: 1\r\n\r\n";
  const read = (reader: HeadReader, text: string) => {
    reader.push(encoder.encode(text));
    const head = reader.takeHead();
    assert(head !== undefined && "headers" in head);
    return head;
  };
  const reader = new HeadReader(blocks);
  const first = read(reader, `A\r\n${headers}`);
  const second = read(reader, `BC\r\n${headers}D\r\n`);
  assertEquals([second.line, second.headers], ["BC", first.headers]);
  assert(second.headers === first.headers, "read once");
  assertEquals(reader.pendingBytes, 3);
  assert(read(new HeadReader(blocks), `E\r\n${headers}`).headers === first.headers, "of another connection");
  // The same length, and one byte is another.
  const other = read(reader, headers.replace("1", "2"));
  assertEquals([other.line, other.headers.lines], ["D", ["Host: h", "X: 2"]]);
  const third = read(reader, `F\r\n${headers.slice(0, -2)}Y: 1\r\n\r\n`);
  assertEquals(third.headers.lines, ["Host: h", "X: 1", "Y: 1"]);
});

Deno.test("HeadReader does not keep a long block of headers", () => {
  const blocks = new HeaderBlocks();
  const text = `A\r\nX: ${"x".repeat(1024)}\r\n\r\n`;
  const [first, second] = [0, 1].map(() => {
    const reader = new HeadReader(blocks);
    reader.push(encoder.encode(text));
    return reader.takeHead();
  });
  assert(first !== undefined && second !== undefined && "headers" in first && "headers" in second);
  assert(first.headers !== second.headers);
  assertEquals(first.headers.lines, second.headers.lines);
});

function lineOf(head: ReturnType<HeadReader["takeHead"]>): string {
  assert(head !== undefined && "line" in head);
  return head.line;
}
