import { IdSource, newServiceId, webhookId } from "../../../hooks/contract/ids.ts";
import { assert, assertEquals, assertMatch } from "../../support/assert.ts";

const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);

Deno.test("IdSource makes session ids that are unique and sort by time", () => {
  const ids = new IdSource(random);
  const made = Array.from({ length: 2000 }, (_, i) => ids.sessionId(1_700_000_000_000 + Math.floor(i / 10)));
  assertEquals(new Set(made).size, made.length);
  for (const [i, id] of made.entries()) {
    assertMatch(id, /^[0-9A-HJKMNP-TV-Z]{26}$/);
    const earlier = made[i - 10];
    if (earlier !== undefined) assert(earlier < id);
  }
});

Deno.test("IdSource.sessionId() writes time and random bits as a ULID does", () => {
  const ids = new IdSource((bytes) => bytes.fill(0xff));
  assertEquals(ids.sessionId(2 ** 48 - 1), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  const zero = new IdSource((bytes) => bytes.fill(0));
  assertEquals(zero.sessionId(1), "00000000010000000000000000");
  const counting = new IdSource((bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = i;
    return bytes;
  });
  // 00 01 02 03 04 05 06 07 08 09 in base 32
  assertEquals(counting.sessionId(0), "0000000000000G40R40M30E209");
});

Deno.test("IdSource.traceparent() keeps a session's trace and changes the span", () => {
  const ids = new IdSource(random);
  const session = ids.sessionId(1_700_000_000_000);
  const one = ids.traceparent(session);
  const other = ids.traceparent(session);
  assertMatch(one, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  assertEquals(one.slice(0, 35), other.slice(0, 35));
  assert(one !== other);
});

Deno.test("IdSource.traceparent() carries the session's 128 bits", () => {
  const ids = new IdSource((bytes) => bytes.fill(0xff));
  assertEquals(
    ids.traceparent("0123456789ABCDEFGHJKMNPQRS").slice(3, 35),
    "0110c8531d0952d8d73e1194e95b5f19",
  );
  assertEquals(ids.traceparent("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").slice(3, 35), "f".repeat(32));
  assertEquals(ids.traceparent("0000000000000000000000000G").slice(3, 35), `${"0".repeat(30)}10`);
});

Deno.test("IdSource.traceparent() writes a span of 64 random bits", () => {
  const ids = new IdSource((bytes) => {
    bytes.set([0x01, 0x23, 0x45, 0x67, 0x00, 0xab, 0xcd, 0xef]);
    return bytes;
  });
  assertEquals(ids.traceparent("0123456789ABCDEFGHJKMNPQRS").slice(35), "-0123456700abcdef-01");
});

Deno.test("newServiceId() gives 8 characters of SRS's kind", () => {
  assertMatch(newServiceId(random), /^[0-9a-z]{8}$/);
});

Deno.test("webhookId() is the same for the same event and address only", () => {
  assertEquals(webhookId("S", "on_stop", 0), webhookId("S", "on_stop", 0));
  const ids = [
    webhookId("S", "on_stop", 0),
    webhookId("S", "on_stop", 1),
    webhookId("S", "on_play", 0),
    webhookId("T", "on_stop", 0),
    webhookId("S", "on_update", 0, 1),
    webhookId("S", "on_update", 0, 2),
  ];
  assertEquals(new Set(ids).size, ids.length);
});
