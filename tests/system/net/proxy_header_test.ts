/**
 * What proxies say of their clients: headers as HAProxy and nginx send them, and what is none.
 *
 * @module
 */
import { crc32c } from "../../../system/net/crc32c.ts";
import { type ProxyHeader, readProxyHeader } from "../../../system/net/proxy_header.ts";
import { assertEquals } from "../../support/assert.ts";

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
/** 192.0.2.7:56324 to 198.51.100.1:1935. */
const IPV4 = [192, 0, 2, 7, 198, 51, 100, 1, 0xdc, 0x04, 0x07, 0x8f];
/** [2001:db8::7]:56324 to [2001:db8::1]:1935. */
const IPV6 = [
  ...[0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7],
  ...[0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  ...[0xdc, 0x04, 0x07, 0x8f],
];
const CLIENT4 = { hostname: "192.0.2.7", port: 56324 };
const CLIENT6 = { hostname: "2001:db8::7", port: 56324 };

function text(line: string): number[] {
  return [...new TextEncoder().encode(line)];
}

function v2(command: number, family: number, body: readonly number[], length = body.length): number[] {
  return [...SIGNATURE, command, family, length >> 8, length & 0xff, ...body];
}

/** With a checksum over all of it. */
function withChecksum(body: readonly number[]): number[] {
  const bytes = v2(0x21, 0x11, [...body, 0x03, 0, 4, 0, 0, 0, 0]);
  const sum = crc32c(Uint8Array.from(bytes));
  return [...bytes.slice(0, -4), sum >>> 24, (sum >>> 16) & 0xff, (sum >>> 8) & 0xff, sum & 0xff];
}

const TLVS = [
  ...[0x02, 0, 14, ...text("tv.example.com")],
  ...[0x05, 0, 4, 1, 2, 3, 4],
  ...[0x20, 0, 8, 0, 0, 0, 0, 0, 0x21, 0, 0],
];

const HEADERS = [
  { name: "v1 IPv4", bytes: text("PROXY TCP4 192.0.2.7 198.51.100.1 56324 1935\r\n"), source: CLIENT4 },
  { name: "v1 IPv6", bytes: text("PROXY TCP6 2001:db8::7 2001:db8::1 56324 1935\r\n"), source: CLIENT6 },
  {
    name: "v1 IPv6 in full",
    bytes: text("PROXY TCP6 2001:0db8:0000:0000:0000:0000:0000:0007 2001:db8::1 56324 1935\r\n"),
    source: CLIENT6,
  },
  { name: "v1 mapped", bytes: text("PROXY TCP6 ::ffff:192.0.2.7 ::1 56324 1935\r\n"), source: CLIENT4 },
  { name: "v1 UNKNOWN", bytes: text("PROXY UNKNOWN\r\n"), source: undefined },
  { name: "v1 UNKNOWN with more", bytes: text("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"), source: undefined },
  { name: "v2 IPv4", bytes: v2(0x21, 0x11, IPV4), source: CLIENT4 },
  { name: "v2 IPv6", bytes: v2(0x21, 0x21, IPV6), source: CLIENT6 },
  { name: "v2 with vectors", bytes: v2(0x21, 0x11, [...IPV4, ...TLVS]), source: CLIENT4 },
  { name: "v2 with a checksum", bytes: withChecksum([...IPV4, ...TLVS]), source: CLIENT4 },
  { name: "v2 LOCAL", bytes: v2(0x20, 0x00, []), source: undefined },
  { name: "v2 of no family", bytes: v2(0x21, 0x00, []), source: undefined },
] as const;

for (const { name, bytes, source } of HEADERS) {
  Deno.test(`readProxyHeader() reads ${name}, in any pieces`, () => {
    const whole: ProxyHeader = { kind: "header", length: bytes.length, source };
    assertEquals(readProxyHeader(Uint8Array.from([...bytes, 3, 0]), "proxy"), whole);
    for (let length = 0; length < bytes.length; length++) {
      assertEquals(readProxyHeader(Uint8Array.from(bytes.slice(0, length)), "proxy"), { kind: "more" });
    }
  });
}

Deno.test("readProxyHeader() reads SRS's prefix, and takes anything else for the client's own bytes", () => {
  const prefix = Uint8Array.of(0xf3, 0, 4, 192, 0, 2, 7, 3);
  const source = { hostname: "192.0.2.7", port: 0 };
  assertEquals(readProxyHeader(prefix, "srs"), { kind: "header", length: 7, source });
  for (let length = 0; length < 7; length++) {
    assertEquals(readProxyHeader(prefix.subarray(0, length), "srs"), { kind: "more" });
  }
  assertEquals(readProxyHeader(Uint8Array.of(3), "srs"), { kind: "header", length: 0, source: undefined });
  assertEquals(readProxyHeader(Uint8Array.of(0xf3, 0, 16), "srs").kind, "fault");
});

/** What a client or a broken proxy may send, and why it is refused. */
const MALFORMED: readonly (readonly [bytes: readonly number[], reason: string])[] = [
  [[3], "no header of the PROXY protocol"],
  [text("GET / HTTP/1.1\r\n"), "no header of the PROXY protocol"],
  [text("proxy TCP4 192.0.2.7 198.51.100.1 1 2\r\n"), "no header of the PROXY protocol"],
  [text("PROXX"), "no header of the PROXY protocol"],
  [[0x16, 3, 1], "TLS before a header"],
  [[0xf3, 0, 4], "no header of the PROXY protocol"],
  [text("PROXY TCP4 192.0.2.7 198.51.100.1 1 2\n"), "a line that does not end with CR LF"],
  [text(`PROXY TCP4 ${"1".repeat(100)}`), "no line end within 107 bytes"],
  [text("PROXY TCP5 192.0.2.7 198.51.100.1 1 2\r\n"), "neither TCP4 nor TCP6 nor UNKNOWN"],
  [text("PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n"), "neither TCP4 nor TCP6 nor UNKNOWN"],
  [text("PROXY \r\n"), "neither TCP4 nor TCP6 nor UNKNOWN"],
  [text("PROXY UNKNOWNS\r\n"), "neither TCP4 nor TCP6 nor UNKNOWN"],
  [text("PROXY TCP4\r\n"), "an address that is none"],
  [text("PROXY TCP4 192.0.2 198.51.100.1 1 2\r\n"), "an address that is none"],
  [text("PROXY TCP4 192.0.2.256 198.51.100.1 1 2\r\n"), "an address that is none"],
  [text("PROXY TCP4 2001:db8::7 198.51.100.1 1 2\r\n"), "an address that is none"],
  [text("PROXY TCP4  192.0.2.7 198.51.100.1 1 2\r\n"), "an address that is none"],
  [text("PROXY TCP6 192.0.2.7 ::1 1 2\r\n"), "an address that is none"],
  [text("PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n"), "an address that is none"],
  [text("PROXY TCP4 192.0.2.7 198.51.100.1 1 2 3\r\n"), "an address that is none"],
  [text("PROXY TCP4 192.0.2.7 198.51.100.1 65536 2\r\n"), "a port that is none"],
  [text("PROXY TCP4 192.0.2.7 198.51.100.1 01 2\r\n"), "a port that is none"],
  [text("PROXY TCP4 192.0.2.7 198.51.100.1 -1 2\r\n"), "a port that is none"],
  [text("PROXY TCP4 192.0.2.7 198.51.100.1 1\r\n"), "a port that is none"],
  [v2(0x11, 0x11, IPV4), "neither PROXY nor LOCAL of version 2"],
  [v2(0x22, 0x11, IPV4), "neither PROXY nor LOCAL of version 2"],
  [v2(0x21, 0x11, [], 4097), "a header of 4113 bytes"],
  [v2(0x21, 0x12, IPV4), "neither TCP by IPv4 nor by IPv6"],
  [v2(0x21, 0x31, IPV4), "neither TCP by IPv4 nor by IPv6"],
  [v2(0x21, 0x11, IPV4.slice(0, 11)), "addresses that are cut off"],
  [v2(0x21, 0x21, IPV4), "addresses that are cut off"],
  [v2(0x21, 0x11, [...IPV4, 0x02, 0]), "a vector that is cut off"],
  [v2(0x21, 0x11, [...IPV4, 0x02, 0, 5, 1]), "a vector that is cut off"],
  [v2(0x21, 0x11, [...IPV4, 0x03, 0, 3, 1, 2, 3]), "a checksum that is none"],
  [v2(0x21, 0x11, [...IPV4, 0x03, 0, 4, 1, 2, 3, 4]), "a wrong checksum"],
];

Deno.test(`readProxyHeader() refuses ${MALFORMED.length} malformed headers`, () => {
  for (const [bytes, reason] of MALFORMED) {
    assertEquals(readProxyHeader(Uint8Array.from(bytes), "proxy"), { kind: "fault", reason });
  }
});

Deno.test("crc32c() has the value of its specification", () => {
  assertEquals(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
});
