import { ClientHandshake } from "../../../rtmp/wire/client_handshake.ts";
import { CLIENT_KEY, digestOffset, findDigest, SERVER_KEY, signPacket } from "../../../rtmp/wire/digest.ts";
import type { WireEnvironment } from "../../../rtmp/wire/environment.ts";
import { OPENING_BYTES, PACKET_BYTES } from "../../../rtmp/wire/handshake.ts";
import { ProtocolError, ProtocolErrorCode } from "../../../rtmp/wire/protocol_error.ts";
import { ServerHandshake } from "../../../rtmp/wire/server_handshake.ts";
import { assert, assertEquals, assertExists, assertThrows } from "../../support/assert.ts";
import { bytes, cut, pattern } from "../../support/bytes.ts";
import { fixedWireEnvironment } from "../../support/rtmp/wire_environment.ts";

/** C0 and C1 of a simple client: version 3, time 5, zeros, anything. */
const SIMPLE = bytes(3, 0, 0, 0, 5, 0, 0, 0, 0, pattern(PACKET_BYTES - 8));

function opening(form: "simple" | "digest0" | "digest1"): Uint8Array<ArrayBuffer> {
  return new ClientHandshake(fixedWireEnvironment(), { form }).takeOutput() ?? bytes();
}

/** A world that counts how much it signs. */
function countingEnvironment(): WireEnvironment & { readonly hmacs: number } {
  const environment = fixedWireEnvironment(0x01020304);
  let hmacs = 0;
  return {
    ...environment,
    hmacSha256: (key, data) => {
      hmacs += 1;
      return environment.hmacSha256(key, data);
    },
    get hmacs() {
      return hmacs;
    },
  };
}

Deno.test("ServerHandshake answers the simple form: S1 with version zero, S2 as C1's copy, no HMAC", () => {
  const environment = countingEnvironment();
  const handshake = new ServerHandshake(environment);
  assertEquals(handshake.receive(SIMPLE), OPENING_BYTES);
  const output = handshake.takeOutput();
  assertExists(output);
  assertEquals(output.length, OPENING_BYTES + PACKET_BYTES);
  assertEquals(output.subarray(0, 9), bytes(3, 1, 2, 3, 4, 0, 0, 0, 0));
  assertEquals(output.subarray(OPENING_BYTES), SIMPLE.subarray(1));
  assertEquals(environment.hmacs, 0);
  assertEquals(handshake.takeOutput(), undefined);
});

Deno.test("ServerHandshake is done after C2, whatever is in it, and takes nothing behind it", () => {
  const handshake = new ServerHandshake(fixedWireEnvironment());
  assertEquals(handshake.receive(bytes(SIMPLE, pattern(1000))), OPENING_BYTES + 1000);
  assert(!handshake.done);
  assertEquals(handshake.receive(pattern(600)), 536);
  assert(handshake.done);
  assertEquals(handshake.receive(pattern(5)), 0);
});

Deno.test("ServerHandshake gives the same answer however C0 and C1 are cut", () => {
  const answer = (pieces: Iterable<Uint8Array>) => {
    const handshake = new ServerHandshake(fixedWireEnvironment());
    for (const piece of pieces) assertEquals(handshake.receive(piece), piece.length);
    return handshake.takeOutput();
  };
  for (const form of ["simple", "digest0", "digest1"] as const) {
    const whole = opening(form);
    const expected = answer([whole]);
    assertExists(expected);
    for (const at of [1, 5, 9, 800, 1536]) assertEquals(answer(cut(whole, [at])), expected);
    assertEquals(answer(cut(whole, whole.keys())), expected);
  }
});

Deno.test("ServerHandshake refuses other versions at the first byte, and names RTMPE", () => {
  const refused = [
    { byte: 6, says: "RTMPE" },
    { byte: 0x47, says: "version 71: this server speaks version 3" },
    { byte: 0, says: "version 0" },
  ];
  for (const { byte, says } of refused) {
    const handshake = new ServerHandshake(fixedWireEnvironment());
    const error = assertThrows(() => handshake.receive(bytes(byte)), ProtocolError, says);
    assertEquals(error.code, ProtocolErrorCode.Handshake);
  }
});

Deno.test("ServerHandshake falls back to the simple form where nothing is signed", () => {
  const handshake = new ServerHandshake(fixedWireEnvironment());
  const unsigned = bytes(3, 0, 0, 0, 5, 9, 0, 124, 2, pattern(PACKET_BYTES - 8));
  handshake.receive(unsigned);
  const output = handshake.takeOutput();
  assertExists(output);
  assertEquals(output.subarray(5, 9), bytes(0, 0, 0, 0));
  assertEquals(output.subarray(OPENING_BYTES), unsigned.subarray(1));
});

