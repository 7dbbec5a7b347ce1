import { H2Error, H2ErrorCode } from "../../../../http/server/h2/h2_error.ts";
import { HpackDecoder } from "../../../../http/server/h2/hpack_decoder.ts";
import { encodeHeaderBlock } from "../../../../http/server/h2/hpack_encoder.ts";
import type { Field } from "../../../../http/server/h2/hpack_table.ts";
import { decodeHuffman } from "../../../../http/server/h2/huffman.ts";
import { assertEquals, assertThrows } from "../../../support/assert.ts";

const ENOUGH = 16 * 1024;

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(hex.replaceAll(" ", ""));
}

/** Blocks of one peer, in their order. */
function decodeAll(...blocks: readonly string[]): (readonly Field[] | undefined)[] {
  const decoder = new HpackDecoder();
  return blocks.map((hex) => decoder.decode(bytesOf(hex), ENOUGH));
}

const FIRST: readonly Field[] = [
  [":method", "GET"],
  [":scheme", "http"],
  [":path", "/"],
  [":authority", "www.example.com"],
];

Deno.test("HpackDecoder reads the literals of RFC 7541 C.2", () => {
  assertEquals(
    decodeAll(
      "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
      "040c 2f73 616d 706c 652f 7061 7468",
      "1008 7061 7373 776f 7264 0673 6563 7265 74",
      "82",
    ),
    [
      [["custom-key", "custom-header"]],
      [[":path", "/sample/path"]],
      [["password", "secret"]],
      [[":method", "GET"]],
    ],
  );
});

Deno.test("HpackDecoder reads the requests of RFC 7541 C.3 and C.4, the later ones by its table", () => {
  const expected = [FIRST, [...FIRST, ["cache-control", "no-cache"]], [
    [":method", "GET"],
    [":scheme", "https"],
    [":path", "/index.html"],
    [":authority", "www.example.com"],
    ["custom-key", "custom-value"],
  ]];
  const plain = decodeAll(
    "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
    "8286 84be 5808 6e6f 2d63 6163 6865",
    "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
  );
  const huffman = decodeAll(
    "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
    "8286 84be 5886 a8eb 1064 9cbf",
    "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
  );
  assertEquals([plain, huffman], [expected, expected]);
});

Deno.test("HpackDecoder drops the oldest entries, as in RFC 7541 C.6, where the table has 256 bytes", () => {
  const CACHE: Field = ["cache-control", "private"];
  const LOCATION: Field = ["location", "https://www.example.com"];
  assertEquals(
    decodeAll(
      // The size comes first: 31 + 97 + 128.
      "3fe1 01" +
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e " +
        "919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
      "4883 640e ffc1 c0bf",
      "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 " +
        "e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
    ),
    [
      [[":status", "302"], CACHE, ["date", "Mon, 21 Oct 2013 20:13:21 GMT"], LOCATION],
      [[":status", "307"], CACHE, ["date", "Mon, 21 Oct 2013 20:13:21 GMT"], LOCATION],
      [
        [":status", "200"],
        CACHE,
        ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
        LOCATION,
        ["content-encoding", "gzip"],
        ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
      ],
    ],
  );
});

Deno.test("decodeHuffman() reads the long codes of RFC 7541 appendix B", () => {
  const cases: readonly (readonly [string, string])[] = [
    // code, then ones up to a byte
    ["fffe 1f", "\\"],
    ["fffd", "{"],
    ["ffc7", "\0"],
    ["ffff ffef", "\u00f9"],
    ["", ""],
  ];
  for (const [hex, text] of cases) assertEquals(decodeHuffman(bytesOf(hex)), text);
});

const BAD: readonly (readonly [what: string, hex: string])[] = [
  ["index 0", "80"],
  ["an index that the table does not have", "be"],
  ["an integer without end", "ff ff ff ff ff ff 7f"],
  ["an integer that is cut", "ff"],
  ["a string that is longer than its block", "000a 6375"],
  ["a value that is missing", "0001 61"],
  ["a table of 4097 bytes", "3fe2 1f"],
  ["a size of the table behind a header", "82 20"],
  ["a string of Huffman code that is padded with zeros", "0001 6181 00"],
  ["one that is padded with a whole byte", "0001 6182 1fff"],
  ["one with the end of a string in it", "0001 6184 ffff ffff"],
];
for (const [what, hex] of BAD) {
  Deno.test(`HpackDecoder refuses ${what}`, () => {
    const error = assertThrows(() => decodeAll(hex), H2Error);
    assertEquals(error.code, H2ErrorCode.CompressionError);
  });
}

Deno.test("HpackDecoder follows a list that is too large, and reads the next one", () => {
  const decoder = new HpackDecoder();
  // A name and a value of 126 bytes into the table, then 200 times out of it.
  const name = `7e${"61".repeat(126)}`;
  assertEquals(decoder.decode(bytesOf(`40${name}${name}${"be".repeat(200)}`), ENOUGH), undefined);
  assertEquals(decoder.decode(bytesOf("be"), ENOUGH), [["a".repeat(126), "a".repeat(126)]]);
});

Deno.test("encodeHeaderBlock() makes blocks that any decoder reads, whatever came before", () => {
  const fields: readonly Field[] = [
    ["content-type", "video/x-flv"],
    ["content-length", "0"],
    ["x-long", "v".repeat(300)],
    ["x-byte", "\u00e9"],
  ];
  for (const status of [200, 304, 403]) {
    const decoded = new HpackDecoder().decode(encodeHeaderBlock(status, fields), ENOUGH);
    assertEquals(decoded, [[":status", String(status)], ...fields]);
  }
  // An entry of the static table, a name of it, a name of its own.
  assertEquals(
    encodeHeaderBlock(200, [["age", "1"], ["b", "2"]]).toHex(),
    "88" + "0f06" + "0131" + "00" + "0162" + "0132",
  );
});