for (const schema of [0, 1] as const) {
  Deno.test(`ServerHandshake signs S1 by schema ${schema} where C1 is, and answers its digest in S2`, () => {
    const environment = fixedWireEnvironment();
    const handshake = new ServerHandshake(environment);
    const c0c1 = opening(`digest${schema}`);
    handshake.receive(c0c1);
    const output = handshake.takeOutput();
    assertExists(output);
    const s1 = output.subarray(1, OPENING_BYTES);
    const s2 = output.subarray(OPENING_BYTES);
    assert((s1[4] ?? 0) > 0 && findDigest(c0c1.subarray(1), CLIENT_KEY, environment)?.schema === schema);
    assertEquals(findDigest(s1, SERVER_KEY, environment)?.schema, schema);

    // As FFmpeg checks it: HMAC by a key that is the HMAC of our own digest by the server's long key.
    const longKey = bytes(SERVER_KEY, [
      ...[0xf0, 0xee, 0xc2, 0x4a, 0x80, 0x68, 0xbe, 0xe8, 0x2e, 0x00, 0xd0, 0xd1, 0x02, 0x9e, 0x7e, 0x57],
      ...[0x6e, 0xec, 0x5d, 0x2d, 0x29, 0x80, 0x6f, 0xab, 0x93, 0xb8, 0xe6, 0x36, 0xcf, 0xeb, 0x31, 0xae],
    ]);
    const digest = findDigest(c0c1.subarray(1), CLIENT_KEY, environment)?.digest ?? bytes();
    const key = environment.hmacSha256(longKey, digest);
    assertEquals(bytes(s2.subarray(1504)), bytes(environment.hmacSha256(key, s2.subarray(0, 1504))));
  });
}

Deno.test("digestOffset() adds four bytes up, modulo 728, behind them", () => {
  const packet = new Uint8Array(PACKET_BYTES);
  assertEquals([digestOffset(packet, 1), digestOffset(packet, 0)], [12, 776]);
  packet.set([0xff, 0xff, 0xff, 0xff], 8); // 1,020 % 728 = 292
  packet.set([1, 2, 3, 4], 772);
  assertEquals([digestOffset(packet, 1), digestOffset(packet, 0)], [12 + 292, 776 + 10]);
  packet.set([0xff, 0xff, 0xd9, 0], 8); // 727, the highest
  assertEquals(digestOffset(packet, 1), 12 + 727);
});

Deno.test("findDigest() finds what signPacket() signed, and nothing once a byte has changed", () => {
  const environment = fixedWireEnvironment();
  for (const schema of [0, 1] as const) {
    const packet = environment.random(PACKET_BYTES);
    const digest = signPacket(packet, schema, CLIENT_KEY, environment);
    assertEquals(findDigest(packet, CLIENT_KEY, environment)?.schema, schema);
    assertEquals(bytes(findDigest(packet, CLIENT_KEY, environment)?.digest ?? []), bytes(digest));
    assertEquals(findDigest(packet, SERVER_KEY, environment), undefined);
    packet[4] = (packet[4] ?? 0) ^ 1;
    assertEquals(findDigest(packet, CLIENT_KEY, environment), undefined);
  }
});

for (const form of ["simple", "digest0", "digest1"] as const) {
  Deno.test(`ClientHandshake and ServerHandshake shake hands in the ${form} form`, () => {
    const client = new ClientHandshake(fixedWireEnvironment(), { form });
    const server = new ServerHandshake(fixedWireEnvironment());
    server.receive(client.takeOutput() ?? bytes());
    const answer = server.takeOutput() ?? bytes();
    assertEquals(client.receive(bytes(answer, 1, 2, 3)), answer.length);
    assert(client.done);
    const c2 = client.takeOutput() ?? bytes();
    assertEquals(c2.length, PACKET_BYTES);
    if (form === "simple") assertEquals(c2, answer.slice(1, OPENING_BYTES));
    assertEquals(server.receive(c2), PACKET_BYTES);
    assert(server.done);
    assertEquals([client.takeOutput(), server.takeOutput()], [undefined, undefined]);
  });
}

Deno.test("ClientHandshake puts C2 behind C0 and C1 that nobody has taken", () => {
  const client = new ClientHandshake(fixedWireEnvironment());
  const s1 = pattern(PACKET_BYTES);
  client.receive(bytes(3, s1));
  assertEquals(client.takeOutput(), bytes(opening("simple"), s1));
  assert(!client.done);
});

Deno.test("ClientHandshake takes the server's answer however it is cut", () => {
  for (const at of [1, 1536, 1537, 1538, 3072]) {
    const client = new ClientHandshake(fixedWireEnvironment());
    client.takeOutput();
    const answer = bytes(3, pattern(2 * PACKET_BYTES));
    for (const piece of cut(answer, [at])) assertEquals(client.receive(piece), piece.length);
    assert(client.done);
    assertEquals(client.takeOutput()?.length, PACKET_BYTES);
  }
});

for (
  const [first, protocol] of [
    ["GET / HTTP/1.1\r\n", "http"],
    ["POST /api HTTP/1.1\r\n", "http"],
    ["OPTIONS * HTTP/1.1\r\n", "http"],
    ["PRI * HTTP/2.0\r\n", "http"],
    ["\x16\x03\x01\x02\x00\x01", "tls"],
    ["\x16", "tls"],
    ["GETAWAY / HTTP/1.1\r\n", undefined],
    ["get / HTTP/1.1\r\n", undefined],
    ["\x17\x03\x01", undefined],
  ] as const
) {
  Deno.test(`ServerHandshake takes ${JSON.stringify(first)} for ${protocol ?? "an unknown protocol"}`, () => {
    for (const length of [first.length, 2000]) {
      const opening = new TextEncoder().encode(first.padEnd(length, "x"));
      const server = new ServerHandshake(fixedWireEnvironment());
      const error = assertThrows(() => server.receive(opening), ProtocolError);
      assertEquals(error.otherProtocol, protocol);
    }
  });
}

Deno.test("ClientHandshake refuses a server of another version", () => {
  const client = new ClientHandshake(fixedWireEnvironment());
  const error = assertThrows(() => client.receive(bytes(0x48)), ProtocolError, "protocol version 72");
  assertEquals(error.code, ProtocolErrorCode.Handshake);
});
